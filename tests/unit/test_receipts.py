"""What each delivery changed, and when it changes so much that it is held back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from assets.quality.receipts import (
    RECEIPTS,
    Receipt,
    earlier_wins,
    lines,
    receipt,
    rows_before,
    same_error,
    suspicions,
    without_column,
)
from assets.raw import problems
from assets.records.register import Settled, settle
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from tests.unit.raw_tables import AS_OF, raw, row

NOTHING = schema(vocabulary().table("records.participants")).to_frame()
NEVER = pl.DataFrame(schema={"delivery": pl.String, "sheet": pl.String, "rows": pl.Int64})


def persons(count: int, delivery: str = "a.xlsx", **cells: str) -> list[dict[str, object]]:
    """Rows of Deltakere, one for each of so many persons."""
    return [
        row("participants", number + 2, delivery, participant_id=f"p{number}", **cells)
        for number in range(count)
    ]


def settled(rows: list[dict[str, object]]) -> Settled:
    parts = settle(raw(participants=rows).__getitem__, AS_OF)
    return next(one for one in parts if one.name == "participants")


def compared(
    after: list[dict[str, object]], before: list[dict[str, object]] | None = None
) -> Receipt:
    """The receipt of these rows of Deltakere in a home that had loaded those of `before`."""
    if before is None:
        return receipt(settled(after), NOTHING, NEVER)
    earlier = settled(before)
    had = receipt(earlier, NOTHING, NEVER).receipts
    about = raw(participants=after)["deliveries"].with_columns(refused=pl.lit(value=False))
    aside = schema(vocabulary().table("raw.set_aside")).to_frame()
    return receipt(settled(after), earlier.rows, rows_before(had, about, aside))


def counts(found: Receipt) -> dict[str, dict[str, int]]:
    """Delivery -> the counts that are not 0."""
    return {
        str(one.pop("delivery")): {name: n for name, n in one.items() if n and name != "sheet"}
        for one in found.receipts.rows(named=True)
    }


def test_everything_is_new_to_an_empty_home() -> None:
    found = compared(persons(3))
    assert counts(found) == {"a.xlsx": {"rows": 3, "new": 3}}
    assert found.changes.is_empty()
    assert suspicions([found], ()) is None


def test_the_same_again_is_unchanged() -> None:
    assert counts(compared(persons(3), persons(3))) == {"a.xlsx": {"rows": 3, "unchanged": 3}}


def test_changed_field_is_named_with_its_row_and_never_its_value() -> None:
    after = [*persons(2), row("participants", 4, participant_id="p2", country="SY", education=None)]
    found = compared(after, persons(3))
    assert counts(found) == {"a.xlsx": {"rows": 3, "changed": 1, "unchanged": 2}}
    assert found.changes.select("row", "field", "kind", "other_delivery").rows() == [
        (4, "country", "changed", None), (4, "education", "changed", None),
    ]  # fmt: skip
    assert lines(found.receipts, found.changes) == [
        "a.xlsx, 3 rader: 1 endret og 2 uendret",
        "  Deltakere, 3 rader: 1 endret (Landbakgrunn 1, Utdanning 1) og 2 uendret",
    ]


def test_value_that_another_delivery_brought_before_is_changed_by_the_one_that_wins() -> None:
    later = row("participants", 2, "b.xlsx", participant_id="p0", country="SY")
    found = compared([*persons(2), later], persons(2))
    assert counts(found) == {
        "a.xlsx": {"rows": 2, "unchanged": 1, "overruled": 1},
        "b.xlsx": {"rows": 1, "changed": 1},
    }
    assert set(found.changes.select("delivery", "kind", "field", "other_delivery").rows()) == {
        ("b.xlsx", "changed", "country", "a.xlsx"),
        ("a.xlsx", "overruled", "country", "b.xlsx"),
        ("b.xlsx", "overrules", "country", "a.xlsx"),
    }


def test_row_that_is_no_longer_there_is_gone_from_its_delivery() -> None:
    found = compared(persons(4), persons(5))
    assert counts(found) == {"a.xlsx": {"rows": 4, "unchanged": 4, "gone": 1}}
    assert found.changes.select("row", "kind").rows() == [(6, "gone")]


def test_delivery_that_is_no_longer_there_has_a_receipt_of_what_is_gone() -> None:
    found = compared(persons(1), [*persons(1), *persons(3, "b.xlsx")])
    assert counts(found)["b.xlsx"] == {"gone": 2}


def test_delivery_that_is_no_longer_there_is_said_to_be_so() -> None:
    found = compared(persons(3, "b.xlsx"), persons(5, "a.xlsx"))
    said = lines(found.receipts, found.changes, {"b.xlsx"})
    assert said[0] == "a.xlsx, ikke lenger i innboksen: 2 borte"
    # A delivery that is there and has lost every row of a sheet is not told so.
    assert lines(found.receipts, found.changes)[0] == "a.xlsx, 0 rader: 2 borte"


def test_row_that_is_taken_out_names_the_delivery_that_did_it() -> None:
    out = row("participants", 2, "b.xlsx", participant_id="p1", deletes="Ja")
    found = compared([*persons(2), out], persons(2))
    assert ("a.xlsx", "gone", "b.xlsx") in found.changes.select(
        "delivery", "kind", "other_delivery"
    ).rows()


def test_row_at_fault_is_none_of_them() -> None:
    assert counts(compared(persons(2, gender="banan"))) == {"a.xlsx": {"rows": 2}}


def one_table(name: str, **tables: list[dict[str, object]]) -> Settled:
    """One table of an inbox: the clean rows, but for the tables given."""
    parts = settle(raw(**tables).__getitem__, AS_OF)
    return next(one for one in parts if one.name == name)


@pytest.mark.parametrize(
    ("swapped", "right", "is_told"), [(10, 10, True), (10, 11, False), (9, 0, False)]
)
def test_two_headers_that_are_swapped_are_told_of_the_column(
    swapped: int, right: int, is_told: bool
) -> None:
    """Of as many rows with swapped dates and right ones."""
    days = ("1.2.2021", "15.2.2021")
    rows = [
        row(
            "referrals", number + 2, referral_id=f"r{number}",
            referred_on=days[number < swapped], started_on=days[number >= swapped],
        )
        for number in range(swapped + right)
    ]  # fmt: skip
    found = one_table("referrals", referrals=rows)
    assert found.rejected.height == swapped
    words = same_error(found.rejected, receipt(found, found.rows.clear(), NEVER).receipts)
    assert ("a.xlsx" in words) is is_told
    if is_told:
        (line,) = words["a.xlsx"]
        assert line.startswith(
            "Arket «Henvisninger»: 10 av 20 rader har samme feil i «Oppstartsdato». "
        )


def test_rows_that_wait_for_another_or_are_mended_say_nothing_of_their_column() -> None:
    persons_at_fault = persons(10, gender="banan")
    rows = [
        row("referrals", number + 2, referral_id=f"r{number}", participant_id=f"p{number}")
        for number in range(10)
    ]
    waiting = one_table("referrals", participants=persons_at_fault, referrals=rows)
    assert waiting.rejected.height == 10
    counted = receipt(waiting, waiting.rows.clear(), NEVER).receipts
    assert same_error(waiting.rejected, counted) == {}
    mended = settled([*persons_at_fault, *persons(10, "b.xlsx")])
    assert mended.rejected["healed_by"].to_list() == ["b.xlsx"] * 10
    counted = receipt(mended, NOTHING, NEVER).receipts
    assert same_error(mended.rejected, counted) == {}


def test_row_that_is_taken_out_together_with_what_it_refers_to_is_overruled() -> None:
    tables = {
        "participants": [row("participants"), row("participants", 2, "b.xlsx", deletes="Ja")],
        "referrals": [row("referrals"), row("referrals", 2, "b.xlsx", deletes="Ja")],
    }
    found = one_table("referrals", **tables)
    assert found.rejected.is_empty()
    told = receipt(found, found.rows.clear(), NEVER)
    assert counts(told) == {"a.xlsx": {"rows": 1, "overruled": 1}, "b.xlsx": {"rows": 1}}


@pytest.mark.parametrize("name", ["Høst 2021", "HØST 2021"])
def test_survey_on_another_day_of_the_year_is_changed(name: str) -> None:
    before = one_table("survey_waves")
    moved = row("survey_waves", sent_on="2.10.2021", wave=name)
    told = receipt(one_table("survey_waves", survey_waves=[moved]), before.rows, NEVER)
    assert counts(told) == {"a.xlsx": {"rows": 1, "changed": 1}}
    assert told.changes.select("row", "field", "kind").rows() == [(2, "sent_on", "changed")]


def test_row_of_a_person_who_counts_by_another_row_is_none_of_them_or_gone() -> None:
    one_person = row(
        "decisions",
        rule="Samme person under to ID-er",
        key="p0",
        other_key="p1",
        decision="Samme person",
    )
    said = one_table("participants", participants=persons(2), decisions=[one_person])
    assert counts(receipt(said, NOTHING, NEVER)) == {"a.xlsx": {"rows": 2, "new": 1}}
    told = receipt(said, settled(persons(2)).rows, NEVER)
    assert counts(told) == {"a.xlsx": {"rows": 2, "unchanged": 1, "gone": 1}}


def test_row_that_takes_nothing_out_is_not_named_for_what_is_gone() -> None:
    before = settled(persons(2))
    # Contradicts itself, so neither row counts.
    undecided = [
        row("participants", 2, "b.xlsx", participant_id="p1", deletes="Ja"),
        row("participants", 3, "b.xlsx", participant_id="p1"),
    ]
    told = receipt(settled([*persons(1), *undecided]), before.rows, NEVER)
    gone = told.changes.filter(kind="gone").select("delivery", "row", "other_delivery")
    assert gone.rows() == [("a.xlsx", 3, None)]


@pytest.mark.parametrize(("changed", "is_held"), [(3, False), (4, True), (20, True)])
def test_delivery_that_changes_a_fifth_of_one_field_is_held_back(
    changed: int, is_held: bool
) -> None:
    after = [*persons(20)[changed:], *persons(changed, country="SY")]
    told = suspicions([compared(after, persons(20))], ())
    assert (told is not None) == is_held
    if told:
        assert f"«Landbakgrunn» er endret i {changed} av 20 rader" in told
        assert '--accept "a.xlsx"' in told
    assert suspicions([compared(after, persons(20))], ["a.xlsx"]) is None


def test_few_keys_and_fields_that_may_change_are_no_reason_to_hold_a_delivery_back() -> None:
    assert suspicions([compared(persons(19, country="SY"), persons(19))], ()) is None
    assert suspicions([compared(persons(30, education="Ingen"), persons(30))], ()) is None


@pytest.mark.parametrize(("emptied", "is_held"), [(3, False), (4, True), (20, True)])
def test_delivery_that_empties_a_fifth_of_one_field_is_held_back(
    emptied: int, is_held: bool
) -> None:
    def referrals(without: int) -> Settled:
        rows = [
            row(
                "referrals", n + 2, referral_id=f"r{n}",
                started_on=None if n < without else "15.2.2021",
            )
            for n in range(20)
        ]  # fmt: skip
        return one_table("referrals", referrals=rows)

    told = suspicions([receipt(referrals(emptied), referrals(0).rows, NEVER)], ())
    assert (told is not None) == is_held
    if told:
        assert f"«Oppstartsdato» er endret i {emptied} av 20 rader" in told


def test_column_that_leaves_what_was_there_holds_nothing_back() -> None:
    before = [
        row("referrals", n + 2, referral_id=f"r{n}", started_on="15.2.2021") for n in range(20)
    ]
    after = [
        row("referrals", n + 2, "b.xlsx", referral_id=f"r{n}", started_on=None) for n in range(20)
    ]
    tables = raw(referrals=[*before, *after])
    absent = pl.DataFrame(
        [("b.xlsx", "Henvisninger", "started_on")], problems.ABSENT_SCHEMA, orient="row"
    )
    parts = settle({**tables, "absent_columns": absent}.__getitem__, AS_OF)
    found = next(one for one in parts if one.name == "referrals")
    earlier = one_table("referrals", referrals=before)
    assert suspicions([receipt(found, earlier.rows, NEVER)], ()) is None


def test_fields_are_named_by_their_headers_on_the_sheet() -> None:
    before, moved = one_table("partner_projects"), row("partner_projects", started_on="3.5.2021")
    told = receipt(one_table("partner_projects", partner_projects=[moved]), before.rows, NEVER)
    assert any("(Startet 1)" in line for line in lines(told.receipts, told.changes))
    absent = pl.DataFrame(
        [("a.xlsx", "Samarbeidsprosjekt", "outcome")], problems.ABSENT_SCHEMA, orient="row"
    )
    assert without_column(absent) == ["a.xlsx, Samarbeidsprosjekt: Resultat"]


def test_changes_that_a_later_delivery_overrules_hold_nothing_back() -> None:
    both = [*persons(20, country="SY"), *persons(20, "b.xlsx")]
    assert suspicions([compared(both, persons(20, "b.xlsx"))], ()) is None


def test_rows_that_cannot_be_loaded_for_their_changes_count_too() -> None:
    # Years of birth that have slipped by a row may be out of range, and so not in the register.
    before = [row("participants", n + 2, participant_id=f"p{n}") for n in range(20)]
    after = [dict(one, birth_year="1986", gender="banan") for one in before]
    assert suspicions([compared(after, before)], ()) is not None


@pytest.mark.parametrize(("left", "is_held"), [(3, False), (2, True), (0, True)])
def test_delivery_that_lacks_half_of_its_rows_is_held_back(left: int, is_held: bool) -> None:
    others = persons(1, "b.xlsx") if left else persons(1, "a.xlsx", gender="banan")
    found = compared([*persons(left), *others], persons(4))
    assert (suspicions([found], ()) is not None) == is_held


def test_rows_of_forgotten_persons_are_not_missed() -> None:
    had = pl.DataFrame([("a.xlsx", "Deltakere", 4, 4, 0, 0, 0, 0)], schema(RECEIPTS), orient="row")
    about = raw()["deliveries"].with_columns(refused=pl.lit(value=False))
    aside = pl.DataFrame(
        [("a.xlsx", "Deltakere", 3)], schema(vocabulary().table("raw.set_aside")), orient="row"
    )
    expected = rows_before(had, about, aside)
    assert suspicions([receipt(settled(persons(1)), NOTHING, expected)], ()) is None


def test_older_workbook_that_wins_is_told() -> None:
    found = compared([*persons(2), *persons(2, "b.xlsx", country="SY")])
    saved = pl.DataFrame(
        {
            "delivery": ["a.xlsx", "b.xlsx"],
            "saved_at": [datetime(2021, 5, 2, tzinfo=UTC), datetime(2021, 5, 1, tzinfo=UTC)],
        }
    )
    (told,) = earlier_wins(found.changes, saved)
    assert told.startswith("«b.xlsx» gjelder foran «a.xlsx» i 2 rader")
    assert earlier_wins(found.changes, saved.with_columns(pl.col("saved_at").reverse())) == []


def test_rows_later_than_a_past_day_are_neither_gone_nor_unchanged() -> None:
    rows = [row("exits"), row("exits", 3, referral_id="r2", exited_on="1.6.2021")]
    referrals = [row("referrals"), row("referrals", 3, referral_id="r2")]
    layer = raw(referrals=referrals, exits=rows, activities=[], transition_cases=[])

    def exits(as_of: date) -> Settled:
        parts = settle(layer.__getitem__, as_of, AS_OF)
        return next(one for one in parts if one.name == "exits")

    before, past = exits(AS_OF), exits(date(2021, 6, 15))
    assert past.later.rows() == [("a.xlsx", 2)]
    found = receipt(past, before.rows, NEVER)
    assert counts(found) == {"a.xlsx": {"rows": 2, "unchanged": 1}}
    again = receipt(before, past.rows, NEVER)
    assert counts(again) == {"a.xlsx": {"rows": 2, "new": 1, "unchanged": 1}}


def test_bad_row_later_than_a_past_day_that_another_replaces_is_not_unchanged() -> None:
    rows = [row("exits", benefit_at_exit="x"), row("exits", 2, "b.xlsx"), row("exits", 3, "b.xlsx")]
    layer = raw(exits=rows, activities=[], transition_cases=[])
    parts = settle(layer.__getitem__, date(2021, 6, 15), AS_OF)
    past = next(one for one in parts if one.name == "exits")
    assert past.later.rows() == [("b.xlsx", 3)]
    found = receipt(past, past.rows.clear(), NEVER)
    assert counts(found) == {"a.xlsx": {"rows": 1}, "b.xlsx": {"rows": 2}}
