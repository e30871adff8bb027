"""The judge of answers, findings and receipts, held against small cases that were judged by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.recount.doubts import doubts, findings
from tests.recount.judge import Judgement, Line, judge, order
from tests.recount.receipts import Change, receipts
from tests.recount.test_judge import AS_OF, GOOD, everything, line

SAME = "one_person_under_two_ids"


def answer(delivery: str = "a", row: int = 2, **cells: Any) -> Line:
    said = {"rule": SAME, "key": "p1", "other_key": "p2", "decision": "Samme person", **cells}
    return Line(delivery, "decisions", row, said)


def judged(*changed: Line) -> Judgement:
    return judge(everything(*changed), AS_OF)


def persons(*names: str) -> list[Line]:
    return [line("participants", row=n, participant_id=name) for n, name in enumerate(names, 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("nora-9.xlsx", "nora-10.xlsx"),
        ("nora-2021.xlsx", "nora-2021 (1).xlsx"),
        ("nora-2021 (1).xlsx", "nora-2021-rettet.xlsx"),
        ("A2.xlsx", "a10.csv"),
        ("a_b.xlsx", "ab.xlsx"),
    ],
)
def test_names_of_deliveries_are_compared_part_by_part(first: str, second: str) -> None:
    assert order(first) < order(second)


def test_a_column_that_is_not_delivered_leaves_what_was_there() -> None:
    first = line("participants", education="Ingen")
    others = [line("participants", "b"), line("participants", "c", education=None)]
    kept, emptied = (judged(first, *others[:n]).loaded["participants"]["p1",] for n in (1, 2))
    assert (kept.values["education"], kept.delivery) == ("none", "b")
    assert emptied.values["education"] is None


@pytest.mark.parametrize(("kept", "gone", "row"), [("p1", "p2", 2), ("p2", "p1", 3)])
def test_rows_of_one_person_are_those_of_the_first_id(kept: str, gone: str, row: int) -> None:
    said = judged(*persons("p1", "p2"), answer(key=kept, other_key=gone))
    (record,) = said.loaded["participants"].values()
    assert (record.values["participant_id"], record.rows) == (kept, {row})
    assert said.loaded["referrals"]["r1",].values["participant_id"] == kept
    assert not said.reports


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"other_key": None}, "decision", "rule"),
        ({"rule": "Uvanlig alder"}, "decision", "rule"),
        ({"rule": "Tulleregel"}, "rule", "bad_code"),
        ({"key": " "}, "key", "missing_value"),
    ],
)
def test_a_wrong_answer_is_reported_and_changes_nothing(
    changes: dict[str, Any], field: str, code: str
) -> None:
    said = judged(*persons("p1", "p2"), answer(**changes))
    assert [(each.field, each.code) for each in said.reports] == [(field, code)]
    assert len(said.loaded["participants"]) == 2


def test_an_answer_hides_the_finding_from_either_side() -> None:
    twins = persons("p1", "P-01")
    found = {each.rule for each in doubts(judged(*twins), AS_OF)}
    assert SAME in found

    def left(**said: Any) -> int:
        judgement = judged(*twins, answer(decision="Riktig", **said))
        return sum(n for each, n in findings(judgement, AS_OF).items() if each[0] == SAME)

    assert left(key="P-01", other_key="p1") == left(other_key=None) == 0
    assert left(other_key="p9") == left(rule="Uvanlig alder") == 2


@pytest.mark.parametrize(
    ("starts", "ended", "found"),
    [
        (("1.4.20", "1.2.2021"), "1.2.2021", 0),
        (("1.4.20", "31.1.2021"), "1.2.2021", 2),
        (("1.4.20", "16.5.2021"), None, 0),
        (("1.4.20", "1.4.20"), "1.4.20", 2),
    ],
)
def test_two_referrals_at_a_time(starts: tuple[str, str], ended: str | None, found: int) -> None:
    referrals = [
        line("referrals", row=n, referral_id=f"r{n - 1}", started_on=start)
        for n, start in enumerate(starts, 2)
    ]
    exits = [line("exits", exited_on=ended)] if ended else [line("exits", deletes="Ja")]
    rest = [line(table, deletes="Ja") for table in ("activities", "transition_cases")]
    told = findings(judged(*referrals, *exits, *rest), AS_OF)
    assert sum(n for each, n in told.items() if each[0] == "one_referral_at_a_time") == found


def test_receipts_by_hand() -> None:
    before = judged(*persons("p1", "p2", "p3"))
    first = receipts(before, {table: {} for table in before.loaded})
    assert first.counts["a", "Deltakere"] == {"rows": 3, "new": 3}
    assert not first.changes
    corrected = [
        line("participants", "b", 2, participant_id="p1", gender="Mann"),
        line("participants", "b", 3, participant_id="p2", deletes="Ja"),
        line("participants", "b", 4, participant_id="p4"),
        line("participants", "b", 5, participant_id="p4"),
        line("participants", "b", 6, participant_id="p5", gender="x"),
    ]
    now = judged(*persons("p1", "p2", "p3"), *corrected)
    again = receipts(now, before.loaded)
    assert again.counts["a", "Deltakere"] == {"rows": 3, "unchanged": 1, "overruled": 2, "gone": 1}
    assert again.counts["b", "Deltakere"] == {"rows": 5, "new": 1, "unchanged": 1, "changed": 1}
    assert set(again.changes) == {
        Change("b", "Deltakere", 2, "gender", "changed", "a"),
        Change("a", "Deltakere", 2, "gender", "overruled", "b"),
        Change("b", "Deltakere", 2, "gender", "overrules", "a"),
        Change("a", "Deltakere", 3, None, "overruled", "b"),
        Change("b", "Deltakere", 3, None, "overrules", "a"),
        Change("a", "Deltakere", 3, None, "gone", "b"),
    }


def test_a_survey_on_another_day_of_the_year_is_the_same_one() -> None:
    before, now = judged(), judged(line("survey_waves", sent_on=date(2021, 5, 2)))
    told = receipts(now, before.loaded)
    assert told.counts["a", "Spørreundersøkelser"] == {"rows": 1, "changed": 1}


def test_every_good_row_is_there() -> None:
    assert set(judged().loaded) - {"decisions"} == set(GOOD)
