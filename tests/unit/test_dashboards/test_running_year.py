"""A year that is not over is compared with the same part of the year before, and says so."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path

import polars as pl
import pytest

from assets.vocabulary import vocabulary
from dashboards.figures import Figure, sections
from dashboards.figures.printed_comparison import printed_comparison, printed_years
from dashboards.pages import render_index, render_year
from dashboards.publication import Publication, read
from dashboards.report.content import report

YEAR, UNTIL = 2021, "2020-06-15"


def running(folder: Path, counted: Collection[str]) -> Publication:
    """The folder with 2021 until 15 June; only the marts `counted` have that part of 2020."""
    parts = [pl.DataFrame(schema={"mart": pl.String, "year": pl.Int64, "number": pl.Float64})]
    for name in counted:
        number = vocabulary().table(f"marts.{name}").number
        rows = pl.read_parquet(folder / f"{name}.parquet").filter(pl.col("year") == YEAR - 1)
        parts.append(
            rows.select(
                pl.lit(name).alias("mart"),
                pl.col("year").cast(pl.Int64),
                pl.exclude("year", number).cast(pl.String),
                pl.col(number).cast(pl.Float64).alias("number"),
            )
        )
    pl.concat(parts, how="diagonal").write_parquet(folder / "same_part.parquet")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["by_year"][str(YEAR)] |= {"as_of": f"{YEAR}-06-15", "compared_until": UNTIL}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return read(folder).behind(YEAR)


def figure(publication: Publication, name: str) -> Figure:
    """One figure of the running year."""
    return figure_of(publication, name, YEAR)


def figure_of(publication: Publication, name: str, year: int) -> Figure:
    """One figure of any year."""
    found = {one.id: one for group in sections(publication, year) for one in group.figures}
    return found[name]


@pytest.mark.parametrize(
    "name", ["country_of_origin", "group_sessions", "survey_response", "still_in_programme"]
)
def test_a_part_with_no_rows_is_not_the_whole_year(folder: Path, name: str) -> None:
    publication = running(folder, ["key_figures"])
    assert publication.table(name, YEAR - 1).is_empty()
    told = figure(publication, name).rows
    before = [column for column in told.columns if str(YEAR - 1) in column]
    assert not any(told[column].sum() for column in before)
    if words_of_year := [column for column in told.columns if column == "År"]:
        assert set(told[words_of_year[0]]) == {str(YEAR)}


def test_the_part_behind_a_page_is_that_of_its_own_page(folder: Path) -> None:
    once = running(folder, EVERY)
    assert not once.table("key_figures", YEAR - 1).is_empty()
    assert once.behind(YEAR).fingerprint() == once.fingerprint()


EVERY = [mart.name for mart in vocabulary().layer("marts") if not mart.is_list]
OF_PART = "Tallene for 2020 er talt til og med 15. juni 2020."


def test_only_a_figure_that_compares_says_how_much_of_the_other_year_it_shows(folder: Path) -> None:
    publication = running(folder, EVERY)
    assert OF_PART in figure(publication, "referral_sources").notes
    assert OF_PART in figure(publication, "flows").notes
    for bare in ("form_rows", "partner_projects"):
        assert not any("2020" in note for note in figure(publication, bare).notes)


@pytest.mark.parametrize("name", ["savings", "staffing"])
def test_what_is_typed_in_for_a_year_is_not_said_to_be_counted_until_a_day(
    folder: Path, name: str
) -> None:
    notes = figure(running(folder, EVERY), name).notes
    assert OF_PART not in notes
    assert "Tallene er ført for hele 2020." in notes


def test_main_activities_are_those_of_the_last_day_that_is_counted(folder: Path) -> None:
    publication = running(folder, EVERY)
    said = "Tallene gjelder 15. juni 2021. Hver person er med én gang."
    assert figure(publication, "activity_status").notes[0] == said
    whole = read(folder).seen(compared_with=2019)
    beside = figure(whole, "activity_status").notes[0]
    assert "15. juni 2021, og for 2019 utgangen av desember." in beside


END_OF_YEAR = re.compile("(ved|utgangen av) året|ved årets", re.IGNORECASE)


def test_nothing_speaks_of_the_end_of_a_year_that_is_not_over(folder: Path) -> None:
    publication = running(folder, EVERY)
    for group in sections(publication, YEAR):
        for one in group.figures:
            headers = " ".join(one.rows.columns)
            for text in (one.title, one.definition, headers, one.description, *one.notes):
                assert not END_OF_YEAR.search(text), one.id
    made = report(read(folder), YEAR)
    cues = " ".join(entry.cue for chapter in made.chapters for entry in chapter.entries)
    for cover in (render_year(read(folder), YEAR), cues, str(made.key_figure_definitions)):
        assert not END_OF_YEAR.search(cover)
    # A year that is over still does.
    assert "Ved årets utgang" in figure_of(read(folder), "transition_starts", YEAR - 1).rows.columns


def test_the_index_names_the_day_of_those_who_are_active(folder: Path) -> None:
    running(folder, EVERY)
    assert re.search(r">108 per 15\. juni 2021<", render_index(read(folder)))


def test_printed_figures_are_not_compared_with_a_part_of_their_year(folder: Path) -> None:
    running(folder, EVERY)
    publication = read(folder)
    assert printed_years(publication) == (2019,)
    comparison = printed_comparison(publication, YEAR)
    assert comparison.empty.startswith("De trykte tallene for 2021 gjelder hele året.")
    assert "15. juni 2021" in comparison.empty
    assert "årsrapporten for 2019." in render_index(publication)
