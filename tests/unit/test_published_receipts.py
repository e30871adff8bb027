"""When each delivery was read first and what it changed then, as the internal manifest tells it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from assets.published.receipts import gone, receipts
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema

JANUARY, FEBRUARY = datetime(2022, 1, 9, 23, 30, tzinfo=UTC), datetime(2022, 2, 8, tzinfo=UTC)


def table(name: str, *rows: tuple[Any, ...]) -> pl.DataFrame:
    """Rows of a table; the columns at its end that they do not tell are empty."""
    columns = schema(vocabulary().table(name))
    whole = [(*row, *[None] * (len(columns) - len(row))) for row in rows]
    return pl.DataFrame(whole, columns, orient="row")


def deliveries(*named: tuple[str, str]) -> pl.DataFrame:
    rows = [(place, *one, False, False) for place, one in enumerate(named, start=1)]
    return table("raw.deliveries", *rows)


def quality(
    *counts: tuple[Any, ...], changes: list[Any] | None = None, rejected: list[Any] | None = None
) -> dict[str, pl.DataFrame]:
    return {
        "receipts": table("quality.receipts", *counts),
        "changes": table("quality.changes", *(changes or [])),
        "rejected_rows": table("quality.rejected_rows", *(rejected or [])),
    }


FIRST = quality(
    ("a.xlsx", "Deltakere", 3, 3, 0, 0, 0, 0), ("a.xlsx", "Avslutninger", 2, 2, 0, 0, 0, 0)
)


def first() -> dict[str, Any]:
    entries = receipts(deliveries(("a.xlsx", "aa")), FIRST, {}, JANUARY)
    return {"built_at": JANUARY.isoformat(), "receipts": entries}


def test_delivery_is_told_with_its_day_and_the_rows_of_its_sheets() -> None:
    (entry,) = first()["receipts"]
    assert entry == {
        "name": "a.xlsx", "sha256": "aa", "refused": False, "read_at": "2022-01-09T23:30:00+00:00",
        "receipt": {
            "rows": 5, "new": 5, "changed": 0, "unchanged": 0, "overruled": 0, "removed": 0,
            "rejected": 0, "sheets": [],
        },
    }  # fmt: skip


def test_what_was_told_of_the_same_content_stands() -> None:
    again = quality(
        ("a.xlsx", "Deltakere", 3, 0, 0, 2, 1, 0),
        ("b.xlsx", "Deltakere", 2, 1, 1, 0, 0, 0),
        changes=[("b.xlsx", "Deltakere", 2, "gender", "changed", "a.xlsx")],
    )
    read = deliveries(("a.xlsx", "aa"), ("b.xlsx", "bb"))
    old, new = receipts(read, again, first(), FEBRUARY)
    assert old == first()["receipts"][0]
    assert (new["name"], new["read_at"]) == ("b.xlsx", FEBRUARY.isoformat())
    assert new["receipt"]["sheets"] == [
        {
            "sheet": "Deltakere", "rows": 2, "new": 1, "changed": 1, "unchanged": 0, "overruled": 0,
            "removed": 0, "rejected": 0, "fields": {"gender": 1}, "overruled_by": [],
        }
    ]  # fmt: skip
    assert json.loads(json.dumps(new)) == new


@pytest.mark.parametrize("named", [("a.xlsx", "ab"), ("b.xlsx", "aa")])
def test_other_content_or_name_is_another_delivery(named: tuple[str, str]) -> None:
    now = quality((named[0], "Deltakere", 3, 0, 0, 3, 0, 0))
    (entry,) = receipts(deliveries(named), now, first(), FEBRUARY)
    assert entry["read_at"] == FEBRUARY.isoformat()
    assert entry["receipt"]["unchanged"] == 3


def test_refused_delivery_that_is_read_at_last_is_read_on_that_day() -> None:
    refused = deliveries(("a.xlsx", "aa")).with_columns(refused=pl.lit(value=True))
    entries = receipts(refused, quality(), {}, JANUARY)
    assert entries[0]["receipt"]["rows"] == 0
    before = {"built_at": JANUARY.isoformat(), "receipts": entries}
    (entry,) = receipts(deliveries(("a.xlsx", "aa")), FIRST, before, FEBRUARY)
    assert (entry["read_at"], entry["receipt"]["new"]) == (FEBRUARY.isoformat(), 5)


def test_delivery_published_before_there_were_receipts_has_only_a_day() -> None:
    known = {"name": "a.xlsx", "sha256": "aa", "refused": False}
    before = {"built_at": JANUARY.isoformat(), "deliveries": [known]}
    now = quality(("a.xlsx", "Deltakere", 3, 0, 0, 3, 0, 0))
    assert receipts(deliveries(("a.xlsx", "aa")), now, before, FEBRUARY) == [
        known | {"read_at": JANUARY.isoformat()}
    ]


def test_row_is_removed_by_the_delivery_that_says_so_else_by_its_own() -> None:
    now = quality(
        ("a.xlsx", "Deltakere", 1, 0, 0, 1, 0, 3),
        ("b.xlsx", "Deltakere", 1, 0, 0, 0, 0, 0),
        changes=[
            ("a.xlsx", "Deltakere", row, None, "gone", by)
            for row, by in ((2, "b.xlsx"), (3, "b.xlsx"), (4, None))
        ],
    )
    own, other = receipts(deliveries(("a.xlsx", "ab"), ("b.xlsx", "bb")), now, {}, FEBRUARY)
    assert [one["receipt"]["removed"] for one in (own, other)] == [1, 2]
    assert [one["sheet"] for one in other["receipt"]["sheets"]] == ["Deltakere"]


def test_overruled_rows_name_the_deliveries_that_count_instead() -> None:
    now = quality(
        ("a.xlsx", "Deltakere", 4, 0, 0, 2, 2, 0),
        changes=[
            ("a.xlsx", "Deltakere", row, field, "overruled", "b.xlsx")
            for row, field in ((2, "gender"), (2, "country"), (3, "country"))
        ],
    )
    (entry,) = receipts(deliveries(("a.xlsx", "ab")), now, {}, FEBRUARY)
    assert entry["receipt"]["overruled"] == 2
    assert entry["receipt"]["sheets"][0]["overruled_by"] == ["b.xlsx"]
    assert entry["receipt"]["sheets"][0]["fields"] == {}


def test_rejected_rows_are_counted_once_and_not_when_healed() -> None:
    errors = [
        ("Deltakere", 2, "gender", "bad_code", None),
        ("Deltakere", 2, "country", "bad_code", None),
        ("Deltakere", 3, "gender", "bad_code", "b.xlsx"),
        ("Avslutninger", 2, "kind", "bad_code", None),
    ]
    rejected = [("a.xlsx", *place, code, "", by) for *place, code, by in errors]
    now = quality(("a.xlsx", "Deltakere", 4, 1, 0, 0, 0, 0), rejected=rejected)
    (entry,) = receipts(deliveries(("a.xlsx", "ab")), now, {}, FEBRUARY)
    assert entry["receipt"]["rejected"] == 2


def test_deliveries_stand_in_the_order_in_which_they_count() -> None:
    read = deliveries(("b.xlsx", "bb"), ("a.xlsx", "aa")).sort("delivery")
    assert [one["name"] for one in receipts(read, quality(), {}, JANUARY)] == ["b.xlsx", "a.xlsx"]


# --- Deliveries that are no longer in the inbox -----------------------------------------------

LEFT = quality(
    ("a.xlsx", "Deltakere", 0, 0, 0, 0, 0, 2),
    ("a.xlsx", "Avslutninger", 0, 0, 0, 0, 0, 1),
    changes=[
        ("a.xlsx", "Deltakere", 2, None, "gone", None),
        ("a.xlsx", "Deltakere", 3, None, "gone", None),
        ("a.xlsx", "Avslutninger", 2, None, "gone", None),
    ],
)
OTHERS = deliveries(("b.xlsx", "bb"))


def without_the_first() -> dict[str, Any]:
    """The manifest of the build that does not find a.xlsx any more."""
    return {
        "built_at": FEBRUARY.isoformat(),
        "receipts": receipts(OTHERS, LEFT, first(), FEBRUARY),
        "gone": gone(OTHERS, LEFT, first(), FEBRUARY),
    }


def test_delivery_that_left_the_inbox_is_told_with_its_rows_that_went() -> None:
    (left,) = without_the_first()["gone"]
    assert left == first()["receipts"][0] | {"gone_at": FEBRUARY.isoformat(), "rows_gone": 3}


def test_what_was_told_of_a_delivery_that_left_stands() -> None:
    later = FEBRUARY.replace(month=3)
    before = without_the_first()
    assert gone(OTHERS, quality(), before, later) == before["gone"]


def test_delivery_that_is_there_with_other_content_has_not_left() -> None:
    assert gone(deliveries(("a.xlsx", "ab")), quality(), first(), FEBRUARY) == []


def test_delivery_that_came_back_is_the_one_it_was() -> None:
    back, before = deliveries(("a.xlsx", "aa"), ("b.xlsx", "bb")), without_the_first()
    assert gone(back, FIRST, before, FEBRUARY) == []
    assert receipts(back, FIRST, before, FEBRUARY) == [*first()["receipts"], *before["receipts"]]


def test_delivery_that_left_before_there_were_receipts_has_no_rows() -> None:
    known = {"name": "a.xlsx", "sha256": "aa", "refused": False}
    before = {"built_at": JANUARY.isoformat(), "deliveries": [known]}
    (left,) = gone(OTHERS, quality(), before, FEBRUARY)
    assert left == known | {
        "read_at": JANUARY.isoformat(), "gone_at": FEBRUARY.isoformat(), "rows_gone": 0,
    }  # fmt: skip
