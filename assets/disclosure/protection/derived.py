"""The shares, medians and other numbers derived from counts that may be shown.

Each is shown only where every count that it could give back is shown, on a base large enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from assets.vocabulary import HIDDEN, SHOWN, Table, vocabulary


@dataclass(frozen=True)
class _Needs:
    """The counts of the same line that must be shown, and those that add up to the base."""

    counts: tuple[str, ...]
    base: tuple[str, ...]


_SHARE = _Needs(("n", "base"), ("base",))
_QUANTILE = _Needs(("n",), ("n",))

_NEEDS: Mapping[str, Mapping[str, _Needs]] = {
    "benefit_target": {"actual_share": _SHARE},
    "target_attainment": {"actual_share": _SHARE},
    "time_in_programme": dict.fromkeys(("p25_days", "median_days", "p75_days"), _QUANTILE),
    "survey_response": {"response_share": _Needs(("invited", "answered"), ("invited",))},
    "counsellor_caseload": {
        "participants_per_counsellor": _Needs(("participants",), ("participants",)),
        "active_per_counsellor": _Needs(("active_at_year_end",), ("active_at_year_end",)),
    },
    "key_figures": {
        "planned_share_of_exits": _Needs(
            ("planned_exits", "dropouts", "no_shows"), ("planned_exits", "dropouts", "no_shows")
        ),
        "work_exit_share": _Needs(("work_exits", "planned_exits"), ("planned_exits",)),
        "median_days_in_programme": _Needs(("planned_exits",), ("planned_exits",)),
    },
}

_OF_ONE_PERSON = ("age_min", "age_max")
"""Figures that are about one person, however many are counted."""

_OF_STAFF = ("counsellor_fte", "participants_per_counsellor", "active_per_counsellor")
"""Measures that give back the sum of the counsellors' positions."""


def with_statuses(
    frames: Mapping[str, pl.DataFrame], hidden: Mapping[str, pl.Series], smallest_base: int
) -> dict[str, pl.DataFrame]:
    """Return the published frames of a year, NULL and `hidden` where a number is withheld.

    `frames` are designed frames with `printed`; `hidden` has for each row of each frame whether it
    is withheld, NULL where it is no count of people.
    """
    published = {}
    for name, frame in frames.items():
        table = vocabulary().table(f"marts.{name}")
        marked = frame.with_columns(hidden[name].alias("hidden"))
        if not table.is_count:
            marked = _judged(table, marked, smallest_base)
        published[name] = marked
    if {"staffing", "counsellor_caseload"} <= published.keys():
        published["counsellor_caseload"] = _without_small_staff(
            published["counsellor_caseload"], published["staffing"]
        )
    return {
        name: _published(vocabulary().table(f"marts.{name}"), frame)
        for name, frame in published.items()
    }


def _judged(table: Table, frame: pl.DataFrame, smallest_base: int) -> pl.DataFrame:
    """Decide on the numbers of a long frame that count no people."""
    line = "figure" if table.name == "key_figures" else "measure"
    by = [name for name in ("year", *table.dimensions) if name != line]
    shown = pl.when(~pl.col("hidden")).then(pl.col("value"))
    withheld = {name: pl.lit(True) for name in _OF_ONE_PERSON}
    for name, needs in _NEEDS.get(table.name, {}).items():
        missing = pl.lit(False)
        for count in needs.counts:
            missing = missing | shown.filter(pl.col(line) == count).first().is_null().over(by)
        base = shown.filter(pl.col(line).is_in(needs.base)).sum().over(by)
        withheld[name] = missing | ((base > 0) & (base < smallest_base))
    if table.name == "staffing":
        # A position shows how much one person works, so a role must have enough persons.
        few = (pl.col("hidden") & (pl.col(line) == "headcount")).any().over(by)
        withheld["full_time_equivalents"] = few
    verdicts = [pl.when(pl.col(line) == name).then(verdict) for name, verdict in withheld.items()]
    return frame.with_columns(
        pl.coalesce(pl.col("hidden"), *verdicts, pl.lit(False)).alias("hidden")
    )


def _without_small_staff(caseload: pl.DataFrame, staffing: pl.DataFrame) -> pl.DataFrame:
    roles = vocabulary().code_list("staff_role").codes
    counselling = [role.code for role in roles if role.attributes["counsels"] == "yes"]
    few = staffing.filter(pl.col("role").is_in(counselling))["hidden"].any()
    of_staff = pl.col("measure").is_in(_OF_STAFF)
    return caseload.with_columns((pl.col("hidden") | (of_staff & pl.lit(few))).alias("hidden"))


def _published(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    withheld = pl.col("hidden")
    return frame.filter("printed").select(
        *(name for name in frame.columns if name not in (table.number, "printed", "hidden")),
        pl.when(~withheld).then(pl.col(table.number)).alias(table.number),
        pl.when(withheld).then(pl.lit(HIDDEN)).otherwise(pl.lit(SHOWN)).alias("status"),
    )
