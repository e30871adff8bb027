"""Messy inboxes, taken in by the program and judged by the judge: reports, records, marts, secrets.

`python -m tests.recount.test_messy_deliveries --seeds 50` builds more of them than the suite does;
with `--quick` it does as most of the tests here do, and leaves the command out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest

from assets.quality.receipts import receipt
from assets.raw.assets import read_deliveries
from assets.records.register import build_register, settle
from assets.vocabulary import vocabulary
from expectations.findings import finding_rules
from pipelines.findings import found_in
from pipelines.inbox import Inbox as Deliveries
from pipelines.warehouse import Warehouse
from tests.pipeline.homes import Home, Outcome
from tests.pipeline.written import contents
from tests.quick import quick
from tests.recount.comparison import differences
from tests.recount.doubts import Finding, doubts, findings
from tests.recount.judge import SHEETS, Judgement, Key, Line, Loaded, Report, judge
from tests.recount.messy import IGNORED_FILES, Inbox, messy_inbox
from tests.recount.messy_files import MARK
from tests.recount.oracle import marts
from tests.recount.receipts import Change, Receipts, first_of_identical, receipts
from tests.recount.redelivered import redeliver
from tests.recount.refusals import recorded
from tests.recount.warehouses import mart_rows, store
from tests.unit.workbooks import in_process

SEEDS = (1, 2, 3)
RECEIPT_SEEDS = (5, 2005)
NAMED_CODES = {"outcome": ("UF", "UK"), "country": ("CD", "CG")}
"""Field -> the two codes that an ambiguous cell could mean, which the message names."""

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Built:
    """What the program made of an inbox: records, rows rejected and left out, and marts."""

    records: dict[str, Rows]
    rejected: Rows
    later: Rows
    marts: dict[str, Rows]
    findings: Rows


def load(inbox: Inbox, folder: Path, warehouse: Warehouse) -> Built:
    """Take in an inbox without Dagster's runs and checks, which is quicker."""
    raw = read_deliveries(Deliveries(folder=str(folder)).files(), in_process)
    register = build_register(raw, inbox.as_of, inbox.today)
    findings = found_in(register, raw, inbox.as_of)
    store(warehouse, dict(register.tables), inbox.as_of)
    records = {table: register.tables[table].to_dicts() for table in SHEETS}
    return Built(
        records,
        register.rejected.to_dicts(),
        register.later.to_dicts(),
        mart_rows(warehouse),
        findings.to_dicts(),
    )


def receipt_disagreements(inbox: Inbox, folder: Path, seed: int) -> list[str]:
    """Load an inbox, and again when it has changed; compare the receipts of both loads.

    Nothing is held back as suspicious. The files in `folder` are changed.
    """
    found: list[str] = []
    before: dict[str, pl.DataFrame] = {}
    judged_before: Mapping[str, Mapping[Key, Loaded]] = {table: {} for table in SHEETS}
    nothing = pl.DataFrame(schema={"delivery": pl.String, "sheet": pl.String, "rows": pl.Int64})
    for turn in _first_and_changed(inbox, folder, seed):
        raw = read_deliveries(Deliveries(folder=str(folder)).files(), in_process)
        settled = list(settle(raw.__getitem__, turn.as_of, turn.today))
        of_tables = [
            receipt(one, before.get(one.name, one.rows.clear()), nothing) for one in settled
        ]
        judgement = judge(turn.lines, turn.as_of, turn.today)
        found += _wrong_receipts(
            receipts(judgement, judged_before),
            pl.concat([one.receipts for one in of_tables]).to_dicts(),
            pl.concat([one.changes for one in of_tables]).to_dicts(),
            firsts_of(judgement, judged_before),
        )
        before, judged_before = {one.name: one.rows for one in settled}, judgement.loaded
    return found


def _first_and_changed(inbox: Inbox, folder: Path, seed: int) -> Iterator[Inbox]:
    yield inbox
    yield redeliver(inbox, folder, seed)


