"""The vocabulary in memory: what it answers, what is made from it, and what it refuses."""

from __future__ import annotations

import csv
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import babel
import duckdb
import pycountry
import pytest

from assets.vocabulary import (
    TOTAL,
    VocabularyError,
    countries,
    ddl,
    json_schemas,
    model,
    vocabulary,
)
from assets.vocabulary.spelling import clean, normalise, normalise_header

VOCABULARY = Path(model.__file__).parent


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for statement in ddl.create_warehouse(vocabulary()):
        connection.execute(statement)
    return connection


# --- Spelling ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Ønsker ikke NorA", "ØNSKER  ikke nora"),
        ("NAV Åstad", "nav A\u030astad"),
        ("Grunnskole ", "\u00a0grunnskole"),
        ("Cote d’Ivoire", "cote d'ivoire"),
        ("to\nord", "to ord"),
    ],
)
def test_spellings_that_are_the_same_word(left: str, right: str) -> None:
    assert normalise(left) == normalise(right)


@pytest.mark.parametrize(("left", "right"), [("A", "AD"), ("<A1", "A1"), ("Årstad", "Arstad")])
def test_spellings_that_are_not(left: str, right: str) -> None:
    assert normalise(left) != normalise(right)


def test_header_is_compared_without_spaces_hyphens_and_underscores() -> None:
    spellings = ("I arbeid etter 6 mnd", "i_arbeid-etter\n6 MND", "iarbeidetter6mnd")
    assert len({normalise_header(spelling) for spelling in spellings}) == 1
    assert clean(" a\u00a0\n b ") == "a b"


# --- What it answers --------------------------------------------------------------------


def test_names_that_are_not_there_are_errors() -> None:
    with pytest.raises(KeyError):
        vocabulary().table("marts.nothing")
    with pytest.raises(KeyError):
        vocabulary().table("marts.caseload").column("nothing")
    with pytest.raises(KeyError):
        vocabulary().code_list("gender")["nothing"]


def test_categories_hold_what_stands_for_missing_and_for_the_whole() -> None:
    offices = vocabulary().table("marts.referral_offices")
    assert "unknown" in (vocabulary().categories(offices, offices.column("nav_office")) or ())
    days = vocabulary().table("marts.time_in_programme")
    assert (vocabulary().categories(days, days.column("outcome_group")) or ())[-1] == TOTAL
    assert vocabulary().categories(days, days.column("n")) is None


def test_missing_is_a_category_of_each_breakdown() -> None:
    exits = vocabulary().table("marts.work_exits")
    listed = vocabulary().categories_by(exits, exits.column("value"))
    assert set(listed) == set(vocabulary().code_list("work_breakdown").names)
    assert listed["position"] == (*vocabulary().code_list("position_band").names, "unknown")
    assert listed["wage_subsidy"] == vocabulary().code_list("yes_no_unknown").names
    together = vocabulary().categories(exits, exits.column("value")) or ()
    assert set(together) == {code for codes in listed.values() for code in codes}
    assert len(set(together)) == len(together)
    projects = vocabulary().table("marts.partner_projects")
    assert vocabulary().categories_by(projects, projects.column("value"))["gender"] == (
        vocabulary().code_list("gender").names
    )


def test_mart_without_measures_is_a_list() -> None:
    lists = {name for name, table in vocabulary().tables.items() if table.is_list}
    assert lists == {"marts.printed_comparison"}
    assert not vocabulary().table("marts.printed_comparison").is_count


@pytest.mark.parametrize(
    ("table", "name", "words"),
    [
        ("exits", "position_pct", "over 0 og høyst 100"),
        ("group_sessions", "attended", "fra 0 og høyst 1 000"),
        ("savings", "savings_target", "fra 0 og høyst 1 000 000 000"),
        ("savings", "savings_reported", "fra -1 000 000 000 og høyst 1 000 000 000"),
    ],
)
def test_bounds_in_words(table: str, name: str, words: str) -> None:
    assert vocabulary().table(f"records.{table}").column(name).span_nb == words


