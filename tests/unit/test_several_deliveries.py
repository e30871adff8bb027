"""One key in several deliveries: which row wins, what it holds, and what is said of the others."""

from __future__ import annotations

import polars as pl
import pytest

from assets.raw import problems
from assets.records.register import Settled, settle
from tests.unit.raw_tables import AS_OF, raw, row


def settled(
    table: str, rows: list[dict[str, object]], absent: dict[str, tuple[str, ...]] | None = None
) -> Settled:
    """Settle one table; `absent` names the fields that a delivery has no column for."""
    sheets = {"participants": "Deltakere", "referrals": "Henvisninger", "exits": "Avslutninger"}
    lacking = [
        (delivery, sheets[table], field)
        for delivery, fields in (absent or {}).items()
        for field in fields
    ]
    layer = raw(**{table: rows}) | {
        "absent_columns": pl.DataFrame(lacking, problems.ABSENT_SCHEMA, orient="row")
    }
    return next(one for one in settle(layer.__getitem__, AS_OF) if one.name == table)


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("nora-9.xlsx", "nora-10.xlsx"),
        ("nora-2021.xlsx", "nora-2021 (1).xlsx"),
        ("nora-2021.xlsx", "nora-2021-rettet.xlsx"),
        ("NORA-2020.xlsx", "nora-2021.xlsx"),
    ],
)
def test_row_of_the_delivery_that_counts_later_wins(first: str, later: str) -> None:
    for rows in (
        [row("participants", 2, first, gender="K"), row("participants", 2, later, gender="M")],
        [row("participants", 2, later, gender="M"), row("participants", 2, first, gender="K")],
    ):
        one = settled("participants", rows)
        assert one.rows.select("gender", "delivery").rows() == [("male", later)]
        assert one.overruled.rows() == [(first, 2, "gender", later, 2)]


def test_row_at_fault_is_healed_by_the_delivery_that_counts_later() -> None:
    rows = [
        row("participants", 2, "nora-9.xlsx", gender="banan"),
        row("participants", 3, "nora-10.xlsx"),
    ]
    (problem,) = settled("participants", rows).rejected.rows(named=True)
    assert (problem["delivery"], problem["healed_by"]) == ("nora-9.xlsx", "nora-10.xlsx")


def test_row_that_says_the_same_is_not_overruled() -> None:
    rows = [row("participants", 2, "a.xlsx"), row("participants", 5, "b.xlsx")]
    assert settled("participants", rows).overruled.is_empty()


def test_column_that_is_absent_leaves_what_earlier_rows_hold() -> None:
    rows = [
        row("participants", 2, "a.xlsx", norwegian_level="A2", education="Grunnskole"),
        row("participants", 2, "b.xlsx", norwegian_level=None, education=None, country="SY"),
    ]
    one = settled("participants", rows, {"b.xlsx": ("norwegian_level",)})
    assert one.rows.select("country", "norwegian_level", "education").rows() == [("SY", "a2", None)]
    assert set(one.overruled["field"]) == {"country", "education"}


def test_value_before_an_absent_column_is_that_of_the_last_good_row_that_has_it() -> None:
    rows = [
        row("participants", 2, "a.xlsx", norwegian_level="A1"),
        row("participants", 2, "b.xlsx", norwegian_level="B1"),
        row("participants", 2, "c.xlsx", norwegian_level="B2", gender="banan"),
        row("participants", 2, "d.xlsx", norwegian_level=None),
        row("participants", 2, "e.xlsx", norwegian_level=None),
    ]
    absent = ("norwegian_level",)
    one = settled("participants", rows, {"d.xlsx": absent, "e.xlsx": absent})
    assert one.rows.select("norwegian_level", "delivery").rows() == [("b1", "e.xlsx")]


def test_row_taken_out_of_the_register_leaves_nothing_to_a_later_one() -> None:
    rows = [
        row("participants", 2, "a.xlsx", norwegian_level="A1"),
        row("participants", 2, "b.xlsx", norwegian_level="A1", deletes="Ja"),
        row("participants", 2, "c.xlsx", norwegian_level=None),
    ]
    one = settled("participants", rows, {"c.xlsx": ("norwegian_level",)})
    assert one.rows["norwegian_level"].to_list() == [None]


def test_earlier_value_that_contradicts_the_row_is_an_error_of_the_row() -> None:
    rows = [
        row("exits", 2, "a.xlsx", position_pct="80"),
        row(
            "exits", 2, "b.xlsx", position_pct=None, kind="Droppet ut", outcome=None,
            dropout_reason="Flyttet utland",
        ),
    ]  # fmt: skip
    one = settled("exits", rows, {"b.xlsx": ("position_pct",)})
    assert one.rejected.select("delivery", "field", "code").rows() == [
        ("b.xlsx", "position_pct", "rule")
    ]
    assert one.rows["delivery"].to_list() == ["a.xlsx"]


def test_row_that_takes_a_key_out_overrules_the_whole_row() -> None:
    rows = [
        row("participants", 2, "a.xlsx"),
        row("participants", 4, "b.xlsx", deletes="Ja"),
    ]
    assert settled("participants", rows).overruled.rows() == [("a.xlsx", 2, None, "b.xlsx", 4)]
