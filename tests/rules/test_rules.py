"""Every rule and every kind of structural expectation holds on clean data and can fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from expectations.findings import finding_rules
from expectations.model import Expectation
from expectations.rules import rules
from expectations.structure import LAYERS, structure
from expectations.suites import of_table
from expectations.validation import ExpectationNotRunError, validate
from tests.rules.mutations import RULES, STRUCTURE
from tests.rules.warehouse import YEARS

Mutate = Callable[..., Path]


def _tables(layer: str) -> list[str]:
    return [table.qualified_name for table in vocabulary().layer(layer)]


def _kind(name: str) -> str:
    return name.split(":", maxsplit=1)[0]


def _years(table: str) -> tuple[int, ...] | None:
    return YEARS if table.startswith("marts.") else None


def _broken(results: pl.DataFrame) -> set[str]:
    return set(results.filter(~pl.col("success"))["expectation"])


def _rules_broken_in_layer(database: Path, table: str) -> set[str]:
    """Run the queries of all rules of the table's layer by hand, without Great Expectations."""
    layer, _ = table.split(".")
    with duckdb.connect(str(database)) as connection:
        return {rule.id for rule in rules() if _violated(connection, rule, layer)}


def _violated(connection: duckdb.DuckDBPyConnection, rule: Expectation, layer: str) -> bool:
    if not rule.table.startswith(f"{layer}."):
        return False
    years = f"where year in {YEARS}" if layer == "marts" else ""
    query = f"select count(*) from ({rule.query}\n) as violating {years}"
    return connection.execute(query).fetchone() != (0,)


@pytest.mark.parametrize("layer", LAYERS)
def test_everything_holds_on_a_clean_register(clean: Path, layer: str) -> None:
    results = validate(clean, _tables(layer), YEARS if layer == "marts" else None, "run")
    assert _broken(results) == set()
    expected = sum(len(of_table(table)) for table in _tables(layer))
    assert results.height == expected * (len(YEARS) if layer == "marts" else 1)
    assert results.schema == schema(vocabulary().table("quality.check_results"))


def test_clean_marts_hold_something_to_break(clean: Path) -> None:
    with duckdb.connect(str(clean)) as connection:
        rows = {
            table: connection.execute(f"select count(*) from {table}").fetchone()
            for layer in LAYERS
            for table in _tables(layer)
        }
    assert [table for table, count in rows.items() if count == (0,)] == []


def test_every_rule_has_a_mutation() -> None:
    assert set(RULES) == {rule.id for rule in rules()}


def test_every_kind_of_structure_has_a_mutation() -> None:
    generated = {
        _kind(one.id)
        for layer in LAYERS
        for table in vocabulary().layer(layer)
        for one in structure(vocabulary(), table)
    }
    assert {_kind(name) for _, name, _ in STRUCTURE} == generated


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_mutation_breaks_its_rule_and_no_other(rule: Expectation, mutated: Mutate) -> None:
    database = mutated(RULES[rule.id])
    assert _rules_broken_in_layer(database, rule.table) == {rule.id}


@pytest.mark.slow
@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_mutation_is_found_by_the_checks_as_well(rule: Expectation, mutated: Mutate) -> None:
    results = validate(mutated(RULES[rule.id]), [rule.table], _years(rule.table), "run")
    assert _broken(results) == {rule.id}


@pytest.mark.parametrize("rule", finding_rules(), ids=lambda rule: rule.id)
def test_finding_names_rows_of_its_table_and_repeats_no_key(
    rule: Expectation, mutated: Mutate
) -> None:
    database = mutated(RULES[rule.id])
    table = vocabulary().table(rule.table)
    with duckdb.connect(str(database)) as connection:
        found = connection.execute(
            f"""
            select findings.*, records.{table.key[0]} as key
            from quality.findings
            left join {rule.table} as records
                on findings.delivery = records.delivery
                and findings.row = records.delivery_row
            where findings.rule = '{rule.id}'
            """
        ).pl()
    assert found.height
    assert found["key"].null_count() == 0
    assert set(found["severity"]) == {rule.severity}
    assert set(found["sheet"]) == {table.sheet}
    assert {*found["field"]} <= {column.name for column in table.fields}
    for message, key in found.select("message", "key").iter_rows():
        assert message.startswith(rule.sentence_nb)
        assert str(key) not in message.removeprefix(rule.sentence_nb).split()


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        ("'age_plausible_at_referral', 'p99', 'none', 'correct'", ["key"]),
        ("'one_person_under_two_ids', 'p3', 'p99', 'correct'", ["other_key"]),
        ("'one_person_under_two_ids', 'p3', 'p4', 'correct'", []),
        ("'one_person_under_two_ids', 'p3', 'p99', 'same_person'", ["other_key"]),
        ("'start_soon_after_referral', 'r21', 'none', 'correct'", []),
        ("'full_time_equivalents_within_headcount', '2022', 'counsellor', 'correct'", []),
        ("'savings_since_first_referral', '2017', 'none', 'correct'", ["key"]),
    ],
)
def test_answer_that_names_no_row_is_found(answer: str, fields: list[str], mutated: Mutate) -> None:
    sql = f"insert into records.decisions values ({answer}, null, 'register.xlsx', 3)"
    with duckdb.connect(str(mutated(sql))) as connection:
        found = connection.execute(
            "select field from quality.findings where rule = 'answer_names_a_row'"
        ).fetchall()
    assert [field for (field,) in found] == fields