def built_in(home: Home) -> Built:
    """Read what the command left in a home."""
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as connection:

        def rows(table: str) -> Rows:
            return connection.execute(f"from {table}").pl().to_dicts()

        return Built(
            {table: rows(f"records.{table}") for table in SHEETS},
            rows("quality.rejected_rows"),
            rows("quality.later_rows"),
            {table.name: rows(table.qualified_name) for table in vocabulary().layer("marts")},
            rows("quality.findings"),
        )


def disagreements(inbox: Inbox, folder: Path, built: Built) -> list[str]:
    """Return one sentence for each report, record and number that is not as it was judged."""
    judgement = judge(inbox.lines, inbox.as_of, inbox.today)
    refused = {recorded(each, folder) for each in inbox.refusals}
    of_rows = [row for row in built.rejected if row["delivery"] not in refused]
    of_files = [row for row in built.rejected if row["delivery"] in refused]
    return [
        *_wrong_reports(judgement, of_rows),
        *_wrong_origins(judgement, of_rows),
        *_wrong_later(judgement, built.later),
        *_wrong_refusals(inbox, folder, of_files),
        *_wrong_records(judgement, built.records),
        *_wrong_findings(judgement, inbox.as_of, built.findings),
        *differences(marts(judgement.register, inbox.as_of), built.marts),
        *_wrong_messages(built.rejected),
    ]


def command_disagreements(inbox: Inbox, folder: Path, home: Home) -> list[str]:
    """Build with the command; look at what it says and at what it leaves in the home, too."""
    inbox = replace(inbox, today=datetime.now(ZoneInfo("Europe/Oslo")).date())
    outcome = home.build(inbox=folder, as_of=inbox.as_of.isoformat())
    built = built_in(home)
    said = {"stdout": outcome.out.encode(), "stderr": outcome.err.encode()}
    return [
        *disagreements(inbox, folder, built),
        *_wrong_summary(inbox, outcome),
        *_planted_numbers(inbox, home, said),
        *_leaked_marks(home, {**said, "rejected_rows": str(built.rejected).encode()}),
    ]


def _wrong_reports(judgement: Judgement, rejected: Rows) -> Iterator[str]:
    reported = Counter(Report(*(row[name] for name in Report._fields)) for row in rejected)
    expected = Counter(judgement.reports)
    for report in sorted((expected - reported).elements(), key=str):
        yield f"not reported: {tuple(report)}"
    for report in sorted((reported - expected).elements(), key=str):
        yield f"reported, but not by the judge: {tuple(report)}"


def _wrong_origins(judgement: Judgement, rejected: Rows) -> Iterator[str]:
    for row in rejected:
        report = Report(*(row[name] for name in Report._fields))
        expected = None
        if report in judgement.follows:
            delivery, sheet, number = judgement.follows[report]
            elsewhere = "" if delivery == report.delivery else f" i {delivery}"
            expected = f"{sheet} rad {number}{elsewhere}"
        if row["follows_from"] != expected:
            yield f"{tuple(report)}: follows from {row['follows_from']}, expected {expected}"


def _wrong_findings(judgement: Judgement, as_of: date, found: Rows) -> Iterator[str]:
    firsts = {
        (record.delivery, SHEETS[table], row): min(record.rows)
        for table, loaded in judgement.loaded.items()
        for record in loaded.values()
        for row in record.rows
    }
    actual: Counter[Finding] = Counter()
    for one in found:
        place = one["delivery"], one["sheet"], one["row"]
        row = firsts.get(place, one["row"])
        actual[one["rule"], one["delivery"], one["sheet"], row, one["field"]] += 1
    expected = findings(judgement, as_of)
    for each in sorted((expected - actual).elements()):
        yield f"not found: {each}"
    for each in sorted((actual - expected).elements()):
        yield f"found, but not by the judge: {each}"


def firsts_of(
    judgement: Judgement, before: Mapping[str, Mapping[Key, Loaded]]
) -> dict[tuple[str, str, int], int]:
    """Delivery, sheet and row -> the first of the rows that are identical, now or before."""
    gone = {
        (record.delivery, table, row): min(record.rows)
        for table, loaded in before.items()
        for record in loaded.values()
        for row in record.rows
    }
    now = first_of_identical(judgement)
    return {
        (name, SHEETS[table], row): first for (name, table, row), first in {**gone, **now}.items()
    }


