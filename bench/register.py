"""A made-up register of any size: records frames, drawn column by column, and their deliveries.

`python -m bench.register FOLDER PARTICIPANTS SEED` writes the deliveries as Parquet. The register
has a plausible shape, and satisfies every constraint of the vocabulary. It does not reproduce
published figures; data/generator does.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import count
from pathlib import Path

import polars as pl

from assets.vocabulary import vocabulary
from assets.vocabulary.model import PROVENANCE
from assets.vocabulary.polars_schema import schema

FIRST_DAY = date(2010, 1, 1)
AS_OF = date(2025, 12, 31)
BUILD_DAY = pl.DataFrame({"as_of": [AS_OF]})
_YEARS = range(FIRST_DAY.year, AS_OF.year + 1)

FORMATS = ("parquet", "csv")

_ROWS_OF_A_FILE = 2_000_000
"""A sheet with more rows is delivered in several files."""

_REFERRALS_PER_PERSON = 1.2
_ACTIVITIES_PER_REFERRAL = 1.5
_GENDERS = ("female",) * 11 + ("male",) * 8 + ("unknown",)
_COUNTRIES = [
    "SO",
    "SO",
    "SO",
    "SO",
    "SY",
    "SY",
    "SY",
    "ER",
    "ER",
    "ER",
    "ET",
    "IQ",
    "AF",
    "IR",
    "SD",
    "TR",
    "PK",
    "TH",
    "PL",
    "UA",
    "CD",
    "MM",
    "LK",
    "VN",
    "XX",
]
_OF_WORK = ("position_pct", "industry", "wage_subsidy", "employed_after_6m")
_KINDS = ("planned",) * 4 + ("dropout",)


class _Draws:
    """Draws columns of `rows` random values; a seed always gives the same sequence of columns."""

    def __init__(self, rows: int, seed: int) -> None:
        self.rows = rows
        self._seeds = count(seed * 1000)

    def one_of(self, values: Sequence[str] | pl.Series) -> pl.Series:
        return pl.Series(values).sample(self.rows, with_replacement=True, seed=next(self._seeds))

    def whole(self, low: int, high: int) -> pl.Series:
        return self.one_of(pl.int_range(low, high + 1, eager=True))

    def code(self, codes: str) -> pl.Series:
        return self.one_of(vocabulary().code_list(codes).names)

    def chance(self, share: float) -> pl.Series:
        return self.whole(1, 100) <= share * 100

    def day(self) -> pl.Series:
        return self.one_of(pl.date_range(FIRST_DAY, AS_OF, eager=True))

    def days_after(self, day: str, low: int, high: int) -> pl.Expr:
        return pl.col(day) + pl.duration(days=pl.lit(self.whole(low, high)))


def register(participants: int, seed: int) -> dict[str, pl.DataFrame]:
    """Return records table -> frame, for `participants` persons referred in 2010 to 2025.

    Beside the tables of `cases`, each referral has 1.5 activities on average. Regardless of the
    number of persons, each year has two surveys, one row for each role, and one for the savings.
    """
    drawn = cases(participants, seed)
    referrals = drawn["referrals"]
    activities = _Draws(round(referrals.height * _ACTIVITIES_PER_REFERRAL), seed + 3)
    rest = {
        "activities": _activities(activities, referrals, drawn["exits"]),
        "transition_cases": _transition_cases(_Draws(participants // 20, seed + 4)),
        "partner_projects": _partner_projects(_Draws(participants // 20, seed + 5)),
        "group_sessions": _group_sessions(_Draws(participants // 20, seed + 6)),
        "survey_waves": _survey_waves(_Draws(2 * len(_YEARS), seed + 7)),
        "staffing": _staffing(seed + 8),
        "savings": _savings(_Draws(len(_YEARS), seed + 9)),
        "decisions": schema(vocabulary().table("records.decisions")).to_frame(),
    }
    return drawn | {name: _complete(name, frame) for name, frame in rest.items()}


def write(inbox: Path, tables: Mapping[str, pl.DataFrame], kind: str) -> int:
    """Write records tables as deliveries, each sheet in files of its own; return their rows."""
    for name, frame in tables.items():
        sheet = vocabulary().table(f"records.{name}").sheet
        given = frame.select(column for column in frame.columns if column not in PROVENANCE)
        for number, part in enumerate(given.iter_slices(_ROWS_OF_A_FILE), start=1):
            path = inbox / f"{sheet} {number}.{kind}"
            if kind == "csv":
                part.write_csv(path, separator=";")
            else:
                part.write_parquet(path)
    return sum(frame.height for frame in tables.values())


def deliver(inbox: Path, participants: int, seed: int, kind: str) -> int:
    """Write the files of a made-up register, all of them valid, and return the number of rows."""
    return write(inbox, register(participants, seed), kind)


def cases(participants: int, seed: int) -> dict[str, pl.DataFrame]:
    """Return the tables participants, referrals and exits of such a register.

    There are about 1.2 referrals for each person; nine of ten have started, and 70 % of them have
    ended.
    """
    persons = _participants(_Draws(participants, seed))
    extra = round(participants * (_REFERRALS_PER_PERSON - 1))
    again = persons["participant_id"].sample(extra, seed=seed)
    referred = pl.concat([persons["participant_id"], again])
    referrals = _referrals(_Draws(referred.len(), seed + 1), referred)
    frames = {
        "participants": persons,
        "referrals": referrals,
        "exits": _exits(_Draws(referrals.height, seed + 2), referrals),
    }
    return {name: _complete(name, frame) for name, frame in frames.items()}


def _participants(draws: _Draws) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "participant_id": _identifiers("P", draws.rows),
            "birth_year": draws.whole(1960, 1990),
            "gender": draws.one_of(_GENDERS),
            "country": draws.one_of(_COUNTRIES),
            "norwegian_level": draws.code("norwegian_level"),
            "education": draws.code("education"),
        }
    )


def _referrals(draws: _Draws, persons: pl.Series) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "referral_id": _identifiers("H", draws.rows),
            "participant_id": persons,
            "referred_on": draws.day(),
            "source": draws.code("referral_source"),
            "nav_office": draws.code("nav_office"),
            "target_group": draws.code("target_group"),
            "benefit": draws.code("benefit"),
        }
    ).with_columns(
        nav_office=pl.when(draws.chance(0.95)).then("nav_office"),
        started_on=pl.when(draws.chance(0.9)).then(draws.days_after("referred_on", 0, 120)),
    )


def _exits(draws: _Draws, referrals: pl.DataFrame) -> pl.DataFrame:
    started = pl.col("started_on") <= AS_OF
    planned, work = pl.col("kind") == "planned", pl.col("outcome").is_in(["A", "AD"])
    return (
        referrals.select("referral_id", "referred_on", "started_on")
        .with_columns(
            kind=pl.when(started).then(draws.one_of(_KINDS)).otherwise(pl.lit("no_show")),
            exited_on=pl.when(started)
            .then(draws.days_after("started_on", 10, 1100))
            .otherwise(draws.days_after("referred_on", 10, 150)),
            outcome=draws.code("outcome"),
            dropout_reason=draws.code("dropout_reason"),
            other_detail=draws.code("other_detail"),
            benefit_at_exit=pl.when(started, draws.chance(0.8)).then(draws.code("benefit")),
            full_time_pct=draws.whole(80, 100).cast(pl.Float64),
            part_time_pct=draws.whole(20, 75).cast(pl.Float64),
            industry=draws.code("industry"),
            wage_subsidy=draws.code("yes_no_unknown"),
            employed_after_6m=draws.code("yes_no_unknown"),
            ended=draws.chance(0.8),
        )
        .filter("ended", pl.col("exited_on") <= AS_OF)
        .with_columns(
            outcome=pl.when(planned).then("outcome"),
            dropout_reason=pl.when(kind="dropout").then("dropout_reason"),
        )
        .with_columns(
            position_pct=pl.when(outcome="A").then("full_time_pct").otherwise("part_time_pct")
        )
        .with_columns(
            pl.when(work).then(pl.col(_OF_WORK)),
            other_detail=pl.when(outcome="AN").then("other_detail"),
        )
    )


def _activities(draws: _Draws, referrals: pl.DataFrame, exits: pl.DataFrame) -> pl.DataFrame:
    started = referrals.filter(pl.col("started_on") <= AS_OF).join(
        exits.select("referral_id", "exited_on"), on="referral_id", how="left"
    )
    return (
        started["referral_id", "started_on", "exited_on"]
        .sample(draws.rows, with_replacement=True, seed=draws.rows)
        .with_columns(
            activity=draws.code("activity"), started_on=draws.days_after("started_on", 0, 300)
        )
        .with_columns(
            ended_on=pl.when(draws.chance(0.8)).then(draws.days_after("started_on", 0, 200))
        )
        # Hardly any activity goes on after the stay, and those that do are findings.
        .with_columns(pl.min_horizontal("started_on", "exited_on"))
        .with_columns(
            ended_on=pl.when(pl.col("ended_on").is_not_null()).then(
                pl.min_horizontal("ended_on", "exited_on")
            )
        )
        .drop("exited_on")
        .unique(["referral_id", "activity", "started_on"], keep="first", maintain_order=True)
    )


def _transition_cases(draws: _Draws) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "case_id": _identifiers("S", draws.rows),
            "opened_on": draws.day(),
            "outcome": draws.code("transition_outcome"),
        }
    )


def _partner_projects(draws: _Draws) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "project": draws.one_of([f"Prosjekt {number}" for number in range(1, 11)]),
            "candidate_id": _identifiers("K", draws.rows),
            "gender": draws.one_of(_GENDERS),
            "origin": draws.code("project_origin"),
            "started_on": draws.day(),
            "outcome": draws.code("project_outcome"),
        }
    )


def _group_sessions(draws: _Draws) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "held_on": draws.day(),
            "session_group": draws.code("session_group"),
            "registered": draws.whole(5, 20),
            "attended": draws.whole(0, 10),
        }
    ).unique(["session_group", "held_on"], keep="first", maintain_order=True)


def _survey_waves(draws: _Draws) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "wave": _identifiers("Undersøkelse ", draws.rows),
            "sent_on": draws.day(),
            "invited": draws.whole(500, 1000),
            "answered": draws.whole(0, 500),
        }
    )


def _staffing(seed: int) -> pl.DataFrame:
    roles = pl.DataFrame({"role": vocabulary().code_list("staff_role").names})
    rows = pl.DataFrame({"year": _YEARS}).join(roles, how="cross")
    draws = _Draws(rows.height, seed)
    is_student = pl.col("role").str.starts_with("student")
    return rows.with_columns(headcount=draws.whole(1, 10)).with_columns(
        full_time_equivalents=pl.when(~is_student).then(pl.col("headcount") * 0.8)
    )


def _savings(draws: _Draws) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "year": _YEARS,
            "savings_target": draws.whole(2_000_000, 5_000_000),
            "savings_reported": draws.whole(1_000_000, 6_000_000),
        }
    )


def _identifiers(letter: str, rows: int) -> pl.Series:
    return pl.select(pl.format(letter + "{}", pl.int_range(rows))).to_series()


def _complete(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Add the missing columns of the table, and the delivery and row of each record."""
    columns = schema(vocabulary().table(f"records.{name}"))
    row = pl.int_range(2, pl.len() + 2)
    placed = frame.with_columns(delivery=pl.lit("register.xlsx"), delivery_row=row)
    absent = [pl.lit(None).alias(column) for column in columns if column not in placed.columns]
    return placed.with_columns(absent).select(
        pl.col(column).cast(type_) for column, type_ in columns.items()
    )


if __name__ == "__main__":
    deliver(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), "parquet")
