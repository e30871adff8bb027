"""Which published numbers of periods that were over have changed from one build to the next.

The list is part of the internal publication, is carried from release to release, and only grows.
It holds aggregates, names of deliveries, and no person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from assets.vocabulary import vocabulary
from assets.vocabulary.cell_lists import CELL_LISTS, REVISIONS
from assets.vocabulary.cells import cells, has_cells

SCHEMA = CELL_LISTS[REVISIONS]
"""The columns of the list. `cause` is one of the following."""

RECORDS, PROGRAM, BOTH, ERASED, OTHER, LOST = (
    "records", "program", "records_and_program", "erased", "other", "lost"
)  # fmt: skip
"""Other deliveries; another program, and so perhaps another definition; both; a person was erased,
and then the cells are not listed; nothing of these, such as another order of the deliveries; the
earlier list itself was lost, wholly or in part (before and after: its lines)."""

_NEARLY = 1e-9
"""Two numbers that differ by less, in proportion, are one: sums depend on the order of adding."""


@dataclass(frozen=True)
class Program:
    """What a build must be told that neither the warehouse nor the earlier release knows."""

    digest: str = ""
    """Of all that decides how something is counted."""
    erased: int = 0
    """How many digests of erased persons there are."""
    listed: int = 0
    """How many lines the list of revisions must have, as the home has recorded."""

    def marks(self) -> dict[str, Any]:
        """The entries of a year in the manifest by which the next build knows this one."""
        return {"program": self.digest, "erased": self.erased}


def revisions(
    now: Mapping[str, pl.DataFrame],
    about: Mapping[str, Any],
    before: Mapping[str, pl.DataFrame | None],
    earlier: Mapping[str, Any],
    program: Program,
) -> pl.DataFrame:
    """Return the list of the release before, with what has changed since at its end.

    `now` and `before` are the internal tables of this release and of the one before, by name, and
    `about` and `earlier` their manifests; `before` has the list too. The columns are those of
    SCHEMA. A change is listed if the period of the number was over on both days of counting: a
    month that is still running grows, and that is no correction.
    """
    listed = before.get(REVISIONS)
    carried = SCHEMA.to_frame() if listed is None else listed
    built_at = datetime.fromisoformat(about["built_at"])
    found = [carried]
    if carried.height < program.listed:
        found.append(_line(built_at, None, LOST, program.listed, carried.height))
    builds = [_build(int(year), about, earlier, program) for year in earlier.get("by_year", {})]
    if builds:
        changed = _changed(now, before, builds, built_at)
        erased = [build.year for build in builds if build.is_erased]
        in_these = pl.col("year").is_in(erased)
        found.append(changed.filter(~in_these))
        # Cell by cell, the list would tell who was erased.
        years = changed.filter(in_these)["year"].unique().sort()
        found += [_line(built_at, year, ERASED) for year in years]
    return pl.concat(found)


@dataclass(frozen=True)
class _Build:
    """What is different in the build of a year from the one before."""

    year: int
    counted_until: date
    """The earlier of the two days as of which the year was counted."""
    deliveries: list[str]
    cause: str
    is_erased: bool


def _build(
    year: int, about: Mapping[str, Any], earlier: Mapping[str, Any], program: Program
) -> _Build:
    then = earlier["by_year"][str(year)]
    # A year that is no longer in the register has no entry now.
    now = about["by_year"].get(str(year), {**about, **program.marks()})
    # The numbers of a year that was left as it was were those of the earlier build's deliveries.
    had = then if then.get("older") else earlier
    deliveries = _differ(had["deliveries"], now["deliveries"])
    # An earlier program, which did not tell, was another one.
    is_other_program = then.get("program") != now.get("program")
    causes = {(True, False): RECORDS, (True, True): BOTH, (False, True): PROGRAM}
    return _Build(
        year,
        min(date.fromisoformat(then["as_of"]), date.fromisoformat(now["as_of"])),
        deliveries,
        causes.get((bool(deliveries), is_other_program), OTHER),
        then.get("erased", now.get("erased")) != now.get("erased"),
    )


def _differ(had: Iterable[Mapping[str, Any]], has: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of the deliveries that are new, changed or gone."""
    both = [
        {(one["name"], one["sha256"], one.get("refused", False)) for one in listed}
        for listed in (had, has)
    ]
    return sorted({name for name, *_ in both[0] ^ both[1]})


def _changed(
    now: Mapping[str, pl.DataFrame],
    before: Mapping[str, pl.DataFrame | None],
    builds: Iterable[_Build],
    built_at: datetime,
) -> pl.DataFrame:
    of_build = pl.DataFrame(
        [(one.year, one.counted_until, one.deliveries, one.cause) for one in builds],
        {
            "year": pl.Int32,
            "counted_until": pl.Date,
            "deliveries": pl.List(pl.String),
            "cause": pl.String,
        },
        orient="row",
    )
    changes = []
    for mart in vocabulary().layer("marts"):
        earlier = before.get(mart.name)
        # A mart that was not published before, or in another shape, was not changed either.
        if earlier is None or not has_cells(mart) or earlier.columns != now[mart.name].columns:
            continue
        same = ["year", "table", "cell"]
        both = (
            cells(mart, earlier)
            .rename({"number": "before"})
            .join(
                cells(mart, now[mart.name]).rename({"number": "after"}),
                on=same,
                how="full",
                coalesce=True,
                suffix="_now",
            )
            .with_columns(last_day=pl.coalesce("last_day", "last_day_now"))
            .join(of_build, on="year")
        )
        then, after = pl.col("before"), pl.col("after")
        if mart.is_count:
            # A category that is not listed had nobody.
            then, after = then.fill_null(0), after.fill_null(0)
        is_other = (then - after).abs() > _NEARLY * pl.max_horizontal(then.abs(), after.abs())
        is_one_alone = then.is_null() != after.is_null()
        changes.append(
            both.filter(
                is_other.fill_null(value=False) | is_one_alone,
                pl.col("last_day") <= pl.col("counted_until"),
            )
            .with_columns(built_at=pl.lit(built_at, SCHEMA["built_at"]))
            .select(SCHEMA.names())
            .sort("year", "cell")
        )
    return pl.concat(changes).cast(SCHEMA) if changes else SCHEMA.to_frame()


def _line(
    built_at: datetime,
    year: int | None,
    cause: str,
    before: float | None = None,
    after: float | None = None,
) -> pl.DataFrame:
    """A line about no cell."""
    return pl.DataFrame([(year, "", "", before, after, built_at, [], cause)], SCHEMA, orient="row")