def _wrong_receipts(
    expected: Receipts, counted: Rows, changed: Rows, firsts: dict[tuple[str, str, int], int]
) -> Iterator[str]:
    kinds = ("rows", "new", "changed", "unchanged", "overruled", "gone")
    counts = {
        (row["delivery"], row["sheet"]): {kind: row[kind] for kind in kinds} for row in counted
    }
    for place in sorted(counts.keys() | expected.counts.keys()):
        want = {kind: expected.counts.get(place, Counter())[kind] for kind in kinds}
        if counts.get(place) != want:
            yield f"receipt of {place}: {counts.get(place)}, expected {want}"
    told: Counter[Change] = Counter()
    for row in changed:
        change = Change(**row)
        place = change.delivery, change.sheet, change.row
        told[change._replace(row=firsts.get(place, change.row))] += 1
    for each in sorted((expected.changes - told).elements(), key=str):
        yield f"not told: {tuple(each)}"
    for each in sorted((told - expected.changes).elements(), key=str):
        yield f"told, but not by the judge: {tuple(each)}"


def _wrong_later(judgement: Judgement, later: Rows) -> Iterator[str]:
    counted = Counter((row["delivery"], row["sheet"]) for row in later)
    if counted != judgement.later:
        yield f"later: {counted - judgement.later} too many, {judgement.later - counted} too few"


def _wrong_refusals(inbox: Inbox, folder: Path, rejected: Rows) -> Iterator[str]:
    lines: dict[str, Rows] = {}
    for row in rejected:
        lines.setdefault(row["delivery"], []).append(row)
    for refusal in inbox.refusals:
        name = recorded(refusal, folder)
        found = lines.pop(name, [])
        if refusal.code == "missing_column" and {row["field"] for row in found} == refusal.fields:
            # Each column that is missing has a line of its own.
            found = found[:1]
        if len(found) != 1:
            yield f"{name}: {len(found)} lines for a refused delivery ({refusal.code})"
            continue
        (row,) = found
        places = {
            "code": (row["code"], {refusal.code}),
            "sheet": (row["sheet"], refusal.sheets),
            "row": (row["row"], {refusal.row}),
            "field": (row["field"], refusal.fields),
            "healed_by": (row["healed_by"], {None}),
        }
        for column, (is_value, may_be) in places.items():
            # A number in a file may be found in more places than one can be told of.
            elsewhere = refusal.code == "national_id" and column in ("sheet", "row", "field")
            if is_value not in (may_be or {None}) and not (elsewhere and is_value is None):
                yield f"{name} ({refusal.code}): {column} is {is_value}, expected {may_be}"


def _wrong_records(judgement: Judgement, found: dict[str, Rows]) -> Iterator[str]:
    for table, loaded in judgement.loaded.items():
        key = vocabulary().table(f"records.{table}").key
        expected = {tuple(one.values[name] for name in key): one for one in loaded.values()}
        rows = {tuple(row[name] for name in key): row for row in found[table]}
        if len(rows) != len(found[table]):
            yield f"{table}: a key stands there twice"
        for each in sorted(expected.keys() - rows.keys(), key=str):
            yield f"{table} {each}: not loaded, expected from {expected[each]}"
        for each in sorted(rows.keys() - expected.keys(), key=str):
            yield f"{table} {each}: loaded, but not by the judge: {rows[each]}"
        for each in sorted(expected.keys() & rows.keys(), key=str):
            record, row = expected[each], dict(rows[each])
            delivery, line = row.pop("delivery"), row.pop("delivery_row")
            if delivery != record.delivery or line not in record.rows:
                yield f"{table} {each}: from {delivery} row {line}, expected {record}"
            if row != record.values:
                yield f"{table} {each}: is {row}, expected {record.values}"


