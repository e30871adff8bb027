"""The list of what has changed: every number of a period that was over, and never one line less."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.published.revisions import SCHEMA, Program, revisions
from assets.published.tables import published
from assets.vocabulary import vocabulary
from assets.vocabulary.cell_lists import REVISIONS
from assets.vocabulary.polars_schema import schema

FIRST = datetime.fromisoformat("2021-04-02T08:00:00+00:00")
ONE = Program("one")
Caseload = Mapping[tuple[int, int], int]
"""(year, month) -> how many started."""


@dataclass(frozen=True)
class Build:
    """A build of a register in which some persons started, and nothing else happened."""

    started: Caseload
    as_of: date = date(2021, 4, 2)
    deliveries: Mapping[str, str] = field(default_factory=lambda: {"mars.xlsx": "1"})
    program: Program = ONE
    built_at: datetime = FIRST
    years: tuple[int, ...] | None = None
    """The years that are built, if not all."""
    retention: float = 0
    curve: float = 1

    def tables(self) -> dict[str, pl.DataFrame]:
        years = sorted({year for year, _ in self.started})
        rows = {
            "caseload": [(year, month, 9, n, 0, 0, 0) for (year, month), n in self.started.items()],
            "job_retention": [(year, 3, self.retention, 0, None) for year in years],
            "still_in_programme": [(year, 0, 3, self.curve, None, None) for year in years],
            "country_of_origin": [
                (year, "SO", "female", n) for (year, _), n in self.started.items() if n
            ][:1],
        }
        return {
            table.name: published(
                table, pl.DataFrame(rows.get(table.name, []), schema(table), orient="row"), years
            )
            for table in vocabulary().layer("marts")
            if not table.is_list
        }

    def manifest(self, earlier: Mapping[str, Any]) -> dict[str, Any]:
        deliveries = [
            {"name": name, "sha256": sha, "refused": False} for name, sha in self.deliveries.items()
        ]
        about = {
            "built_at": self.built_at.isoformat(),
            "as_of": self.as_of.isoformat(),
            "deliveries": deliveries,
        }
        years = {year for year, _ in self.started}
        built = years if self.years is None else set(self.years)
        return about | {
            "by_year": {
                str(year): {**about, **self.program.marks()}
                if year in built
                else earlier["by_year"][str(year)]
                for year in sorted(years)
            }
        }


@dataclass
class Publication:
    """What is published, and was before."""

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)

    def after(self, build: Build) -> Publication:
        tables, about = build.tables(), build.manifest(self.manifest)
        program = replace(build.program, listed=self.listed.height)
        listed = revisions(tables, about, self.tables, self.manifest, program)
        return Publication({**tables, REVISIONS: listed}, about)

    @property
    def listed(self) -> pl.DataFrame:
        return self.tables.get(REVISIONS, SCHEMA.to_frame())

    def lines(self) -> list[tuple[Any, ...]]:
        """Month, before, after, deliveries and cause of each line of how many started."""
        found = self.listed.filter(pl.col("cell").str.contains("measure=started"), table="caseload")
        names = ("cell", "before", "after", "deliveries", "cause")
        return [(cell.partition(",")[0], *rest) for cell, *rest in found.select(names).iter_rows()]


MARCH = Build({(2021, 1): 5, (2021, 2): 6, (2021, 3): 24})
APRIL = replace(
    MARCH,
    started={(2021, 1): 5, (2021, 2): 6, (2021, 3): 14, (2021, 4): 7},
    as_of=date(2021, 5, 3),
    deliveries={"mars.xlsx": "1", "april.xlsx": "2"},
    built_at=FIRST + timedelta(days=31),
)
"""A spoiled delivery: it rewrites March."""


def test_first_publication_corrects_nothing() -> None:
    assert Publication().after(MARCH).listed.is_empty()


def test_spoiled_delivery_that_rewrites_march_is_told_with_its_name() -> None:
    now = Publication().after(MARCH).after(APRIL)
    assert now.lines() == [("month=3", 24, 14, ["april.xlsx"], "records")]
    (line,) = now.listed.filter(table="caseload").to_dicts()
    assert line["year"] == 2021
    assert line["cell"] == "month=3, measure=started"
    assert line["built_at"] == APRIL.built_at
    assert now.listed.schema == SCHEMA


def test_month_that_was_still_running_grows_without_a_correction() -> None:
    early = replace(MARCH, as_of=date(2021, 3, 30))
    assert Publication().after(early).after(APRIL).lines() == []
    last = replace(MARCH, as_of=date(2021, 3, 31))
    assert len(Publication().after(last).after(APRIL).lines()) == 1


def test_day_in_the_past_makes_no_correction_of_what_it_does_not_count() -> None:
    past = replace(MARCH, started={(2021, 1): 5}, as_of=date(2021, 1, 31), built_at=APRIL.built_at)
    assert Publication().after(MARCH).after(past).lines() == []


def test_what_is_still_followed_up_makes_no_correction_until_the_following_is_over() -> None:
    over = replace(MARCH, started={(2021, 1): 5}, as_of=date(2022, 1, 31), retention=1)
    later = replace(over, as_of=date(2022, 6, 29), retention=2, curve=0.5)
    last = replace(over, as_of=date(2022, 6, 30), retention=3)
    wrong = replace(over, as_of=date(2022, 7, 1), retention=4)
    found = Publication().after(over).after(later).after(last)
    assert found.listed.is_empty()
    assert found.after(wrong).listed["cell"].to_list() == ["measure=due"]


def test_deliveries_that_left_or_came_with_another_content_are_named() -> None:
    had = replace(MARCH, deliveries={"a.xlsx": "1", "b.xlsx": "1", "c.xlsx": "1"})
    has = replace(APRIL, deliveries={"a.xlsx": "1", "b.xlsx": "2"})
    ((*_, deliveries, cause),) = Publication().after(had).after(has).lines()
    assert (deliveries, cause) == (["b.xlsx", "c.xlsx"], "records")


@pytest.mark.parametrize(
    ("deliveries", "program", "cause"),
    [
        (MARCH.deliveries, "two", "program"),
        (APRIL.deliveries, "two", "records_and_program"),
        (MARCH.deliveries, "one", "other"),
    ],
)
def test_other_definition_is_told_apart_from_other_records(
    deliveries: Mapping[str, str], program: str, cause: str
) -> None:
    now = replace(APRIL, deliveries=deliveries, program=Program(program))
    ((*_, told),) = Publication().after(MARCH).after(now).lines()
    assert told == cause


def test_publication_of_a_program_that_did_not_say_which_it_was_is_of_another_one() -> None:
    before = Publication().after(MARCH)
    del before.manifest["by_year"]["2021"]["program"]
    del before.manifest["by_year"]["2021"]["erased"]
    ((*_, cause),) = before.after(APRIL).lines()
    assert cause == "records_and_program"


def test_year_left_as_it_was_is_compared_with_the_deliveries_that_left_it_so() -> None:
    """The delivery of April changed nothing in 2020; that of May did."""
    both = {(2020, 3): 4, **MARCH.started}
    first = replace(MARCH, started=both)
    second = replace(
        APRIL, started=both, years=(2021,), deliveries={**MARCH.deliveries, "april.xlsx": "2"}
    )
    third = replace(
        second,
        started={**both, (2020, 3): 5},
        years=None,
        deliveries={**second.deliveries, "mai.xlsx": "3"},
        built_at=FIRST + timedelta(days=60),
    )
    before = Publication().after(first).after(second)
    assert before.listed.is_empty()
    ((*_, deliveries, _),) = before.after(third).lines()
    assert deliveries == ["mai.xlsx"]
    # One that was published from other records than were loaded: either may be why.
    before.manifest["by_year"]["2020"]["older"] = True
    ((*_, deliveries, _),) = before.after(third).lines()
    assert deliveries == ["april.xlsx", "mai.xlsx"]


def test_erasing_a_person_lists_no_cell() -> None:
    erased = replace(APRIL, program=Program("one", erased=3))
    now = (
        Publication()
        .after(replace(MARCH, started={(2020, 3): 4, **MARCH.started}))
        .after(replace(erased, started={(2020, 3): 4, **APRIL.started}))
    )
    # 2020 had nothing of the person, and has no line.
    (line,) = now.listed.to_dicts()
    assert line == {
        "year": 2021, "table": "", "cell": "", "before": None, "after": None,
        "built_at": APRIL.built_at, "deliveries": [], "cause": "erased",
    }  # fmt: skip


def test_year_that_is_no_longer_in_the_register_has_no_number_now() -> None:
    both = replace(MARCH, started={(2020, 3): 4, **MARCH.started})
    ((cell, before, after, *_),) = Publication().after(both).after(MARCH).lines()
    assert (cell, before, after) == ("month=3", 4, None)


def test_nobody_is_the_same_as_a_category_that_is_not_listed() -> None:
    some = replace(MARCH, started={(2020, 3): 4})
    none = replace(some, started={(2020, 3): 0}, deliveries=APRIL.deliveries)
    found = Publication().after(some).after(none).listed.filter(table="country_of_origin")
    cells = set(found["cell"])
    assert "country=SO, gender=female" in cells
    assert "country=SO, gender=male" not in cells


def test_lost_lines_are_told_in_the_list_itself() -> None:
    now = Publication().after(MARCH).after(APRIL)
    program = replace(MARCH.program, listed=now.listed.height)
    for lost, left in ((None, 0), (now.listed.head(0), 0)):
        had = {**now.tables, REVISIONS: lost}
        again = revisions(now.tables, now.manifest, had, now.manifest, program)
        (line,) = again.to_dicts()
        assert (line["cause"], line["before"], line["after"]) == ("lost", now.listed.height, left)


@pytest.mark.parametrize("seed", range(5))
def test_no_build_ever_rewrites_a_line(seed: int) -> None:
    rng = random.Random(seed)
    now, moment = Publication().after(MARCH), MARCH.built_at
    for number in range(12):
        moment += timedelta(days=20)
        build = Build(
            {
                (2021, month): rng.choice([5, rng.randint(0, 30)])
                for month in range(1, rng.randint(3, 12))
            },
            as_of=moment.date(),
            deliveries={f"{rng.randint(1, 3)}.xlsx": str(rng.randint(1, 3))},
            program=Program(rng.choice("ab"), rng.randint(0, 1)),
            built_at=moment,
        )
        before, now = now, now.after(build)
        assert_frame_equal(now.listed.head(before.listed.height), before.listed)
        fresh = now.listed.tail(now.listed.height - before.listed.height)
        assert set(fresh["built_at"]) <= {moment}, number
        # Nothing has changed between two builds of the same.
        again = now.after(replace(build, built_at=moment + timedelta(days=1)))
        assert_frame_equal(again.listed, now.listed)
    assert now.listed.height > 5
