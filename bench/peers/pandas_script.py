"""The seven marts by pandas, from Parquet to Parquet.

Every count is a plain sum over referrals, less what the person's earlier stays already cover. So
nothing is sorted by person, except the few persons with several referrals.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

KINDS = {"planned": "planned_exits", "dropout": "dropouts", "no_show": "no_shows"}
BANDS = ["under_25", "25_34", "35_44", "45_54", "55_plus"]
PERSON = ["gender", "country", "birth_year"]
CODES = ["gender", "country", "kind", "outcome", "dropout_reason"]
NEVER = pd.Timestamp("2200-01-01")


def main(data: Path, answers: Path) -> None:
    """Read the records tables in the folder `data`, and write each mart into `answers`."""
    as_of = _read(data, "build_day", ["as_of"])["as_of"][0]
    cases = _cases(data, as_of)
    several = cases[cases["person"].duplicated(keep=False)]
    repeats = _repeats(several)
    referrals = _count(cases.assign(year=cases["referred_on"].dt.year), "year", "gender")
    started = cases[cases["started_on"].notna()]
    starts = _count(_by_month(started, "started_on"), "year", "month", "gender")
    ended = _by_month(cases[cases["exited_on"].notna()], "exited_on")
    exits = _count(ended, "year", "month", "gender", "kind", "outcome", "dropout_reason")
    years = range(referrals["year"].min(), as_of.year + 1)
    participants = _participants(years, cases, repeats)
    active = _active(years, starts, exits, repeats, as_of)
    split = _split(referrals, starts, exits, participants, active)
    planned, dropouts = (exits[exits["kind"] == kind] for kind in ("planned", "dropout"))
    age = participants["year"] - participants["birth_year"]
    banded = participants.assign(band=pd.cut(age, [0, 24, 34, 44, 54, 999], labels=BANDS))
    marts = {
        "gender_split": split,
        "country_of_origin": _sum(participants, "year", "country", "gender"),
        "age_bands": _sum(banded, "year", "band", "gender"),
        "exit_outcomes": _sum(planned, "year", "outcome", "gender"),
        "dropout_reasons": _sum(dropouts, "year", "dropout_reason", "gender").rename(
            columns={"dropout_reason": "reason"}
        ),
        "caseload": _caseload(active, starts, exits),
        "key_figures": _key_figures(years, split, exits, participants, several, ended),
    }
    for name, mart in marts.items():
        mart.to_parquet(answers / f"{name}.parquet", index=False)


def _read(data: Path, name: str, columns: list[str]) -> pd.DataFrame:
    return pd.read_parquet(
        data / f"{name}.parquet",
        columns=columns,
        read_dictionary=[column for column in columns if column in CODES],
        to_pandas_kwargs={"date_as_object": False},
    )


def _cases(data: Path, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the referrals, each with its person (a number), its exit and first day."""
    participants = _read(data, "participants", ["participant_id", *PERSON])
    participants["person"] = participants.index
    exits = _read(data, "exits", ["referral_id", "exited_on", "kind", "outcome", "dropout_reason"])
    referrals = _read(
        data, "referrals", ["referral_id", "participant_id", "referred_on", "started_on"]
    )
    cases = referrals.merge(exits, on="referral_id", how="left")
    cases = cases.drop(columns="referral_id").merge(participants, on="participant_id")
    started_on = cases["started_on"].where(cases["started_on"] <= as_of)
    first_day = started_on.fillna(cases["exited_on"])
    return cases.drop(columns="participant_id").assign(
        started_on=started_on,
        first_year=first_day.dt.year,
        last_year=cases["exited_on"].dt.year.fillna(as_of.year),
        first_day=first_day,
    )


def _repeats(several: pd.DataFrame) -> pd.DataFrame:
    """Return the part of each stay that the person's earlier stays cover: days and years."""
    stays = several[several["first_day"].notna()].sort_values(["person", "first_day"])
    end = stays["exited_on"].fillna(NEVER)
    # A no-show covers no days.
    stays["covered_until"] = end.where(stays["started_on"].notna(), pd.Timestamp(0))
    covered = stays.groupby("person")[["covered_until", "last_year"]].cummax()
    covered = covered.groupby(stays["person"]).shift()
    stays["active_until"] = covered["covered_until"].where(covered["covered_until"] < end, end)
    stays["active_from"] = stays["started_on"].where(covered["covered_until"] > stays["started_on"])
    stays["last_year"] = covered["last_year"].where(
        covered["last_year"] < stays["last_year"], stays["last_year"]
    )
    return stays[covered["last_year"] >= stays["first_year"]]


def _participants(years: Sequence[int], cases: pd.DataFrame, repeats: pd.DataFrame) -> pd.DataFrame:
    keys = [*PERSON, "first_year", "last_year"]
    less = _count(repeats, *keys)
    spans = pd.concat([_count(cases, *keys), less.assign(n=-less["n"])])
    laid_out = [
        spans[(spans["first_year"] <= year) & (spans["last_year"] >= year)].assign(year=year)
        for year in years
    ]
    counted = _sum(pd.concat(laid_out), "year", *PERSON)
    return counted[counted["n"] > 0]


