"""An independent judge of messy deliveries: which rows are at fault, and which records remain.

Written from the contract, section 2, alone; it loops where the product does not and shares no code
with it. It is told what stands in every cell; what a cell says is in cells.py. It knows nothing of
files, nor of deliveries that are refused whole: their lines are simply not handed to it.

Where the contract leaves room, this is how it is read:

* A row with nothing in the columns of the form is empty, whatever stands in others.
* In one delivery, two rows with one key are identical if they say the same once coded, cells that
  cannot be read included. A row marked Slettes contradicts one that is not; two such are identical.
* A row marked Slettes needs only its key; as the last good row of a key it takes the key out.
* Tables are settled in the order participants, referrals, the others; a row is judged against the
  row that won the key of its parent. The latest good row of a key wins it.
* A row that was superseded is not judged against other rows: rules that look across rows are
  judged on the winning ones. If it is bad in itself it is healed.
* A rule does not look at a cell that could not be taken, so that one mistake is told once.
* An exit before a start that is still to come is of one who has not started, and before it, too.
* On a past day, a row dated after it and not after today is left out with all that is wrong with it,
  and so is a row that must refer to one that is. A case may be there before the referral that it
  names, and names none then. What may lie ahead (an activity, a candidate, a start) is loaded.
* An orphan follows from a row with its key that is bad; where that row only follows itself, from
  what it follows from. Of several, one of the same delivery, else of the last; there, the first.
* A column that a delivery does not have holds what the row before it with its key holds, if that row
  is good by itself; only then is the row judged by what its cells must agree on.
* Answers are judged first. Of one person's IDs, that of Nøkkel counts, over any number of answers;
  where they name each other in a ring, the first ones in the order of their keys. The row under that
  ID counts, if there is one, else the last good one. Each ID has its own rows, which heal and follow
  one another as if there were no answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from typing import Any, NamedTuple

from tests.recount import cells, records

Key = tuple[Any, ...]

SHEETS = {
    "decisions": "Vurderinger",
    "participants": "Deltakere",
    "referrals": "Henvisninger",
    "exits": "Avslutninger",
    "activities": "Aktiviteter",
    "transition_cases": "Overgangssaker",
    "partner_projects": "Samarbeidsprosjekt",
    "group_sessions": "Gruppetilbud",
    "survey_waves": "Spørreundersøkelser",
    "staffing": "Bemanning",
    "savings": "Økonomi",
}
"""Table -> sheet, in an order in which every table comes after those that it is judged by."""

KEYS = {
    "decisions": ("rule", "key", "other_key"),
    "participants": ("participant_id",),
    "referrals": ("referral_id",),
    "exits": ("referral_id",),
    "activities": ("referral_id", "activity", "started_on"),
    "transition_cases": ("case_id",),
    "partner_projects": ("project", "candidate_id"),
    "group_sessions": ("session_group", "held_on"),
    "survey_waves": ("wave", "sent_on"),
    "staffing": ("year", "role"),
    "savings": ("year",),
}
REQUIRED = {
    "decisions": ("decision",),
    "participants": ("birth_year", "gender", "country"),
    "referrals": ("participant_id", "referred_on", "source", "benefit"),
    "exits": ("exited_on", "kind"),
    "activities": (),
    "transition_cases": ("opened_on", "outcome"),
    "partner_projects": ("gender", "origin", "started_on"),
    "group_sessions": ("registered", "attended"),
    "survey_waves": ("invited", "answered"),
    "staffing": ("headcount",),
    "savings": ("savings_target",),
}
PARENTS = {
    "referrals": ("participant_id", "participants"),
    "exits": ("referral_id", "referrals"),
    "activities": ("referral_id", "referrals"),
    "transition_cases": ("referral_id", "referrals"),
}
"""Table -> the column that refers, and the table it refers to."""

CODES = {
    "decisions": {"rule": "finding_rule", "decision": "decision"},
    "participants": {
        "gender": "gender",
        "country": "country",
        "norwegian_level": "norwegian_level",
        "education": "education",
    },
    "referrals": {
        "source": "referral_source",
        "nav_office": "nav_office",
        "target_group": "target_group",
        "benefit": "benefit",
    },
    "exits": {
        "kind": "exit_kind",
        "outcome": "outcome",
        "dropout_reason": "dropout_reason",
        "other_detail": "other_detail",
        "benefit_at_exit": "benefit",
        "industry": "industry",
        "wage_subsidy": "yes_no_unknown",
        "employed_after_6m": "yes_no_unknown",
    },
    "activities": {"activity": "activity"},
    "transition_cases": {"outcome": "transition_outcome"},
    "partner_projects": {
        "gender": "gender",
        "origin": "project_origin",
        "outcome": "project_outcome",
    },
    "group_sessions": {"session_group": "session_group"},
    "survey_waves": {},
    "staffing": {"role": "staff_role"},
    "savings": {},
}
DATES = {
    "decisions": ("decided_on",),
    "participants": (),
    "referrals": ("referred_on", "started_on"),
    "exits": ("exited_on",),
    "activities": ("started_on", "ended_on"),
    "transition_cases": ("opened_on",),
    "partner_projects": ("started_on",),
    "group_sessions": ("held_on",),
    "survey_waves": ("sent_on",),
    "staffing": (),
    "savings": (),
}
TEXTS = {
    "decisions": ("key", "other_key"),
    "activities": ("employer",),
    "partner_projects": ("project",),
    "survey_waves": ("wave",),
}
WHOLE = {
    "group_sessions": {"registered": 1000, "attended": 1000},
    "survey_waves": {"invited": 10_000, "answered": 10_000},
    "staffing": {"headcount": 1000},
}
"""Table -> whole numbers, none below 0, and the highest that each may be."""

AMOUNTS = {
    "staffing": {"full_time_equivalents": (0, 1000)},
    "savings": {
        "savings_target": (0, 1_000_000_000),
        "savings_reported": (-1_000_000_000, 1_000_000_000),
    },
}
"""Table -> numbers with decimals, and the lowest and highest that each may be."""

YEARS = {"staffing": "year", "savings": "year"}
WHEN_EMPTY = {"decisions": {"other_key": "none"}, "partner_projects": {"outcome": "none"}}
"""Table -> field -> what an empty cell says."""

SAME_PERSON_RULE = "one_person_under_two_ids"
"""The only rule whose findings may be answered with same_person."""

NOT_IN_FUTURE = {
    "referrals": "referred_on",
    "exits": "exited_on",
    "transition_cases": "opened_on",
    "group_sessions": "held_on",
    "survey_waves": "sent_on",
}


class Line(NamedTuple):
    """One row as it was handed in: field -> what stands in its cell, `deletes` for Slettes."""

    delivery: str
    table: str
    row: int
    cells: Mapping[str, Any]


class Report(NamedTuple):
    """One error of one row, as `quality.rejected_rows` lists it."""

    delivery: str
    sheet: str
    row: int
    field: str
    code: str
    healed_by: str | None


@dataclass(frozen=True)
class Loaded:
    """One record, and where it came from: one row, or one of several identical ones."""

    values: Mapping[str, Any]
    delivery: str
    rows: frozenset[int]


Place = tuple[str, str, int]
"""Delivery, sheet and row."""


@dataclass(frozen=True)
class Fate:
    """What became of one row. `values` are its own; `absent` the fields that it has no column for.

    `is_sound` says whether it is neither rejected nor later, and `winner` names the row that counts
    for its key: its delivery and row, whether that one deletes, and the fields that it has.
    """

    line: Line
    key: Key | None
    deletes: bool
    values: Mapping[str, Any]
    absent: frozenset[str]
    is_sound: bool
    winner: Fate | None = None


@dataclass(frozen=True)
class Judgement:
    """What must be reported, and table -> key -> what must be loaded.

    `follows` holds, for each report that only follows from another row, that row, and `later` how
    many rows of each delivery and sheet are left out because they are later than the day.
    `standing` is `loaded` with the rows that are later, and `rows` what became of every row.
    """

    reports: frozenset[Report]
    loaded: Mapping[str, Mapping[Key, Loaded]]
    follows: Mapping[Report, Place]
    later: Counter[tuple[str, str]]
    standing: Mapping[str, Mapping[Key, Loaded]]
    rows: Sequence[Fate]

    @property
    def rows_rejected(self) -> int:
        """How many rows are bad and not healed."""
        bad = [report for report in self.reports if report.healed_by is None]
        return len({(report.delivery, report.sheet, report.row) for report in bad})

    @property
    def register(self) -> records.Register:
        """The register that the loaded records make, for the oracle."""
        return records.Register(
            **{
                table: [kind(**record.values) for record in self.loaded[table].values()]
                for table, kind in records.KINDS.items()
                if table in self.loaded
            }
        )


def judge(lines: Iterable[Line], as_of: date, today: date | None = None) -> Judgement:
    """Judge the rows of all deliveries that are not refused, as of a day; `today` may be later."""
    today = today or as_of
    filled = (line for line in lines if not all(map(cells.is_empty, line.cells.values())))
    rows = [_read(line, as_of, today) for line in filled]
    _find_duplicates(rows)
    _keep_what_has_no_column(rows, today)
    histories: dict[str, _History] = {}
    one_person: dict[str, str] = {}
    reports: dict[_Row, list[Report]] = {}
    follows: dict[Report, Place] = {}
    for table in SHEETS:
        of_table = [row for row in rows if row.line.table == table]
        if table == "referrals":
            for row in of_table:
                name = row.values.get("participant_id")
                row.values["participant_id"] = one_person.get(name, name)
        history = _History(of_table, one_person if table == "participants" else {})
        histories[table] = history
        history.settle(
            lambda row: _errors_across(row, histories, as_of),
            lambda row: _is_later(row, histories, as_of, today),
        )
        for row in history.rows:
            reports[row] = _reports(row, histories, as_of)
            follows |= _follows(row, reports, histories, follows)
        if table == "decisions":
            one_person = _one_person(history.records())
    return Judgement(
        frozenset(report for found in reports.values() for report in found),
        {
            table: {key: _as_of(table, one, histories) for key, one in history.records().items()}
            for table, history in histories.items()
        },
        follows,
        Counter(place for history in histories.values() for place in history.left_out()),
        {table: history.records(with_later=True) for table, history in histories.items()},
        [_fate(row, histories) for row in rows],
    )


def order(delivery: str) -> tuple[tuple[tuple[bool, int, str], ...], ...]:
    """The place of a delivery among others by its name, which is compared part by part."""
    name = unicodedata.normalize("NFC", delivery).rsplit(".", 1)[0].casefold()
    parts = re.split(r"[ ()\[\]_.-]+", name)
    return tuple(
        tuple(
            (not each.isdecimal(), int(each) if each.isdecimal() else 0, each)
            for each in re.findall(r"[0-9]+|[^0-9]+", part)
        )
        for part in parts
        if part
    )


def _one_person(answers: Mapping[Key, Loaded]) -> dict[str, str]:
    """ID -> the ID under which the person counts, of all that have another."""
    found: dict[str, str] = {}
    for _, answer in sorted(answers.items(), key=str):
        if answer.values["decision"] != "same_person":
            continue
        kept, gone = answer.values["key"], answer.values["other_key"]
        kept, gone = found.get(kept, kept), found.get(gone, gone)
        if kept != gone:
            for name, counts in list(found.items()):
                if counts == gone:
                    found[name] = kept
            found[gone] = kept
    return found


@dataclass(eq=False)
class _Row:
    """A row once coded. `errors` are those that it has by itself: field -> code, more than one."""

    line: Line
    deletes: bool
    values: dict[str, Any]
    unusable: set[str]
    errors: list[tuple[str, str]]
    key: Key | None

    @property
    def delivery(self) -> str:
        return self.line.delivery

    @cached_property
    def place(self) -> Any:
        """The place of its delivery."""
        return order(self.delivery)

    @property
    def absent(self) -> frozenset[str]:
        """The fields that its delivery has no column for."""
        return frozenset(self.values.keys() - self.line.cells.keys())

    @property
    def contents(self) -> dict[str, Any]:
        """What the row says once coded; a cell that cannot be coded says what stands in it."""
        unread = {name: cells.text(self.line.cells.get(name) or "") for name in self.unusable}
        return {**self.values, **unread, "deletes": self.deletes}

    def usable(self, *names: str) -> bool:
        return not self.unusable.intersection(names)


@dataclass
class _History:
    """Key -> the rows of one table that bear it, in the order of deliveries."""

    rows: list[_Row]
    one_person: Mapping[str, str] = field(default_factory=dict)
    of_key: dict[Key, list[_Row]] = field(default_factory=lambda: defaultdict(list))
    good: set[_Row] = field(default_factory=set)
    later: set[_Row] = field(default_factory=set)

    def __post_init__(self) -> None:
        for row in sorted(self.rows, key=lambda row: row.place):
            if row.key is not None:
                self.of_key[row.key].append(row)

    def settle(
        self,
        errors_across: Callable[[_Row], Sequence[tuple[str, str]]],
        is_later: Callable[[_Row], bool],
    ) -> None:
        self.good = {row for row in self.rows if not row.errors and not errors_across(row)}
        self.later = {row for row in self.rows if is_later(row)}

    def winner(self, key: Key | None) -> _Row | None:
        """The latest good row of a key; a deletion is one too."""
        if key is None:
            return None
        rows = [row for row in self.of_key.get(key, []) if row in self.good]
        return rows[-1] if rows else None

    def record(self, key: Key | None, *, with_later: bool = False) -> _Row | None:
        """The row that is loaded for a key, or for any other ID of the same person."""
        if key is None:
            return None
        found = []
        for each in self.keys_of(key):
            winner = self.winner(each)
            is_left_out = winner in self.later and not with_later
            if winner is not None and not winner.deletes and not is_left_out:
                found.append((each == key, winner.place, winner.line.row, winner))
        return max(found, key=lambda one: one[:3])[-1] if found else None

    def keys_of(self, key: Key) -> list[Key]:
        """The key itself, and the other IDs of the same person."""
        others = [(name,) for name, counts in self.one_person.items() if (counts,) == key]
        return [key, *others]

    def bearers(self, key: Key) -> list[_Row]:
        """The rows that bear a key, or any other ID of the same person."""
        return [row for each in self.keys_of(key) for row in self.of_key.get(each, [])]

    def superseded(self, row: _Row) -> bool:
        winner = self.winner(row.key)
        return winner is not None and row.place < winner.place

    def counts_as_later(self, row: _Row) -> bool:
        """Whether the row would be loaded or bad on another day."""
        is_bad = row not in self.good and not self.superseded(row)
        return row in self.later and (is_bad or row is self.winner(row.key))

    def is_to_come(self, key: Key) -> bool:
        """Whether a key is only known of rows that are left out as later."""
        rows = self.of_key.get(key, [])
        return self.record(key) is None and any(map(self.counts_as_later, rows))

    def left_out(self) -> list[tuple[str, str]]:
        rows = filter(self.counts_as_later, self.rows)
        return [(row.delivery, SHEETS[row.line.table]) for row in rows]

    def records(self, *, with_later: bool = False) -> dict[Key, Loaded]:
        found = {}
        for own in self.of_key:
            (first, *others) = own
            key = (self.one_person.get(first, first), *others)
            winner = self.record(key, with_later=with_later)
            if winner is not None and winner.key is not None:
                rows = self.of_key[winner.key]
                twins = [row.line.row for row in rows if row.delivery == winner.delivery]
                values = dict(winner.values)
                if self.one_person:
                    values["participant_id"] = key[0]
                found[key] = Loaded(values, winner.delivery, frozenset(twins))
        return found


def _read(line: Line, as_of: date, today: date) -> _Row:
    """Judge a row cell by cell, and by what its own cells must agree on."""
    deletes = not cells.is_empty(line.cells.get("deletes")) and (
        cells.code(line.cells["deletes"], "yes_no_unknown") == "yes"
    )
    table, key_fields = line.table, KEYS[line.table]
    values: dict[str, Any] = {}
    errors = []
    for name, reader in _readers(table, as_of).items():
        if deletes and name not in key_fields:
            continue
        cell = line.cells.get(name)
        values[name] = None
        if not cells.is_empty(cell):
            try:
                values[name] = reader(cell)
            except cells.CellError as error:
                errors.append((name, error.code))
        elif name in WHEN_EMPTY.get(table, {}):
            values[name] = WHEN_EMPTY[table][name]
        elif name in key_fields or name in REQUIRED[table]:
            errors.append((name, "missing_value"))
    unusable = {name for name, _ in errors}
    key = None
    if not unusable.intersection(key_fields):
        key = tuple(_in_key(table, values[name]) for name in key_fields)
    row = _Row(line, deletes, values, unusable, errors, key)
    if not deletes:
        row.errors += _errors_within(row, today)
    return row


def _in_key(table: str, value: Any) -> Any:
    """Of the day of a survey only the year is part of the key."""
    return value.year if table == "survey_waves" and isinstance(value, date) else value


def _readers(table: str, as_of: date) -> dict[str, Callable[[Any], Any]]:
    """Field -> how its cell is read, for every field of the table."""
    identifiers = [name for name in KEYS[table] if name.endswith("_id")]
    identifiers += [PARENTS[table][0]] if table in PARENTS else []
    readers: dict[str, Callable[[Any], Any]] = dict.fromkeys(identifiers, cells.identifier)
    readers |= dict.fromkeys(TEXTS.get(table, ()), cells.text)
    readers |= dict.fromkeys(DATES[table], cells.day)
    for name, code_list in CODES[table].items():
        readers[name] = partial(cells.code, code_list=code_list)
    for name, highest in WHOLE.get(table, {}).items():
        readers[name] = partial(cells.whole, highest=highest)
    for name, (lowest, most) in AMOUNTS.get(table, {}).items():
        readers[name] = partial(cells.amount, lowest=lowest, highest=most)
    if table in YEARS:
        readers[YEARS[table]] = partial(cells.year, as_of=as_of)
    if table == "participants":
        readers["birth_year"] = partial(cells.birth_year, as_of=as_of)
    if table == "exits":
        readers["position_pct"] = cells.position
    return readers


def _errors_within(row: _Row, today: date) -> list[tuple[str, str]]:
    """What one row breaks by itself, beside cells that cannot be read."""
    table, values, errors = row.line.table, row.values, []
    dated = NOT_IN_FUTURE.get(table)
    if dated and values[dated] is not None and values[dated] > today:
        errors.append((dated, "future_date"))
    for ends, begins in (("started_on", "referred_on"), ("ended_on", "started_on")):
        first, last = values.get(begins), values.get(ends)
        if first and last and last < first:
            errors.append((ends, "date_order"))
    if table == "exits":
        errors += [(name, "rule") for name in _broken_exit_rules(row)]
    if table == "decisions" and row.usable("rule", "decision") and _names_no_two_ids(values):
        errors.append(("decision", "rule"))
    counted = table == "survey_waves" and row.usable("invited", "answered")
    if counted and values["answered"] > values["invited"]:
        errors.append(("answered", "rule"))
    return errors


def _broken_exit_rules(row: _Row) -> list[str]:
    """Fields that stand where they may not, or do not stand where they must."""
    values, broken = row.values, []
    kind, outcome = values["kind"], values["outcome"]
    if row.usable("kind", "outcome") and (kind == "planned") != (outcome is not None):
        broken.append("outcome")
    reason = values["dropout_reason"]
    if row.usable("kind", "dropout_reason") and (kind == "dropout") != (reason is not None):
        broken.append("dropout_reason")
    if row.usable("outcome", "other_detail") and values["other_detail"] and outcome != "AN":
        broken.append("other_detail")
    position = values["position_pct"]
    if row.usable("outcome", "position_pct") and position and outcome not in ("A", "AD"):
        broken.append("position_pct")
    return broken


def _names_no_two_ids(answer: Mapping[str, Any]) -> bool:
    """Whether an answer says that two IDs are one person's, but not which, or not of two IDs."""
    is_of_rule = answer["rule"] == SAME_PERSON_RULE and answer["other_key"] != "none"
    return answer["decision"] == "same_person" and not is_of_rule