def _wrong_summary(inbox: Inbox, outcome: Outcome) -> Iterator[str]:
    judgement = judge(inbox.lines, inbox.as_of, inbox.today)
    expected = {
        "rows_loaded": {table: len(rows) for table, rows in judgement.loaded.items()},
        "rows_rejected": judgement.rows_rejected,
        "deliveries_refused": len(inbox.refusals),
    }
    for name, value in expected.items():
        if outcome.summary[name] != value:
            yield f"{name} is {outcome.summary[name]}, expected {value}"
    yield from (f"{name} is not named" for name in IGNORED_FILES if name not in outcome.out)
    if outcome.code != 3:
        yield f"the exit code is {outcome.code}, expected 3"


def _wrong_messages(rejected: Rows) -> Iterator[str]:
    for row in rejected:
        place = f"{row['delivery']} {row['sheet']} row {row['row']} {row['code']}"
        if not row["message"]:
            yield f"{place}: no message"
        elif row["code"] == "ambiguous_code":
            missing = [each for each in NAMED_CODES[row["field"]] if each not in row["message"]]
            if missing:
                yield f"{place}: the message does not name {missing}"


# --- What must be seen nowhere ------------------------------------------------------------


def _planted_numbers(inbox: Inbox, home: Home, said: dict[str, bytes]) -> Iterator[str]:
    numbers = inbox.national_ids
    forms = {form.encode() for each in numbers for form in (each, f"{each[:6]} {each[6:]}")}
    forms |= {each[1:].encode() for each in numbers if each.startswith("0")}
    for place, content in (*said.items(), *contents(home.path)):
        if any(form in content for form in forms):
            yield f"a national identity number is in {place}"


def _leaked_marks(home: Home, said: dict[str, bytes]) -> Iterator[str]:
    kept = list(contents(home.settings.dagster_home))
    if not kept:
        yield "Dagster keeps nothing, or it keeps it elsewhere"
    for place, content in (*said.items(), *kept):
        if MARK.encode() in content.lower():
            yield f"a cell value is in {place}"


# --- Tests --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Inbox, Judgement]]:
    """Some inboxes, and how they are judged."""
    inboxes = [messy_inbox(seed, tmp_path_factory.mktemp("inbox")) for seed in range(6)]
    return [(each, judge(each.lines, each.as_of, each.today)) for each in inboxes]


def test_every_doubt_is_somewhere_and_some_are_answered(
    judged: list[tuple[Inbox, Judgement]],
) -> None:
    rules, answered, one_person = set(), 0, 0
    for inbox, judgement in judged:
        doubtful = doubts(judgement, inbox.as_of)
        rules |= {doubt.rule for doubt in doubtful}
        answered += len(doubtful) - findings(judgement, inbox.as_of).total()
        answers = judgement.loaded["decisions"].values()
        one_person += sum(each.values["decision"] == "same_person" for each in answers)
    assert rules == {rule.id for rule in finding_rules()} | {"same_person_is_alike"}
    assert answered > 50
    assert one_person > 20