_TWIN = """
update records.participants
set birth_year = 1994, gender = 'male', country = 'SO'
where participant_id in ('p23', 'p24');
update records.referrals
set referred_on = '2020-12-01', source = 'other', benefit = 'kvp', nav_office = 'arstad'
where participant_id in ('p23', 'p24');
"""


def _answer(rule: str, key: str, other_key: str = "none", decision: str = "correct") -> str:
    return (
        "insert into records.decisions values "
        f"('{rule}', '{key}', '{other_key}', '{decision}', null, 'register.xlsx', 3);"
    )


_SECOND = """
insert into records.referrals
select * replace ('r99' as referral_id, 99 as delivery_row)
from records.referrals where referral_id = 'r24';
"""
_GONE_AT_ONCE = """
insert into records.exits
select exits.* replace ('{0}' as referral_id, start.started_on as exited_on, 99 as delivery_row)
from records.exits
cross join (select started_on from records.referrals where referral_id = '{0}') as start
where referral_id = 'r5';
"""
_REJECTED_EXIT = """
insert into raw.exits values ('register.xlsx', 77, '{0}');
insert into quality.rejected_rows (delivery, sheet, row, code)
values ('register.xlsx', 'Avslutninger', 77, 'bad_date');
"""


@pytest.mark.parametrize(
    ("sql", "rule", "found"),
    [
        (_TWIN, "one_person_under_two_ids", 2),
        (f"{_TWIN} update records.participants set education = null where participant_id = 'p23'",
            "one_person_under_two_ids", 2),
        (f"{_TWIN} update records.participants set education = 'none' where participant_id = 'p23'",
            "one_person_under_two_ids", 0),
        (f"{_TWIN} update records.referrals set referred_on = '2020-12-15' "
            "where participant_id = 'p24'", "one_person_under_two_ids", 2),
        (f"{_TWIN} update records.referrals set referred_on = '2020-12-16' "
            "where participant_id = 'p24'", "one_person_under_two_ids", 0),
        (f"{_TWIN} update records.referrals set referred_on = '2020-12-15', "
            "benefit = 'social_assistance' where participant_id = 'p24'",
            "one_person_under_two_ids", 0),
        ("update records.exits set position_pct = 79 where referral_id = 'r7'",
            "full_time_is_most_of_a_position", 1),
        ("update records.exits set position_pct = 1 where referral_id = 'r8'",
            "position_in_percent", 1),
        ("update records.exits set position_pct = 1.5 where referral_id = 'r8'",
            "position_in_percent", 0),
        ("update records.exits set wage_subsidy = 'unknown', employed_after_6m = 'no' "
            "where referral_id = 'r6'", "fields_of_work_exits_only", 1),
        ("update records.exits set exited_on = '2021-03-15' where referral_id = 'r8'",
            "answer_when_due", 0),
        ("update records.referrals set started_on = '2022-09-15' where referral_id = 'r24'",
            "start_within_a_year", 0),
        ("update records.activities set ended_on = '2019-05-20' where referral_id = 'r1'",
            "activity_ended_by_exit", 0),
        # Begun after the exit, without a last day or with one: it has days, and is found.
        ("update records.activities set started_on = '2019-05-21', ended_on = null "
            "where referral_id = 'r1'", "activity_while_in_programme", 1),
        ("update records.activities set started_on = '2019-05-21', ended_on = '2020-05-21' "
            "where referral_id = 'r1'", "activity_while_in_programme", 1),
        ("update records.activities set started_on = '2019-05-20', ended_on = null "
            "where referral_id = 'r1'", "activity_while_in_programme", 0),
        ("update records.transition_cases set opened_on = '2019-01-01' where case_id = 'c2'",
            "case_since_first_referral", 0),
        (f"{_SECOND} update records.referrals set started_on = '2021-10-01' "
            "where referral_id = 'r99'", "one_referral_at_a_time", 0),
        (f"{_SECOND} {_GONE_AT_ONCE.format('r24')}", "one_referral_at_a_time", 2),
        (f"{_SECOND} {_GONE_AT_ONCE.format('r99')}", "one_referral_at_a_time", 2),
        ("update records.build_day set as_of = '2020-09-15'; "
            "delete from records.exits where referral_id = 'r18'; "
            "update records.referrals set referred_on = '2019-09-15' where referral_id = 'r18'",
            "referral_followed_by_start_or_exit", 0),
        ("update records.transition_cases set referral_id = null where case_id = 'c1'; "
            "insert into quality.later_rows values ('register.xlsx', 'Henvisninger', 99)",
            "case_to_nora_has_referral", 0),
        (_answer("two_referrals_on_a_day", "r24", "r99"), "answer_names_a_row", 1),
        (_answer("two_referrals_on_a_day", "p24"), "answer_names_a_row", 1),
        (_answer("two_referrals_on_a_day", "r99") +
            "insert into quality.later_rows values ('register.xlsx', 'Henvisninger', 99)",
            "answer_names_a_row", 0),
        (_answer("staff_has_full_time_equivalents", "2021", "hr"), "answer_names_a_row", 0),
        (_answer("staff_has_full_time_equivalents", "2020", "hr"), "answer_names_a_row", 1),
        (_answer("struck_out", "c2") + _answer("struck_out", "c99"), "answer_names_a_row", 1),
        (_answer("one_person_under_two_ids", "p9", "p99", "same_person"), "answer_names_a_row", 1),
        (_answer("one_person_under_two_ids", "p9", "p99", "same_person") +
            "insert into raw.referrals (participant_id) values ('p99')", "answer_names_a_row", 0),
        (_answer("one_person_under_two_ids", "1001", "p9", "same_person") +
            "insert into raw.participants (participant_id) values ('1001,0')",
            "answer_names_a_row", 0),
        # Who has become a participant of no row is in the register by that answer alone.
        (_answer("one_person_under_two_ids", "p99", "p9", "same_person") +
            "insert into records.participants (participant_id) values ('p99')",
            "answer_names_a_row", 1),
        (f"{_SECOND} {_REJECTED_EXIT.format('r24')}", "one_referral_at_a_time", 0),
        (f"{_SECOND} {_REJECTED_EXIT.format('r1')}", "one_referral_at_a_time", 2),
    ],
)  # fmt: skip
def test_finding_begins_where_it_should(sql: str, rule: str, found: int, mutated: Mutate) -> None:
    with duckdb.connect(str(mutated(sql))) as connection:
        counted = connection.execute(
            "select count(*) from quality.findings where rule = ?", [rule]
        ).fetchone()
    assert counted == (found,)


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("'two_referrals_on_a_day', 'r99', 'r24', 'correct'", []),
        ("'two_referrals_on_a_day', 'r24', 'r99', 'correct'", []),
        ("'two_referrals_on_a_day', 'r24', 'none', 'correct'", []),
        ("'two_referrals_on_a_day', 'r24', 'r23', 'correct'", ["r24", "r99"]),
        ("'two_referrals_on_a_day', 'r24', 'r99', 'same_person'", ["r24", "r99"]),
        ("'one_referral_at_a_time', 'r24', 'r99', 'correct'", ["r24", "r99"]),
    ],
)
def test_finding_called_correct_is_not_found_again(
    answer: str, left: list[str], mutated: Mutate
) -> None:
    database = mutated(
        f"insert into records.decisions values ({answer}, null, 'register.xlsx', 3);"
        "insert into records.referrals select * replace "
        "('r99' as referral_id, null as started_on, 99 as delivery_row) "
        "from records.referrals where referral_id = 'r24'"
    )
    with duckdb.connect(str(database)) as connection:
        found = connection.execute(
            "select referral_id from quality.findings inner join records.referrals "
            "on findings.row = referrals.delivery_row "
            "where rule = 'two_referrals_on_a_day' order by referral_id"
        ).fetchall()
    assert [one for (one,) in found] == left