def _keep_what_has_no_column(rows: Sequence[_Row], today: date) -> None:
    """Put what the row before holds where a delivery has no column."""
    of_key: dict[tuple[str, Key], list[_Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.place):
        if row.key is not None and not row.errors:
            of_key[row.line.table, row.key].append(row)
    for (table, _), in_order in of_key.items():
        held: Mapping[str, Any] = {}
        for row in in_order:
            if not row.deletes:
                for name in row.absent.difference(KEYS[table]):
                    row.values[name] = held.get(name, row.values[name])
                row.errors += _errors_within(row, today)
            held = {} if row.deletes else row.values


def _find_duplicates(rows: Sequence[_Row]) -> None:
    """Reject all rows that share a key in one delivery unless they say the same."""
    sharing: dict[tuple[str, str, Key], list[_Row]] = defaultdict(list)
    for row in rows:
        if row.key is not None:
            sharing[row.delivery, row.line.table, row.key].append(row)
    for (_, table, _), twins in sharing.items():
        if any(row.contents != twins[0].contents for row in twins):
            for row in twins:
                row.errors.append((KEYS[table][-1], "duplicate_key"))


def _is_later(row: _Row, histories: Mapping[str, _History], as_of: date, today: date) -> bool:
    table = row.line.table
    if row.deletes:
        return False
    dated = row.values.get(NOT_IN_FUTURE.get(table, ""))
    if dated is not None and as_of < dated <= today:
        return True
    if table not in PARENTS or table == "transition_cases":
        return False
    column, parents = PARENTS[table]
    return histories[parents].is_to_come((row.values[column],))


def _as_of(table: str, record: Loaded, histories: Mapping[str, _History]) -> Loaded:
    """A record as it was when a later referral could not be named yet."""
    name = record.values.get("referral_id")
    if table != "transition_cases" or not histories["referrals"].is_to_come((name,)):
        return record
    return replace(record, values={**record.values, "referral_id": None})


def _errors_across(
    row: _Row, histories: Mapping[str, _History], as_of: date
) -> list[tuple[str, str]]:
    """What a row breaks beside the row that it refers to."""
    table = row.line.table
    if row.deletes or table not in PARENTS:
        return []
    column, parents = PARENTS[table]
    name = row.values[column]
    parent = histories[parents].record((name,))
    if parent is None:
        is_known = name is None or histories[parents].is_to_come((name,))
        return [] if is_known else [(column, "orphan")]
    return _exit_against_referral(row, parent, as_of) if table == "exits" else []


def _exit_against_referral(row: _Row, referral: _Row, as_of: date) -> list[tuple[str, str]]:
    errors = []
    kind, exited_on = row.values["kind"], row.values["exited_on"]
    started_on = referral.values["started_on"]
    has_started = started_on is not None and started_on <= as_of
    if kind is None:
        return []
    if (kind == "no_show") == has_started:
        errors.append(("kind", "rule"))
    first = referral.values["referred_on"] if kind == "no_show" else started_on
    if exited_on and first and exited_on < first:
        errors.append(("exited_on", "date_order"))
    return errors


def _reports(row: _Row, histories: Mapping[str, _History], as_of: date) -> list[Report]:
    table = row.line.table
    history = histories[table]
    if row in history.later:
        return []
    winner = history.winner(row.key)
    superseded = history.superseded(row)
    across = [] if superseded else _errors_across(row, histories, as_of)
    healed_by = winner.delivery if winner is not None and superseded else None
    return [
        Report(row.delivery, SHEETS[table], row.line.row, name, code, healed_by)
        for name, code in [*row.errors, *across]
    ]


def _follows(
    row: _Row,
    reports: Mapping[_Row, Sequence[Report]],
    histories: Mapping[str, _History],
    known: Mapping[Report, Place],
) -> dict[Report, Place]:
    """The row's report that only follows from another row, and that row."""
    orphans = [report for report in reports[row] if report.code == "orphan"]
    if not orphans:
        return {}
    (report,) = orphans
    column, parents = PARENTS[row.line.table]
    history = histories[parents]
    origins = []
    for number, bad in enumerate(history.bearers((row.values[column],))):
        found = reports[bad]
        if not found or history.superseded(bad):
            continue
        only_follows = all(each in known for each in found)
        place = (bad.delivery, SHEETS[parents], bad.line.row)
        origin = known[found[0]] if only_follows else place
        is_near = origin[0] == row.delivery
        origins.append((is_near, bad.place, -origin[2], number, origin))
    return {report: max(origins)[-1]} if origins else {}


def _fate(row: _Row, histories: Mapping[str, _History]) -> Fate:
    history = histories[row.line.table]
    winner = history.winner(row.key)

    def told(one: _Row) -> Fate:
        is_good = one in history.good or (history.superseded(one) and not one.errors)
        is_sound = is_good and not history.counts_as_later(one)
        return Fate(one.line, one.key, one.deletes, one.values, one.absent, is_sound)

    return replace(told(row), winner=None if winner is None else told(winner))
