"""The seven marts by Polars, from Parquet to Parquet.

Every count is a plain sum over referrals, less what the person's earlier stays already cover. So
nothing is sorted by person, except the few persons with several referrals.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

import polars as pl

KINDS = {"planned": "planned_exits", "dropout": "dropouts", "no_show": "no_shows"}
PERSON = ["gender", "country", "birth_year"]

first_day = pl.coalesce("started_on", "exited_on")


def main(data: Path, answers: Path) -> None:
    """Read the records tables in the folder `data`, and write each mart into `answers`."""
    as_of: date = pl.read_parquet(data / "build_day.parquet").item()
    cases = _cases(data, as_of)
    several = cases.filter(pl.col("person").is_duplicated())
    repeats = _repeats(several, as_of)
    year, month = pl.col("exited_on").dt.year(), pl.col("exited_on").dt.month_start()
    lazy = cases.lazy()
    referrals, starts, exits, spans, medians = pl.collect_all(
        [
            _count(lazy, "gender", year=pl.col("referred_on").dt.year()),
            _count(
                lazy.filter(pl.col("started_on").is_not_null()),
                "gender",
                month=pl.col("started_on").dt.month_start(),
            ),
            _count(lazy.filter(month.is_not_null()), "gender", "kind", "detail", month=month),
            _count(
                lazy.filter(first_day.is_not_null()),
                *PERSON,
                first_year=first_day.dt.year(),
                last_year=pl.coalesce("exited_on", as_of).dt.year(),
            ),
            lazy.filter(kind="planned")
            .group_by(year=year)
            .agg(days=(pl.col("exited_on") - pl.col("started_on")).dt.total_days().median()),
        ]
    )
    years = cases.select(
        year=pl.int_range(pl.col("referred_on").dt.year().min(), as_of.year + 1, dtype=pl.Int32)
    )
    participants = _participants(years, spans, repeats)
    active = _active(years, starts, exits, repeats, as_of)
    by_year = exits.with_columns(year=pl.col("month").dt.year())
    split = _split(referrals, starts, by_year, participants, active)
    marts = {
        "gender_split": split,
        "country_of_origin": _sum(participants, "year", "country", "gender"),
        "age_bands": _sum(participants.with_columns(band=_band()), "year", "band", "gender"),
        "exit_outcomes": _sum(
            by_year.filter(kind="planned").rename({"detail": "outcome"}),
            "year",
            "outcome",
            "gender",
        ),
        "dropout_reasons": _sum(
            by_year.filter(kind="dropout").rename({"detail": "reason"}), "year", "reason", "gender"
        ),
        "caseload": _caseload(active, starts, exits),
        "key_figures": _key_figures(years, split, by_year, participants, several, medians),
    }
    for name, mart in marts.items():
        mart.write_parquet(answers / f"{name}.parquet")


def _cases(data: Path, as_of: date) -> pl.DataFrame:
    """Return the referrals, each with its person (a number) and its exit."""
    participants = pl.scan_parquet(data / "participants.parquet", row_index_name="person").select(
        "participant_id", "person", *PERSON
    )
    # A planned exit has an outcome, a dropout has a reason, and no exit has both.
    exits = pl.scan_parquet(data / "exits.parquet").select(
        "referral_id", "exited_on", "kind", detail=pl.coalesce("outcome", "dropout_reason")
    )
    return (
        pl.scan_parquet(data / "referrals.parquet")
        .select(
            "referral_id",
            "participant_id",
            "referred_on",
            started_on=pl.when(pl.col("started_on") <= as_of).then("started_on"),
        )
        .join(exits, on="referral_id", how="left")
        .join(participants, on="participant_id")
        .drop("referral_id", "participant_id")
        .collect()
    )


def _repeats(several: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return the part of each stay that the person's earlier stays cover: days and years."""
    end = pl.coalesce("exited_on", pl.lit(date.max))
    last_year = pl.coalesce("exited_on", as_of).dt.year()
    # A no-show covers no days.
    last_day = pl.when(pl.col("started_on").is_not_null()).then(end).fill_null(date(1, 1, 1))
    return (
        several.filter(first_day.is_not_null())
        .sort("person", first_day)
        .with_columns(
            covered_until=_max_of_earlier(last_day.to_physical()).cast(pl.Date),
            covered_year=_max_of_earlier(last_year),
        )
        .filter(pl.col("covered_year") >= first_day.dt.year())
        .with_columns(is_active=pl.col("covered_until") > pl.col("started_on"))
        .select(
            *PERSON,
            active_from=pl.when("is_active").then("started_on"),
            active_until=pl.when("is_active").then(pl.min_horizontal(end, "covered_until")),
            first_year=first_day.dt.year(),
            last_year=pl.min_horizontal(last_year, "covered_year"),
        )
    )


def _max_of_earlier(value: pl.Expr) -> pl.Expr:
    """Return the largest value of the person's earlier rows; null on the person's first row.

    One running maximum over all rows, which are sorted by person: each person's values are raised
    above those of the persons before. It is far faster than one for each person.
    """
    raised = pl.col("person").cast(pl.Int64) * 10_000_000
    earlier = pl.col("person").shift() == pl.col("person")
    return pl.when(earlier).then((raised + value).cum_max().shift() - raised).cast(pl.Int32)


def _participants(years: pl.DataFrame, spans: pl.DataFrame, repeats: pl.DataFrame) -> pl.DataFrame:
    less = _count(repeats.lazy(), *PERSON, "first_year", "last_year").with_columns(-pl.col("n"))
    return (
        pl.concat([spans.lazy(), less.select(spans.columns)])
        .join_where(
            years.lazy(),
            pl.col("year") >= pl.col("first_year"),
            pl.col("year") <= pl.col("last_year"),
        )
        .group_by("year", *PERSON)
        .agg(pl.col("n").sum())
        .filter(pl.col("n") > 0)
        .collect()
    )


