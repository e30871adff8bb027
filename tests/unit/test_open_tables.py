"""What the open publication counts otherwise than the internal one, and the names that it shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import polars as pl
import pytest

from assets.published.gate import GateError
from assets.published.manifest import policy
from assets.published.open_tables import open_tables
from assets.published.tables import published_schema
from assets.vocabulary import TOTAL, vocabulary
from tests.disclosure.publications import internal_tables
from tests.recount.cases import cases_of
from tests.recount.hand_counted import BUILD_DAY, REGISTER
from tests.recount.registers import random_register

AS_OF = date(2021, 12, 31)
RANDOM = random_register(4, 150, 2019, 2021, AS_OF)
INTERNAL = internal_tables(RANDOM, AS_OF)
NOBODY: Mapping[str, Collection[str]] = {"partner_projects": [], "survey_response": []}
OPENED = open_tables(INTERNAL, NOBODY)
DIVIDED = {
    "country_of_origin": {"country": TOTAL},
    "age_bands": {"band": TOTAL},
    "participant_background": {"value": TOTAL},
}
CHANGED = {
    "gender_split", "activities", "key_figures", "counsellor_caseload", "partner_projects",
    "survey_response", "job_retention", *DIVIDED,
}  # fmt: skip


def who_took_part(year: int, gender: str = TOTAL) -> int:
    people = {case.person for case in cases_of(RANDOM, AS_OF) if year in case.years}
    return sum(gender in (TOTAL, person.gender) for person in people)


def by_year(frame: pl.DataFrame, number: str, **where: str) -> dict[int, float]:
    return dict(frame.filter(**where).select("year", number).iter_rows())


# --- Who is a participant --------------------------------------------------------------------------


@pytest.mark.parametrize("gender", [TOTAL, "female", "male", "unknown"])
def test_participants_are_who_took_part_in_every_table_that_counts_them(gender: str) -> None:
    # From the first year of staffing or savings, in which nobody is there yet.
    years = sorted(OPENED["key_figures"]["year"].unique())
    expected = {year: who_took_part(year, gender) for year in years}
    assert [year for year in years if who_took_part(year)] == [2019, 2020, 2021]
    split = OPENED["gender_split"].filter(population="participants")
    assert by_year(split, "n", gender=gender) == expected
    for name, total in DIVIDED.items():
        frame = OPENED[name]
        whole = frame.filter(gender=gender, **total).select("year", "n").unique()
        assert whole.height == whole["year"].n_unique()
        # Where nobody is, no country is listed, and so no total of countries.
        assert {**dict.fromkeys(years, 0), **dict(whole.iter_rows())} == expected, name
    if gender == TOTAL:
        within = by_year(INTERNAL["key_figures"], "value", figure="participants")
        assert sum(expected.values()) < sum(within.values())
        assert by_year(OPENED["key_figures"], "value", figure="participants") == expected
        caseload = OPENED["counsellor_caseload"]
        assert by_year(caseload, "value", measure="participants") == expected
        fte = by_year(caseload, "value", measure="counsellor_fte")
        assert by_year(caseload, "value", measure="participants_per_counsellor") == {
            year: expected[year] / fte[year] if fte[year] else None for year in expected
        }


def test_nobody_who_never_came_is_in_a_category() -> None:
    opened = open_tables(internal_tables(REGISTER, BUILD_DAY), NOBODY)
    # Cem did not come, and Bo and Dina did.
    ages = opened["age_bands"].filter(pl.col("n") > 0, pl.col("band") != TOTAL, year=2020)
    assert ages.filter(gender=TOTAL).select("band", "n").rows() == [("25_34", 1), ("35_44", 1)]
    countries = opened["country_of_origin"].filter(year=2020, gender=TOTAL)
    assert countries.select("country", "n").rows() == [("SY", 1), ("XX", 1), (TOTAL, 2)]


def test_an_activity_of_a_year_in_which_the_person_did_not_take_part_is_not_counted() -> None:
    internal = internal_tables(REGISTER, BUILD_DAY)
    opened = open_tables(internal, NOBODY)
    # Anna's mentor stayed on for a day of 2020, and she did not.
    mentors = {"year": 2020, "activity": "mentor", "gender": "female"}
    assert internal["activities"].filter(**mentors)["n"].to_list() == [1]
    assert opened["activities"].filter(**mentors)["n"].to_list() == [0]


def test_key_figures_that_tell_of_others_or_of_one_person_are_not_there() -> None:
    told = set(vocabulary().code_list("key_figure").names)
    assert set(OPENED["key_figures"]["figure"]) == told - {
        "took_part", "participants_without_dropouts", "age_min", "age_max",
    }  # fmt: skip


def test_exits_to_work_that_are_due_are_not_there_and_nobody_is_a_number() -> None:
    inside = INTERNAL["job_retention"].filter(pl.col("measure") != "due")
    assert inside.height == 3 * INTERNAL["job_retention"].filter(measure="due").height
    unknown = inside.filter(pl.col("value").is_null())
    assert unknown.height
    assert OPENED["job_retention"].equals(inside.with_columns(pl.col("value").fill_null(0)))


def test_all_else_is_as_it_is_within() -> None:
    assert INTERNAL.keys() - OPENED.keys() == {
        "monthly_form", "still_in_programme", "printed_comparison", "took_part", "activity_status", "transition_starts"
    } & INTERNAL.keys()  # fmt: skip
    for name in OPENED:
        assert name in CHANGED or OPENED[name].equals(INTERNAL[name]), name
        assert OPENED[name].schema == published_schema(vocabulary().table(f"marts.{name}"))
    flows = pl.col("population") != "participants"
    assert OPENED["gender_split"].filter(flows).equals(INTERNAL["gender_split"].filter(flows))


def test_a_year_that_was_published_before_these_were_counted_is_not_one_without_anybody() -> None:
    before = INTERNAL["took_part"].filter(pl.col("year") != 2020)
    with pytest.raises(GateError, match="2020"):
        open_tables({**INTERNAL, "took_part": before}, NOBODY)


# --- Names -----------------------------------------------------------------------------------------


def test_a_name_that_is_not_listed_is_counted_under_other() -> None:
    project = "Broen til jobb"
    inside = INTERNAL["partner_projects"]
    opened = open_tables(INTERNAL, {**NOBODY, "partner_projects": [project]})["partner_projects"]
    assert set(inside["project"]) > {project}
    assert set(opened["project"]) == {project, "other"}
    listed = pl.col("project") == project
    assert opened.filter(listed).equals(inside.filter(listed))
    lines = ["year", "breakdown", "value"]
    added = inside.filter(~listed).group_by(lines).agg(pl.col("n").sum()).sort(lines)
    assert opened.filter(project="other").select(*lines, "n").sort(lines).equals(added)


@pytest.mark.parametrize("name", ["broen til jobb", "Broen", "Broen til jobb "])
def test_a_name_is_compared_exactly(name: str) -> None:
    opened = open_tables(INTERNAL, {**NOBODY, "partner_projects": [name]})["partner_projects"]
    assert set(opened["project"]) == {"other"}


def test_the_share_of_answers_is_made_from_the_sums() -> None:
    rows = [
        (2021, wave, measure, value, "shown")
        for wave, numbers in {"A": (30, 10, 1 / 3), "B": (10, 10, 1.0), "C": (0, 0, None)}.items()
        for measure, value in zip(("invited", "answered", "response_share"), numbers, strict=True)
    ]
    table = vocabulary().table("marts.survey_response")
    surveys = pl.DataFrame(rows, published_schema(table), orient="row")

    def opened(*names: str) -> list[tuple[str, float | None]]:
        found = open_tables(
            {**INTERNAL, "survey_response": surveys}, {**NOBODY, "survey_response": names}
        )
        return found["survey_response"].select("wave", "value").rows()

    assert opened() == [("other", 40.0), ("other", 20.0), ("other", 0.5)]
    assert opened("A", "C")[3:] == [
        ("C", 0.0), ("C", 0.0), ("C", None), ("other", 10.0), ("other", 10.0), ("other", 1.0),
    ]  # fmt: skip


def test_the_policy_names_the_projects_and_surveys_of_the_demo_and_known_lists() -> None:
    rule = policy()["open"]
    assert set(rule["names"]) == set(NOBODY)
    for name in rule["sensitive"]:
        assert name in vocabulary().code_lists


def test_the_line_of_other_names_has_a_label() -> None:
    for name, column in (("partner_projects", "project"), ("survey_response", "wave")):
        table = vocabulary().table(f"marts.{name}")
        assert vocabulary().label(table, column, "other") == "Andre"