def test_labels_of_codes_of_margins_and_of_values_that_belong_to_a_breakdown() -> None:
    projects = vocabulary().table("marts.partner_projects")
    outcomes = vocabulary().table("marts.exit_outcomes")
    assert vocabulary().label(outcomes, "outcome", "A") == "Arbeid fulltid"
    assert vocabulary().label(outcomes, "outcome", TOTAL) == "I alt"
    assert vocabulary().label(projects, "value", "other", by="origin") == "Annet"
    assert vocabulary().label(projects, "value", "female", by="gender") == "Kvinne"
    exits = vocabulary().table("marts.work_exits")
    assert vocabulary().label(exits, "value", "under_50", by="position") == "Under 50 prosent"
    assert vocabulary().label(exits, "value", "unknown", by="position") == "Ukjent"
    with pytest.raises(KeyError):
        vocabulary().label(projects, "value", "female", by="origin")


# --- Countries --------------------------------------------------------------------------


def test_short_form_of_a_country_stands_once_and_means_no_other_country() -> None:
    with open(VOCABULARY / "country_names.csv", encoding="utf-8", newline="") as file:
        short_forms = [(normalise(row["name"]), row["code"]) for row in csv.DictReader(file)]
    names = [name for name, _ in short_forms]
    assert sorted(names) == sorted(set(names))
    assert not set(names) & set(countries.AMBIGUOUS)
    elsewhere = {country.alpha_3: country.alpha_2 for country in pycountry.countries}
    for language in ("nb", "en"):
        territories = babel.Locale(language).territories
        elsewhere |= {territories[code]: code for code in countries.labels() if code != "XX"}
    elsewhere |= {code: code for code in countries.labels()}
    meant = {normalise(name): code for name, code in elsewhere.items()}
    assert [name for name, code in short_forms if meant.get(name, code) != code] == []


# --- The database -----------------------------------------------------------------------