def test_everything_that_can_be_wrong_is_wrong_somewhere(
    judged: list[tuple[Inbox, Judgement]],
) -> None:
    codes, twice, kinds = set(), 0, set()
    later, follows = set(), set()
    for inbox, judgement in judged:
        reports = judge(inbox.lines, inbox.as_of).reports
        later |= {sheet for _, sheet in judgement.later}
        follows |= {(each.sheet, cause[1]) for each, cause in judgement.follows.items()}
        codes |= {(each.sheet, each.code) for each in reports}
        codes |= {(each.sheet, each.field) for each in reports if each.code == "rule"}
        codes |= {("healed", each.code) for each in reports if each.healed_by}
        rows = Counter((each.delivery, each.sheet, each.row) for each in reports)
        twice += sum(count > 1 for count in rows.values())
        kinds |= {line.delivery.rpartition(".")[2] for line in inbox.lines}
        assert {"unreadable", "missing_sheet", "missing_column", "national_id"} == {
            refusal.code for refusal in inbox.refusals
        }
    everywhere = ("missing_value", "bad_code", "duplicate_key")
    expected = {(sheet, code) for sheet in SHEETS.values() for code in everywhere}
    programme = {"Gruppetilbud", "Spørreundersøkelser", "Bemanning", "Økonomi"}
    without_ids = {*programme, "Vurderinger"}
    expected -= {(sheet, "bad_code") for sheet in ("Spørreundersøkelser", "Økonomi")}
    dated = {
        "Henvisninger",
        "Avslutninger",
        "Overgangssaker",
        "Gruppetilbud",
        "Spørreundersøkelser",
    }
    expected |= {(sheet, "future_date") for sheet in dated}
    assert later == {*dated, "Aktiviteter"}
    below = ("Avslutninger", "Aktiviteter", "Overgangssaker")
    assert follows == {("Henvisninger", "Deltakere")} | {
        (sheet, cause) for sheet in below for cause in ("Deltakere", "Henvisninger")
    }
    dated |= {"Aktiviteter", "Samarbeidsprosjekt"}
    expected |= {(sheet, code) for sheet in dated for code in ("bad_date", "out_of_range")}
    expected |= {(sheet, "bad_id") for sheet in SHEETS.values() if sheet not in without_ids}
    expected |= {(sheet, code) for sheet in programme for code in ("bad_number", "out_of_range")}
    expected |= {("Spørreundersøkelser", "answered"), ("Vurderinger", "decision")}
    expected |= {("Vurderinger", code) for code in ("bad_date", "out_of_range")}
    expected |= {(s, "date_order") for s in ("Henvisninger", "Avslutninger", "Aktiviteter")}
    expected |= {
        (sheet, "orphan")
        for sheet in ("Henvisninger", "Avslutninger", "Aktiviteter", "Overgangssaker")
    }
    fields = ("kind", "outcome", "dropout_reason", "other_detail", "position_pct")
    expected |= {("Avslutninger", field) for field in fields}
    expected |= {("Deltakere", code) for code in ("bad_number", "out_of_range", "ambiguous_code")}
    expected |= {("Avslutninger", code) for code in ("bad_number", "ambiguous_code")}
    expected |= {("healed", code) for _, code in expected if code in everywhere}
    expected |= {("healed", "rule"), ("healed", "date_order"), ("healed", "bad_date")}
    assert expected - codes == set()
    assert twice > 50
    assert kinds == {"xlsx", "csv", "parquet"}


def test_the_same_seed_gives_the_same_inbox(tmp_path: Path) -> None:
    inboxes = []
    for number, seed in enumerate((5, 5, 6)):
        folder = tmp_path / str(number)
        folder.mkdir()
        inboxes.append(messy_inbox(seed, folder, people=30))
    assert inboxes[0] == inboxes[1] != inboxes[2]