def test_finding_about_a_row_with_two_columns_of_key_is_answered_by_both(mutated: Mutate) -> None:
    found = []
    for second in ("hr", "counsellor", "none"):
        database = mutated(
            f"insert into records.decisions values ('full_time_equivalents_within_headcount', "
            f"'2021', '{second}', 'correct', null, 'register.xlsx', 3);"
            + RULES["full_time_equivalents_within_headcount"]
        )
        with duckdb.connect(str(database)) as connection:
            counted = connection.execute(
                "select count(*) from quality.findings "
                "where rule = 'full_time_equivalents_within_headcount'"
            )
            found.append(counted.fetchone())
    assert found == [(0,), (1,), (0,)]


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("d-1", "D-1", True),
        ("D-0001", "D-1", True),
        ("0012", "12", True),
        ("D1", "d_1", True),
        ("2021-004", "2021-4", True),
        ("D-10", "D-1", False),
        ("D-100", "D-1", False),
        ("A-1", "B-1", False),
    ],
)
def test_ids_of_one_person(first: str, second: str, alike: bool, mutated: Mutate) -> None:
    database = mutated(
        f"update records.participants set participant_id = '{first}' where participant_id = 'p23';"
        f"update records.participants set participant_id = '{second}' where participant_id = 'p24'"
    )
    with duckdb.connect(str(database)) as connection:
        found = connection.execute(
            "select count(*) from quality.findings where rule = 'one_person_under_two_ids'"
        ).fetchone()
    assert found == ((2,) if alike else (0,))