def test_every_table_is_created_with_its_columns_types_and_words(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    for layer in ("raw", "records", "reference", "marts", "quality"):
        for table in vocabulary().layer(layer):
            found = warehouse.execute(f"describe {table.qualified_name}").fetchall()
            expected = [(column.name, ddl.DUCKDB_TYPES[column.type]) for column in table.columns]
            assert [row[:2] for row in found] == expected
            said = warehouse.execute(
                "select comment from duckdb_columns() where schema_name = ? and table_name = ? "
                "order by column_index",
                [table.layer, table.name],
            ).fetchall()
            assert [row[0] for row in said] == [column.description for column in table.columns]


def test_code_lists_are_tables_in_the_order_of_showing(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    for name in (*vocabulary().code_lists, "country"):
        codes = vocabulary().code_list(name)
        found = warehouse.execute(
            f"select code from vocabulary.{name} order by position"
        ).fetchall()
        assert tuple(row[0] for row in found) == codes.names


GOOD = {
    "records.participants": (
        "(participant_id, birth_year, gender, country, delivery, delivery_row) "
        "values ('p1', 1985, 'female', 'SO', 'a.xlsx', 2)"
    ),
    "records.referrals": (
        "(referral_id, participant_id, referred_on, source, benefit, delivery, delivery_row) "
        "values ('r1', 'p1', date '2021-01-01', 'nav_local', 'kvp', 'a.xlsx', 2)"
    ),
    "marts.exit_outcomes": ("(year, outcome, gender, n) values (2021, 'A', 'female', 1)"),
    "marts.caseload": (
        "(year, month, active, started, planned_exits, dropouts, no_shows) "
        "values (2021, 12, 1, 0, 0, 0, 0)"
    ),
    "marts.target_attainment": (
        "(year, target, target_share, n, base, actual_share) values (2021, 'work', 0.6, 1, 2, 0.5)"
    ),
    "records.group_sessions": (
        "(held_on, session_group, registered, attended, delivery, delivery_row) "
        "values (date '2021-03-01', 'walk_and_talk', 12, 10, 'a.xlsx', 2)"
    ),
    "records.survey_waves": (
        "(wave, sent_on, invited, answered, delivery, delivery_row) "
        "values ('Vår 2021', date '2021-03-01', 100, 60, 'a.xlsx', 2)"
    ),
    "records.staffing": (
        "(year, role, headcount, full_time_equivalents, delivery, delivery_row) "
        "values (2021, 'counsellor', 10, 9.5, 'a.xlsx', 2)"
    ),
    "records.savings": (
        "(year, savings_target, savings_reported, delivery, delivery_row) "
        "values (2021, 5000000, -200000.5, 'a.xlsx', 2)"
    ),
    "marts.work_exits": ("(year, breakdown, value, n) values (2021, 'position', 'unknown', 1)"),
    "marts.monthly_form": (
        "(year, month, period, breakdown, value, gender, n) "
        "values (2021, 12, 'month', 'outcome', 'A', 'female', 1)"
    ),
    "marts.quarterly_flow": (
        "(year, quarter, active, referred, started, planned_exits, dropouts, no_shows) "
        "values (2021, 4, 1, 0, 0, 0, 0, 0)"
    ),
    "marts.printed_comparison": (
        "(year, section, figure, breakdown, published, derived, unit, status) "
        "values (2021, '2.1', 'referrals', '', 100, 100, 'count', 'equal')"
    ),
    "reference.printed_figures": (
        "(report, section, figure, breakdown, published, unit, answer_year, rounding) "
        "values (2021, '2.1', 'referrals', '', 100, 'count', 2021, 'sum')"
    ),
}
"""Columns by their names, so that a new one changes none of them."""

BROKEN = [
    ("records.participants", "'p1'", "null"), ("records.participants", "'p1'", "'p 1'"),
    ("records.participants", "1985", "null"), ("records.participants", "'female'", "'woman'"),
    ("records.participants", "'SO'", "'ZZ'"), ("records.participants", "'a.xlsx'", "null"),
    ("records.referrals", "'kvp'", "null"), ("records.referrals", "'nav_local'", "'nav'"),
    ("marts.exit_outcomes", "'A'", "'total'"), ("marts.exit_outcomes", "1)", "-1)"),
    ("marts.exit_outcomes", "1)", "null)"), ("marts.caseload", "12", "13"),
    ("marts.target_attainment", "0.5", "1.5"),
    ("records.group_sessions", "12", "-1"), ("records.group_sessions", "10", "1001"),
    ("records.group_sessions", "10", "null"), ("records.survey_waves", "'Vår 2021'", "null"),
    ("records.survey_waves", "100", "10001"), ("records.staffing", "9.5", "-0.5"),
    ("records.staffing", "'counsellor'", "'veileder'"), ("records.savings", "5000000", "null"),
    ("records.savings", "-200000.5", "-1000000001"), ("marts.work_exits", "'position'", "'size'"),
    ("marts.work_exits", "'unknown'", "'total'"), ("marts.monthly_form", "'month'", "'day'"),
    ("marts.monthly_form", "'A'", "'B'"), ("marts.quarterly_flow", "4", "5"),
    ("marts.printed_comparison", "'equal'", "'shown'"),
    ("marts.printed_comparison", "100", "null"),
    ("reference.printed_figures", "'referrals'", "'referals'"),
    ("reference.printed_figures", "'sum'", "'up'"),
]  # fmt: skip


@pytest.mark.parametrize("table", GOOD)
def test_sound_row_is_stored_once(table: str) -> None:
    connection = duckdb.connect()
    for statement in ddl.create_warehouse(vocabulary()):
        connection.execute(statement)
    connection.execute(f"insert into {table} {GOOD[table]}")
    declared = vocabulary().table(table)
    if not ddl.is_key_looked_for(declared):
        with pytest.raises(duckdb.ConstraintException):
            connection.execute(f"insert into {table} {GOOD[table]}")
        return
    assert not connection.execute(ddl.repeated_keys(declared)).fetchall()
    connection.execute(f"insert into {table} {GOOD[table]}")
    assert connection.execute(ddl.repeated_keys(declared)).fetchall() == [(1,)]


@pytest.mark.parametrize(("table", "good", "bad"), BROKEN)
def test_database_refuses_what_the_vocabulary_rules_out(
    warehouse: duckdb.DuckDBPyConnection, table: str, good: str, bad: str
) -> None:
    values = GOOD[table].replace(good, bad, 1)
    assert values != GOOD[table]
    with pytest.raises(duckdb.ConstraintException):
        warehouse.execute(f"insert into {table} {values}")


def test_fingerprint_follows_the_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ddl.fingerprint(vocabulary())
    assert before == ddl.fingerprint(vocabulary())
    monkeypatch.setitem(ddl.DUCKDB_TYPES, "count", "INTEGER")
    assert ddl.fingerprint(vocabulary()) != before


# --- What it refuses --------------------------------------------------------------------


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("tables.toml", 'key = ["participant_id"]', 'key = ["person"]', "person"),
        ("tables.toml", 'required = ["exited_on", "kind"]', 'required = ["when"]', "when"),
        ("tables.toml", 'derived_from = ["intermediate.years"', 'derived_from = ["x.y"', "x.y"),
        ("tables.toml", "[quality.rejected_rows]", "[rejects.rejected_rows]", "rejects"),
        ("tables.toml", 'columns = ["as_of"]', 'columns = ["as_off"]', "as_off"),
        ("columns.toml", 'codes = "gender"', 'codes = "sex"', "sex"),
        ("columns.toml", 'type = "date"', 'type = "day"', "referred_on.type"),
        ("columns.toml", 'codes = "benefit"\n', "", "codes"),
        ("columns.toml", 'in."marts.work_exits"', 'in."marts.work_exit"', "marts.work_exit"),
        ("columns.toml", 'type = "date"', "type = date", "columns.toml: "),
        ("marts/referral_offices.toml", "missing = { nav_office", "missing = { office", "office"),
        (
            "marts/referral_offices.toml",
            "place = 20",
            'place = "20"',
            "referral_offices.toml [place]",
        ),
        ("marts/aap_benefits.toml", "{ outcome", "{ outcom", "outcom"),
    ],
)
def test_vocabulary_at_odds_with_itself_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str, says: str
) -> None:
    for path in VOCABULARY.rglob("*"):
        if path.suffix in (".toml", ".csv"):
            copy = tmp_path / path.relative_to(VOCABULARY)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(path.read_bytes())
    shutil.copytree(VOCABULARY.parent / "marts", tmp_path / "marts")
    _edit(tmp_path / file, old, new)
    monkeypatch.setattr(model, "_HERE", tmp_path)
    monkeypatch.setattr(model, "_MARTS", tmp_path / "marts")
    with pytest.raises(VocabularyError, match=re.escape(says)):
        model.vocabulary.__wrapped__()


