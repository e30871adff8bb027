"""An independent mind for findings: which rows of a judged register are possible but doubtful.

Written from the sentence of each rule and from docs/deliveries.md, section Findings, not from the
queries; it loops where they do not. Which rows remain, and from where, is for judge.py to say.

Where the texts leave room, this is how they are read:

* A doubt about two rows is told of both, whichever is at fault.
* What one rule tells of a field, no other one tells again: a start far ahead is not late, a position
  written as a fraction is not small, an activity that begins after the exit does not end too late.
* What is only missing because its row is rejected is not missed.
* A row that is left out as later may be what a participant or a case seems to lack; then nothing is
  said of that.
* A start that is still to come has not happened, so nobody is in the programme by it; but it is
  recorded. One who leaves is gone that day.
* What is recorded as unknown, or as 0 where there should be nothing, says nothing.
* Two values of which one is not known are not different, but for what a person is.
* An answer that names nobody is told of; a participant may be named by any row of any delivery, and
  where rows of a sheet are left out as later, they may be what is named.
* An answer names what stands in the first and second columns of a key, as the warehouse writes it.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Any, NamedTuple

from assets.vocabulary import vocabulary
from expectations.findings import finding_rules
from tests.recount import cells, records
from tests.recount.judge import KEYS, SHEETS, Fate, Judgement, Key
from tests.recount.records import Exit, Participant, Referral


class Doubt(NamedTuple):
    """One row in doubt; `other` is the first column of the key of the other row where there are two."""

    rule: str
    table: str
    key: Key
    field: str
    other: str | None = None


Finding = tuple[str, str, str, int, str]
"""Rule, delivery, sheet, row and field."""


def findings(judgement: Judgement, as_of: date) -> Counter[Finding]:
    """Return what must stand in quality.findings, answers obeyed.

    Of several identical rows of a record the first one is named.
    """
    found: Counter[Finding] = Counter()
    lacking = _lacking(judgement)
    for doubt in doubts(judgement, as_of):
        named = {doubt.key[0], doubt.other} if doubt.other else {doubt.key[0]}
        if not _is_answered(doubt, judgement) and not lacking.get(doubt.rule, set()) & named:
            record = judgement.loaded[doubt.table][doubt.key]
            place = (record.delivery, SHEETS[doubt.table], min(record.rows))
            found[doubt.rule, *place, doubt.field] += 1
    for fate in _idle_deletions(judgement):
        place = (fate.line.delivery, SHEETS[fate.line.table], fate.line.row)
        found["deletion_names_a_row", *place, KEYS[fate.line.table][-1]] += 1
    return found


def _lacking(judgement: Judgement) -> dict[str, set[str]]:
    """Rule -> whom or what it must not miss a row of, because there is one, and it is rejected."""
    rejected = {
        (report.delivery, report.sheet, report.row)
        for report in judgement.reports
        if report.healed_by is None
    }
    named: dict[str, set[str]] = {"participant_id": set(), "referral_id": set()}
    for fate in judgement.rows:
        column = {"referrals": "participant_id", "exits": "referral_id"}.get(fate.line.table)
        place = (fate.line.delivery, SHEETS[fate.line.table], fate.line.row)
        cell = fate.line.cells.get(column) if column else None
        if column and cell is not None and place in rejected:
            named[column].add(cells.text(cell))
    return {
        "participant_has_referral": named["participant_id"],
        **dict.fromkeys(
            (
                "one_referral_at_a_time",
                "referral_followed_by_start_or_exit",
                "stay_within_two_years",
            ),
            named["referral_id"],
        ),
    }


def _idle_deletions(judgement: Judgement) -> Iterator[Fate]:
    """Rows that delete, and whose key no other row of any delivery has."""
    there = {(fate.line.table, fate.key) for fate in judgement.rows if not fate.deletes}
    for fate in judgement.rows:
        if fate.deletes and fate.key is not None and (fate.line.table, fate.key) not in there:
            yield fate


def doubts(judgement: Judgement, as_of: date) -> list[Doubt]:
    """Return every doubt about the judged register, answered or not."""
    tables = {
        table: {key: kind(**one.values) for key, one in judgement.loaded[table].items()}
        for table, kind in records.KINDS.items()
    }
    return [
        *doubts_of(tables, as_of, {sheet for _, sheet in judgement.later}),
        *_of_answers(judgement),
        *_of_persons_called_one(judgement),
    ]


def doubts_of(
    tables: Mapping[str, Mapping[Key, Any]], as_of: date, later: Collection[str] = ()
) -> list[Doubt]:
    """Return every doubt about a register: table -> key -> record; `later` as in `judgement`."""
    mind = _Mind(tables, later, as_of)
    return [
        *mind.of_participants(),
        *mind.of_referrals(),
        *mind.of_exits(),
        *mind.of_activities(),
        *mind.of_cases_and_candidates(),
        *mind.of_the_programme(),
        *mind.of_uncounted_years(),
    ]


def _of_answers(judgement: Judgement) -> Iterator[Doubt]:
    """Answers that name no row; of struck-out rows there are none here."""
    table_of = {rule.id: rule.table.removeprefix("records.") for rule in finding_rules()}
    later = {sheet for _, sheet in judgement.later}
    named = {
        cells.text(fate.line.cells["participant_id"])
        for fate in judgement.rows
        if fate.line.cells.get("participant_id") is not None
    }
    for key, answer in judgement.loaded["decisions"].items():
        rule, name, other, _ = (answer.values[field] for field in (*KEYS["decisions"], "decision"))
        table = table_of.get(rule)
        if table is not None and SHEETS[table] in later:
            continue
        tables = judgement.loaded if table is None else {table: judgement.loaded[table]}
        keys = [
            [str(record.values[field]) for field in KEYS[each]]
            for each, loaded in tables.items()
            for record in loaded.values()
        ]
        # One whose rows have become another's may be in the register by that answer alone.
        names = {
            str(record.values[KEYS[each][0]])
            for each, loaded in tables.items()
            for record in loaded.values()
            if each != "participants"
        } | (named if table in (None, "participants") else set())
        pairs = {(first, second) for first, second, *_ in (one for one in keys if len(one) > 1)}
        if name not in names:
            yield Doubt("answer_names_a_row", "decisions", key, "key")
        if other != "none" and other not in names and (name, other) not in pairs:
            yield Doubt("answer_names_a_row", "decisions", key, "other_key")


def _of_persons_called_one(judgement: Judgement) -> Iterator[Doubt]:
    """Participants who are called the same person, however their rows describe them, and are not."""
    described: dict[str, list[Mapping[str, Any]]] = {}
    for fate in judgement.rows:
        if fate.line.table == "participants" and not fate.deletes:
            described.setdefault(fate.values.get("participant_id"), []).append(fate.values)
    for key, answer in judgement.loaded["decisions"].items():
        if answer.values["decision"] != "same_person":
            continue
        pairs = [
            (one, other)
            for one in described.get(answer.values["key"], [])
            for other in described.get(answer.values["other_key"], [])
        ]
        if pairs and all(_differ(one, other) > 1 for one, other in pairs):
            yield Doubt("same_person_is_alike", "decisions", key, "other_key")


def _differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    pairs = [(one.get(name), other.get(name)) for name in ("birth_year", "gender", "country")]
    return sum(None not in pair and pair[0] != pair[1] for pair in pairs)


def _is_answered(doubt: Doubt, judgement: Judgement) -> bool:
    record = judgement.loaded[doubt.table][doubt.key]
    own, *second = (str(record.values[name]) for name in KEYS[doubt.table])
    for answer in judgement.loaded["decisions"].values():
        said = answer.values
        if said["decision"] != "correct" or said["rule"] != doubt.rule:
            continue
        other = doubt.other or "".join(second[:1])
        if said["key"] == own and said["other_key"] in ("none", other):
            return True
        if doubt.other and said["key"] == doubt.other and said["other_key"] in ("none", own):
            return True
    return False


class _Mind:
    """Looks at the register, table by table: key -> record."""

    def __init__(
        self, tables: Mapping[str, Mapping[Key, Any]], later: Collection[str], as_of: date
    ) -> None:
        self.tables = tables
        self.later = later
        self.as_of = as_of
        self.referrals: dict[str, list[Referral]] = {}
        for each in tables["referrals"].values():
            self.referrals.setdefault(each.participant_id, []).append(each)

    # --- Persons ------------------------------------------------------------------------

    def of_participants(self) -> Iterator[Doubt]:
        for key, person in self.tables["participants"].items():
            theirs = self.referrals.get(person.participant_id, [])
            ages = [each.referred_on.year - person.birth_year for each in theirs]
            if any(not 18 <= age <= 67 for age in ages):
                yield Doubt("age_plausible_at_referral", "participants", key, "birth_year")
            if not theirs and SHEETS["referrals"] not in self.later:
                yield Doubt("participant_has_referral", "participants", key, "participant_id")
        for one, other in combinations(self.tables["participants"].values(), 2):
            if self.may_be_one(one, other):
                for mine, theirs in ((one, other), (other, one)):
                    yield Doubt(
                        "one_person_under_two_ids",
                        "participants",
                        (mine.participant_id,),
                        "participant_id",
                        theirs.participant_id,
                    )

    def may_be_one(self, one: Participant, other: Participant) -> bool:
        if _plain(one.participant_id) == _plain(other.participant_id):
            return True
        for name in ("birth_year", "gender", "country"):
            if getattr(one, name) != getattr(other, name):
                return False
        for name in ("norwegian_level", "education"):
            known = {getattr(one, name), getattr(other, name)} - {None}
            if len(known) > 1:
                return False
        for mine in self.referrals.get(one.participant_id, []):
            for theirs in self.referrals.get(other.participant_id, []):
                days = abs((mine.referred_on - theirs.referred_on).days)
                offices = {mine.nav_office, theirs.nav_office} - {None}
                ways = {(each.source, each.benefit) for each in (mine, theirs)}
                alike = len(ways) == 1 and len(offices) < 2
                if days == 0 or (days <= 14 and alike):
                    return True
        return False

    # --- Referrals ----------------------------------------------------------------------

    def exit_of(self, referral_id: str) -> Exit | None:
        return self.tables["exits"].get((referral_id,))

    def has_started(self, referral: Referral) -> bool:
        return referral.started_on is not None and referral.started_on <= self.as_of

    def of_referrals(self) -> Iterator[Doubt]:
        for key, referral in self.tables["referrals"].items():
            start, referred_on = referral.started_on, referral.referred_on
            is_far = start is not None and start > _months_after(self.as_of, 12)
            if start and (start - referred_on).days > 180 and not is_far:
                yield Doubt("start_soon_after_referral", "referrals", key, "started_on")
            waits = start is None and self.exit_of(referral.referral_id) is None
            if waits and _months_after(referred_on, 12) < self.as_of:
                rule = "referral_followed_by_start_or_exit"
                yield Doubt(rule, "referrals", key, "started_on")
            if is_far:
                yield Doubt("start_within_a_year", "referrals", key, "started_on")
            person = self.tables["participants"][(referral.participant_id,)]
            left = self.exit_of(referral.referral_id)
            benefits = {referral.benefit, left.benefit_at_exit if left else None}
            if referred_on.year - person.birth_year > 60 and "kvp" not in benefits:
                yield Doubt("over_sixty_with_kvp", "referrals", key, "benefit")
            if start and (left.exited_on if left else self.as_of) > _months_after(start, 24):
                yield Doubt("stay_within_two_years", "referrals", key, "started_on")
        for theirs in self.referrals.values():
            for one, other in combinations(theirs, 2):
                if one.referred_on == other.referred_on:
                    yield from _of_both("two_referrals_on_a_day", "referred_on", one, other)
                if self.goes_on(one, other) or self.goes_on(other, one):
                    yield from _of_both("one_referral_at_a_time", "started_on", one, other)

    def goes_on(self, one: Referral, other: Referral) -> bool:
        """Whether somebody who came by one referral is still there when the other one starts."""
        if not (self.has_started(one) and self.has_started(other)):
            return False
        ended = self.exit_of(one.referral_id)
        is_there = ended is None or ended.exited_on > other.started_on
        return one.started_on <= other.started_on and is_there

    # --- Exits --------------------------------------------------------------------------

    def of_exits(self) -> Iterator[Doubt]:
        for key, ended in self.tables["exits"].items():
            position, is_work = ended.position_pct, ended.outcome in ("A", "AD")
            if position is not None:
                if ended.outcome == "A" and 1 < position < 80:
                    rule = "full_time_is_most_of_a_position"
                    yield Doubt(rule, "exits", key, "position_pct")
                if ended.outcome == "AD" and position >= 100:
                    rule = "part_time_is_part_of_a_position"
                    yield Doubt(rule, "exits", key, "position_pct")
                if position <= 1:
                    yield Doubt("position_in_percent", "exits", key, "position_pct")
            if not is_work:
                for name in ("industry", "wage_subsidy", "employed_after_6m"):
                    if getattr(ended, name) not in (None, "unknown"):
                        yield Doubt("fields_of_work_exits_only", "exits", key, name)
            if ended.kind == "no_show" and ended.benefit_at_exit is not None:
                rule = "benefit_at_exit_of_those_who_came"
                yield Doubt(rule, "exits", key, "benefit_at_exit")
            if is_work and ended.industry is None:
                yield Doubt("work_exit_has_industry", "exits", key, "industry")
            answer = ended.employed_after_6m
            if is_work and answer is None and _months_after(ended.exited_on, 7) < self.as_of:
                yield Doubt("work_exit_followed_up", "exits", key, "employed_after_6m")
            is_due = _months_after(ended.exited_on, 6) <= self.as_of
            if is_work and answer in ("yes", "no") and not is_due:
                yield Doubt("answer_when_due", "exits", key, "employed_after_6m")

    # --- Activities, cases and candidates -----------------------------------------------

    def of_activities(self) -> Iterator[Doubt]:
        far = _months_after(self.as_of, 12)
        for key, activity in self.tables["activities"].items():
            referral = self.tables["referrals"][activity.referral_id,]
            ended = self.exit_of(activity.referral_id)
            first, start = activity.started_on, referral.started_on
            is_after = ended is not None and first > ended.exited_on
            if start is None or first < start or is_after:
                yield Doubt("activity_while_in_programme", "activities", key, "started_on")
            last = activity.ended_on
            if ended and last and last > ended.exited_on and not is_after:
                yield Doubt("activity_ended_by_exit", "activities", key, "ended_on")
            if max(first, last or first) > far:
                name = "started_on" if first > far else "ended_on"
                yield Doubt("activity_within_a_year", "activities", key, name)

    def of_cases_and_candidates(self) -> Iterator[Doubt]:
        for key, case in self.tables["transition_cases"].items():
            names_none = case.referral_id is None and SHEETS["referrals"] not in self.later
            if case.outcome == "started_nora" and names_none:
                rule = "case_to_nora_has_referral"
                yield Doubt(rule, "transition_cases", key, "referral_id")
        for key, candidate in self.tables["partner_projects"].items():
            if candidate.started_on > self.as_of:
                rule = "candidate_started_by_build_day"
                yield Doubt(rule, "partner_projects", key, "started_on")

    # --- The programme itself -----------------------------------------------------------

    def of_the_programme(self) -> Iterator[Doubt]:
        for key, session in self.tables["group_sessions"].items():
            registered, attended = session.registered, session.attended
            if registered > 0 and attended > 2 * registered and attended >= registered + 10:
                yield Doubt("attendance_like_registration", "group_sessions", key, "attended")
        roles = {each.code: each for each in vocabulary().code_list("staff_role").codes}
        for key, staff in self.tables["staffing"].items():
            positions = staff.full_time_equivalents
            field = "full_time_equivalents"
            is_student = roles[staff.role].attributes["is_student"] == "yes"
            if positions is None and not is_student and staff.headcount > 0:
                yield Doubt("staff_has_full_time_equivalents", "staffing", key, field)
            if positions and is_student:
                yield Doubt("students_without_full_time_equivalents", "staffing", key, field)
            if positions is not None and positions > staff.headcount:
                yield Doubt("full_time_equivalents_within_headcount", "staffing", key, field)
        for key, year in self.tables["savings"].items():
            for name, least in (("savings_target", 10_000), ("savings_reported", 1000)):
                if 0 < abs(getattr(year, name) or 0) < least:
                    yield Doubt("savings_in_whole_nok", "savings", key, name)
            if year.savings_reported is not None and year.year > self.as_of.year:
                rule = "savings_not_reported_ahead"
                yield Doubt(rule, "savings", key, "savings_reported")

    def of_uncounted_years(self) -> Iterator[Doubt]:
        """What is dated before the year of the first referral makes years of its own."""
        first = min(
            (each.referred_on.year for each in self.tables["referrals"].values()), default=0
        )
        for rule, table, field in (
            ("case_since_first_referral", "transition_cases", "opened_on"),
            ("candidate_since_first_referral", "partner_projects", "started_on"),
            ("session_since_first_referral", "group_sessions", "held_on"),
            ("survey_since_first_referral", "survey_waves", "sent_on"),
            ("staff_since_first_referral", "staffing", "year"),
            ("savings_since_first_referral", "savings", "year"),
        ):
            for key, record in self.tables[table].items():
                dated = getattr(record, field)
                if (dated.year if isinstance(dated, date) else dated) < first:
                    yield Doubt(rule, table, key, field)


def _of_both(rule: str, field: str, one: Referral, other: Referral) -> Iterator[Doubt]:
    for mine, theirs in ((one, other), (other, one)):
        yield Doubt(rule, "referrals", (mine.referral_id,), field, theirs.referral_id)


def _plain(identifier: str) -> str:
    """An ID without case, the leading zeros of its numbers, dashes and underscores."""
    plain = re.sub(r"[0-9]+", lambda digits: str(int(digits[0])), identifier.casefold())
    return plain.replace("-", "").replace("_", "")


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