def test_two_rows_that_contradict_each_other_point_at_each_other(mutated: Mutate) -> None:
    database = mutated(
        "insert into records.referrals select * replace "
        "('r99' as referral_id, 'other.xlsx' as delivery, 7 as delivery_row) "
        "from records.referrals where referral_id = 'r21'"
    )
    with duckdb.connect(str(database)) as connection:
        found = connection.execute(
            "select delivery, row, message from quality.findings "
            "where rule = 'one_referral_at_a_time' order by delivery"
        ).fetchall()
    assert [(delivery, row) for delivery, row, _ in found] == [
        ("other.xlsx", 7), ("register.xlsx", 22),
    ]  # fmt: skip
    assert found[0][2].endswith("Den andre raden er rad 22 i register.xlsx.")
    assert found[1][2].endswith("Den andre raden er rad 7 i other.xlsx.")


@pytest.mark.parametrize(
    ("table", "name", "sql"),
    [
        # Of several mutations of one kind, the first is tried each time.
        pytest.param(*mutation, marks=[pytest.mark.slow] if _kind(mutation[1]) in before else [])
        for at, mutation in enumerate(STRUCTURE)
        for before in [{_kind(name) for _, name, _ in STRUCTURE[:at]}]
    ],
)
def test_mutation_breaks_its_structure_and_nothing_else(
    table: str, name: str, sql: str, mutated: Mutate
) -> None:
    database = mutated(sql)
    results = validate(database, [table], _years(table), "run")
    assert _broken(results) == {name}
    assert _rules_broken_in_layer(database, table) == set()


def test_a_violation_is_found_in_its_year_alone(mutated: Mutate) -> None:
    database = mutated(RULES["followed_up_within_due"])
    results = validate(database, ["marts.job_retention"], YEARS, "run")
    failed = results.filter(~pl.col("success"))
    assert failed.select("year", "unexpected_count", "severity").rows() == [(2020, 1, "critical")]
    others = validate(database, ["marts.job_retention"], [2019, 2021], "run")
    assert _broken(others) == set()


def test_violations_are_counted_in_rows(mutated: Mutate) -> None:
    database = mutated("update records.participants set country = 'QQ', gender = null")
    failed = validate(database, ["records.participants"], None, "run").filter(~pl.col("success"))
    assert failed.select("expectation", "unexpected_count").rows() == [
        ("not_null:gender", 24),
        ("categories:country", 24),
    ]


def test_a_row_without_year_counts_against_every_year(mutated: Mutate) -> None:
    database = mutated("insert into marts.key_figures values (null, 'age_min', 1)")
    failed = validate(database, ["marts.key_figures"], YEARS, "run").filter(~pl.col("success"))
    assert failed.select("year", "expectation").rows() == [
        (year, "not_null:year") for year in YEARS
    ]


def test_no_value_of_a_cell_leaves_the_checks(
    mutated: Mutate, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    database = mutated(
        "update records.participants set participant_id = 'Ola Nordmann', country = 'Ola Nordmann'"
        " where participant_id in ('p1', 'p2')"
    )
    results = validate(database, ["records.participants", "records.referrals"], None, "run")
    assert {"identifier:participant_id", "reference:participant_id"} <= _broken(results)
    captured = capfd.readouterr()
    said = results.write_csv() + captured.out + captured.err + caplog.text
    assert "Nordmann" not in said


def test_what_cannot_be_evaluated_stops_without_a_value(mutated: Mutate) -> None:
    database = mutated("alter table records.exits drop column kind", finds=False)
    with pytest.raises(ExpectationNotRunError) as raised:
        validate(database, ["records.exits"], None, "run")
    assert "records.exits not_null:kind" in str(raised.value)
    assert "records.exits no_show_never_started" in str(raised.value)