def test_schemas_are_those_of_the_declarations() -> None:
    """`make docs` writes them."""
    texts = json_schemas.schemas().items()
    folder = json_schemas.SCHEMAS
    stale = [name for name, text in texts if (folder / name).read_text(encoding="utf-8") != text]
    assert not stale, "Run `make docs`, and commit assets/vocabulary/schemas."


def test_each_toml_file_names_its_schema() -> None:
    marts = (VOCABULARY.parent / "marts").glob("*.toml")
    for path in (VOCABULARY / "columns.toml", VOCABULARY / "tables.toml", *marts):
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        assert first.startswith("#:schema "), path.name
        assert (path.parent / first.removeprefix("#:schema ")).is_file(), path.name


def test_mart_that_divides_nothing_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    read = model._read
    wrong = {"divides": "visitors", "protected_with": "visits", "divides_only": {"outcome": "QQ"}}
    for name, value in wrong.items():

        def changed(path: Path, of: Any, name: str = name, value: object = value) -> Any:
            declared = read(path, of)
            is_one = path.name == "other_exit_details.toml"
            return declared.model_copy(update={name: value}) if is_one else declared

        monkeypatch.setattr(model, "_read", changed)
        with pytest.raises(VocabularyError, match=r"visitors|visits|QQ"):
            model.vocabulary.__wrapped__()


def test_override_changes_a_column_in_one_table_alone() -> None:
    with open(VOCABULARY / "columns.toml", "rb") as file:
        declared: dict[str, Any] = tomllib.load(file)
    assert declared["outcome"]["in"]["records.transition_cases"]["label_nb"] == "Utfall"
    assert vocabulary().table("records.transition_cases").column("outcome").label_nb == "Utfall"
    assert vocabulary().table("records.exits").column("outcome").label_nb == "Gikk til"
    assert vocabulary().columns["outcome"].label_nb == "Gikk til"