def _active(
    years: pl.DataFrame,
    starts: pl.DataFrame,
    exits: pl.DataFrame,
    repeats: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    first = date(years["year"][0], 1, 1)
    months = pl.date_range(first, as_of, "1mo", eager=True).alias("month").to_frame()
    n = pl.col("n")
    less = repeats.lazy().filter(pl.col("active_from").is_not_null())
    month_of = {day: pl.col(day).dt.month_start() for day in ("active_from", "active_until")}
    changes = pl.concat(
        [
            starts.lazy(),
            exits.lazy().filter(pl.col("kind") != "no_show").with_columns(-n),
            _count(less, "gender", month=month_of["active_from"]).with_columns(-n),
            _count(less, "gender", month=month_of["active_until"]),
        ],
        how="diagonal",
    )
    return (
        months.lazy()
        .join(starts.lazy().select(pl.col("gender").unique()), how="cross")
        .join(changes.group_by("month", "gender").agg(n.sum()), on=["month", "gender"], how="left")
        .sort("month")
        .select("month", "gender", n.fill_null(0).cum_sum().over("gender"))
        .collect()
    )


def _split(
    referrals: pl.DataFrame,
    starts: pl.DataFrame,
    by_year: pl.DataFrame,
    participants: pl.DataFrame,
    active: pl.DataFrame,
) -> pl.DataFrame:
    year = pl.col("month").dt.year()
    last = active.filter(pl.col("month") == pl.col("month").max().over(year))
    lines = [
        referrals.with_columns(population=pl.lit("referred")),
        starts.with_columns(year=year, population=pl.lit("started")),
        by_year.with_columns(population=pl.col("kind").replace_strict(KINDS)),
        participants.with_columns(population=pl.lit("participants")),
        last.with_columns(year=year, population=pl.lit("active_at_year_end")),
    ]
    keys = ["year", "population", "gender"]
    split = _sum(pl.concat([line.select(*keys, "n") for line in lines]), *keys)
    return split.filter(pl.col("n") > 0)


def _caseload(active: pl.DataFrame, starts: pl.DataFrame, exits: pl.DataFrame) -> pl.DataFrame:
    lines = [
        active.with_columns(line=pl.lit("active")),
        starts.with_columns(line=pl.lit("started")),
        exits.with_columns(line=pl.col("kind").replace_strict(KINDS)),
    ]
    n = pl.col("n")
    return (
        pl.concat([line.select("month", "line", "n") for line in lines])
        .group_by("month")
        .agg(
            n.filter(line=line).sum().alias(line) for line in ("active", "started", *KINDS.values())
        )
        .with_columns(pl.col("month").dt.month(), year=pl.col("month").dt.year())
    )


def _key_figures(
    years: pl.DataFrame,
    split: pl.DataFrame,
    by_year: pl.DataFrame,
    participants: pl.DataFrame,
    several: pl.DataFrame,
    medians: pl.DataFrame,
) -> pl.DataFrame:
    n = pl.col("n")
    populations = {"referrals": "referred"} | {
        name: name for name in ("started", "participants", *KINDS.values(), "active_at_year_end")
    }
    totals = split.group_by("year").agg(
        n.filter(population=population).sum().alias(name)
        for name, population in populations.items()
    )
    # A person is lost once in a year, however many referrals of the person were.
    lost_again = (
        several.filter(pl.col("kind").is_in(["dropout", "no_show"]))
        .group_by(year=pl.col("exited_on").dt.year())
        .agg(lost_again=pl.len() - pl.col("person").n_unique())
    )
    work = (
        by_year.filter(pl.col("detail").is_in(["A", "AD"]), kind="planned")
        .group_by("year")
        .agg(work_exits=n.sum())
    )
    age = pl.col("year") - pl.col("birth_year")
    ages = participants.group_by("year").agg(age_min=age.min(), age_max=age.max())
    joined = years
    for one in (totals, lost_again, work):
        joined = joined.join(one, on="year", how="left")
    joined = joined.fill_null(0)
    for one in (ages, medians):
        joined = joined.join(one, on="year", how="left")
    planned, dropouts, no_shows = map(pl.col, KINDS.values())
    all_exits = planned + dropouts + no_shows
    return (
        joined.with_columns(
            participants_without_dropouts=pl.col("participants").cast(pl.Int64)
            - dropouts
            - no_shows
            + pl.col("lost_again"),
            planned_share_of_exits=pl.when(all_exits > 0).then(planned / all_exits),
            work_exit_share=pl.when(planned > 0).then(pl.col("work_exits") / planned),
            median_days_in_programme="days",
        )
        .drop("lost_again", "days")
        .with_columns(pl.exclude("year").cast(pl.Float64))
        .unpivot(index="year", variable_name="figure")
    )


def _band() -> pl.Expr:
    age = pl.col("year") - pl.col("birth_year")
    return (
        pl.when(age < 25)
        .then(pl.lit("under_25"))
        .when(age < 35)
        .then(pl.lit("25_34"))
        .when(age < 45)
        .then(pl.lit("35_44"))
        .when(age < 55)
        .then(pl.lit("45_54"))
        .otherwise(pl.lit("55_plus"))
    )


def _count(frame: pl.LazyFrame, *keys: str, **named: pl.Expr) -> pl.LazyFrame:
    named_keys = (expression.alias(name) for name, expression in named.items())
    return frame.group_by(*keys, *named_keys).agg(n=pl.len().cast(pl.Int64))


def _sum(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    return frame.group_by(keys).agg(pl.col("n").sum())


if __name__ == "__main__":
    print(time.process_time(), flush=True)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