def _active(
    years: Sequence[int],
    starts: pd.DataFrame,
    exits: pd.DataFrame,
    repeats: pd.DataFrame,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    keys = ["year", "month", "gender"]
    overlapping = repeats[repeats["active_from"].notna()]
    begun = _count(_by_month(overlapping, "active_from"), *keys)
    over = _count(_by_month(overlapping, "active_until"), *keys)
    left = exits[exits["kind"] != "no_show"]
    changes = pd.concat([starts, left.assign(n=-left["n"]), begun.assign(n=-begun["n"]), over])
    months = [
        (year, month)
        for year in years
        for month in range(1, 13)
        if (year, month) <= (as_of.year, as_of.month)
    ]
    monthly = changes.pivot_table(
        index=["year", "month"], columns="gender", values="n", aggfunc="sum", observed=True
    )
    active = monthly.reindex(pd.MultiIndex.from_tuples(months, names=["year", "month"]))
    return active.fillna(0).cumsum().astype(int).stack().rename("n").reset_index()


def _split(
    referrals: pd.DataFrame,
    starts: pd.DataFrame,
    exits: pd.DataFrame,
    participants: pd.DataFrame,
    active: pd.DataFrame,
) -> pd.DataFrame:
    last = active[active["month"] == active.groupby("year")["month"].transform("max")]
    lines = pd.concat(
        [
            referrals.assign(population="referred"),
            starts.assign(population="started"),
            exits.assign(population=exits["kind"].astype(str).map(KINDS)),
            participants.assign(population="participants"),
            last.assign(population="active_at_year_end"),
        ]
    )
    split = _sum(lines, "year", "population", "gender")
    return split[split["n"] > 0]


def _caseload(active: pd.DataFrame, starts: pd.DataFrame, exits: pd.DataFrame) -> pd.DataFrame:
    lines = pd.concat(
        [
            active.assign(line="active"),
            starts.assign(line="started"),
            exits.assign(line=exits["kind"].astype(str).map(KINDS)),
        ]
    )
    wide = lines.pivot_table(
        index=["year", "month"], columns="line", values="n", aggfunc="sum", fill_value=0
    )
    measures = ["active", "started", *KINDS.values()]
    return wide.reindex(columns=measures, fill_value=0).reset_index()


def _key_figures(
    years: Sequence[int],
    split: pd.DataFrame,
    exits: pd.DataFrame,
    participants: pd.DataFrame,
    several: pd.DataFrame,
    ended: pd.DataFrame,
) -> pd.DataFrame:
    populations = ["referred", "started", "participants", *KINDS.values(), "active_at_year_end"]
    figures = (
        split.pivot_table(index="year", columns="population", values="n", aggfunc="sum")
        .reindex(index=list(years), columns=populations)
        .rename(columns={"referred": "referrals"})
    )
    work = exits[exits["outcome"].isin(["A", "AD"])]
    figures["work_exits"] = work.groupby("year")["n"].sum()
    # A person is lost once in a year, however many referrals of the person were.
    lost = several[several["kind"].isin(["dropout", "no_show"])]
    lost = lost.groupby(lost["exited_on"].dt.year)["person"]
    figures["lost_again"] = lost.size() - lost.nunique()
    figures = figures.fillna(0)
    planned, dropouts, no_shows = (figures[name] for name in KINDS.values())
    figures["participants_without_dropouts"] = (
        figures["participants"] - dropouts - no_shows + figures.pop("lost_again")
    )
    # 0 / 0 is NaN, as it should be.
    figures["planned_share_of_exits"] = planned / (planned + dropouts + no_shows)
    figures["work_exit_share"] = figures["work_exits"] / planned
    ages = (participants["year"] - participants["birth_year"]).groupby(participants["year"])
    figures["age_min"], figures["age_max"] = ages.min(), ages.max()
    completed = ended[ended["kind"] == "planned"]
    days = (completed["exited_on"] - completed["started_on"]).dt.days
    figures["median_days_in_programme"] = days.groupby(completed["year"]).median()
    return figures.reset_index().melt("year", var_name="figure")


def _by_month(frame: pd.DataFrame, day: str) -> pd.DataFrame:
    return frame.assign(year=frame[day].dt.year, month=frame[day].dt.month)


def _count(frame: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Count the rows by `keys`, all of which but the outcome and the reason must be there."""
    grouped = frame.groupby(list(keys), observed=True, sort=False, dropna=False)
    return grouped.size().rename("n").reset_index()


def _sum(frame: pd.DataFrame, *keys: str) -> pd.DataFrame:
    return frame.groupby(list(keys), observed=True, sort=False)["n"].sum().reset_index()


if __name__ == "__main__":
    print(time.process_time(), flush=True)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