def test_a_number_is_found_wherever_it_lies(tmp_path: Path) -> None:
    inbox = Inbox(date(2021, 1, 1), date(2021, 1, 1), [], [], ["01019012345"])
    (tmp_path / "spaced.txt").write_text("ring 010190 12345", encoding="utf-8")
    (tmp_path / "without zero.log").write_text("1019012345", encoding="utf-8")
    (tmp_path / "01019012345").mkdir()
    with zipfile.ZipFile(tmp_path / "packed.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("sheet1.xml", "01019012345")
    pl.DataFrame({"text": ["01019012345"] * 9}).write_parquet(tmp_path / "table.parquet")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create table other as select '01019012345' as text")
    (tmp_path / "clean.txt").write_text("0101901234", encoding="utf-8")
    found = list(_planted_numbers(inbox, Home(tmp_path), {"stdout": b"", "stderr": b"01019012345"}))
    places = (
        "spaced.txt",
        "without zero.log",
        "the name 01019012345",
        "packed.xlsx/sheet1.xml",
        "table.parquet, unpacked",
        "main.other",
        "stderr",
    )
    assert all(any(sentence.endswith(f" is in {place}") for sentence in found) for place in places)
    assert not any("clean" in sentence or "stdout" in sentence for sentence in found)


def test_what_is_not_as_judged_is_told() -> None:
    person = {"participant_id": "p1", "birth_year": 1990, "gender": "K", "country": "SO"}
    bad = {**person, "participant_id": "p2", "gender": "x"}
    lines = [Line("a.xlsx", "participants", row, each) for row, each in ((2, person), (3, bad))]
    judgement = judge(lines, date(2021, 1, 1))
    report = dict(zip(Report._fields, next(iter(judgement.reports)), strict=True))
    assert list(_wrong_reports(judgement, [report])) == []
    assert len(list(_wrong_reports(judgement, []))) == 1
    assert len(list(_wrong_reports(judgement, [report, report]))) == 1
    assert len(list(_wrong_reports(judgement, [{**report, "healed_by": "b.xlsx"}]))) == 2
    record = {**judgement.loaded["participants"]["p1",].values, "delivery": "a.xlsx"}
    loaded = {table: [] for table in SHEETS}
    found = {**loaded, "participants": [{**record, "delivery_row": 2}]}
    assert list(_wrong_records(judgement, found)) == []
    assert len(list(_wrong_records(judgement, loaded))) == 1
    for wrong in ({"delivery_row": 3}, {"gender": "male"}, {"participant_id": "p3"}):
        changed = {**found, "participants": [{**record, "delivery_row": 2, **wrong}]}
        assert list(_wrong_records(judgement, changed))


def test_receipts_and_findings_that_are_not_as_judged_are_told() -> None:
    person = {"participant_id": "p1", "birth_year": 1990, "gender": "K", "country": "SO"}
    judgement = judge([Line("a.xlsx", "participants", 2, person)], date(2021, 1, 1))
    (finding,) = findings(judgement, date(2021, 1, 1))
    found = dict(zip(("rule", "delivery", "sheet", "row", "field"), finding, strict=True))
    assert list(_wrong_findings(judgement, date(2021, 1, 1), [found])) == []
    assert len(list(_wrong_findings(judgement, date(2021, 1, 1), []))) == 1
    assert len(list(_wrong_findings(judgement, date(2021, 1, 1), [found, found]))) == 1
    expected = receipts(judgement, {table: {} for table in SHEETS})
    counts = {"rows": 1, "new": 1, "changed": 0, "unchanged": 0, "overruled": 0, "gone": 0}
    row = {"delivery": "a.xlsx", "sheet": "Deltakere", **counts}
    gone = {"row": 2, "field": None, "kind": "gone", "other_delivery": None}
    change = {"delivery": "a.xlsx", "sheet": "Deltakere", **gone}
    assert list(_wrong_receipts(expected, [row], [], {})) == []
    assert len(list(_wrong_receipts(expected, [{**row, "gone": 1}], [], {}))) == 1
    assert len(list(_wrong_receipts(expected, [], [], {}))) == 1
    assert len(list(_wrong_receipts(expected, [row], [change], {}))) == 1


@pytest.mark.parametrize("seed", quick(1, SEEDS))
def test_messy_deliveries_are_judged_alike(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    inbox = messy_inbox(seed, folder)
    warehouse = Warehouse(file=str(tmp_path / "warehouse.duckdb"))
    found = disagreements(inbox, folder, load(inbox, folder, warehouse))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("seed", quick(1, RECEIPT_SEEDS))
def test_receipts_of_messy_deliveries_are_judged_alike(tmp_path: Path, seed: int) -> None:
    found = receipt_disagreements(messy_inbox(seed, tmp_path), tmp_path, seed)
    assert not found, "\n".join(found)


def main() -> int:
    """Build one inbox for each seed with the command, and print what is not as it was judged."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="how many inboxes")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--quick", action="store_true", help="without the command")
    arguments = parser.parse_args()
    failed = False
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        with tempfile.TemporaryDirectory() as made:
            folder, home = Path(made, "inbox"), Path(made, "home")
            folder.mkdir()
            inbox = messy_inbox(seed, folder)
            if arguments.quick:
                warehouse = Warehouse(file=str(Path(made, "warehouse.duckdb")))
                found = disagreements(inbox, folder, load(inbox, folder, warehouse))
                found += receipt_disagreements(inbox, folder, seed)
            else:
                found = command_disagreements(inbox, folder, Home(home))
        failed = failed or bool(found)
        print(f"seed {seed}: {len(found)} disagreements", *found, sep="\n  ")  # noqa: T201
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
