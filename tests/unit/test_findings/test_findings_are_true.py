"""Every sentence is read back, and what it says is worked out again from the published tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.vocabulary import HIDDEN, TOTAL, vocabulary
from dashboards import outline
from dashboards.figures import Figure, lead_findings, sections
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.changes import of_key_figure
from dashboards.publication import Publication
from tests.unit.test_dashboards.test_figures_of_any_table import MARTS, OPEN, changed, hidden

YEAR = 2021
N = r"(ingen|alle|én|ett|[\d\u00a0]+)"
PART = rf"{N}(?: av)? ([\d\u00a0]+)"
GOALS = {finding_words.AIMS[code.code]: code for code in vocabulary().code_list("target").codes}


def number(text: str, whole: int = 0) -> int:
    words = {"ingen": 0, "én": 1, "ett": 1, "alle": whole}
    return words[text] if text in words else int(text.replace("\u00a0", ""))


def first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


def part(match: tuple[str, ...]) -> tuple[int, int]:
    whole = number(match[1])
    return number(match[0].lower(), whole), whole


def key_figure(publication: Publication, year: int, name: str) -> float:
    rows = publication.table("key_figures", year).filter(pl.col("figure") == name)
    assert rows["status"].to_list() == ["shown"]
    return float(rows["value"].item())


def measured(publication: Publication, mart: str, key: str) -> Mapping[str, float]:
    category = MARTS[mart].dimensions[0]
    rows = publication.table(mart, YEAR).filter(pl.col(category) == key)
    return dict(rows.filter(pl.col("status") == "shown").select("measure", "value").rows())


def check_target(publication: Publication, text: str) -> None:
    found = re.match(rf"Målet på (\d+)\u00a0% (.+?) ble (ikke )?nådd: {PART} planmessig", text)
    assert found, text
    target = GOALS[found[2]]
    now = measured(publication, "target_attainment", target.code)
    n, base = part(found.groups()[3:5])
    assert (n, base) == (now["n"], now["base"])
    goal = float(target.attributes["target_share"])
    assert (found[3] is None) == (n / base >= goal)
    if found[3]:
        more = number(first(r"Det manglet ([\d\u00a0]+)\.", text))
        # Enough with it, too few with one less.
        assert (n + more) / base >= goal - 1e-12 > (n + more - 1) / base


def check_change(publication: Publication, name: str, text: str) -> None:
    now = key_figure(publication, YEAR, name)
    if found := re.match(r"Antall .+ (økte|falt) fra ([\d\u00a0]+) .*? til ([\d\u00a0]+) ", text):
        before = key_figure(publication, YEAR - 1, name)
        assert (number(found[2]), number(found[3])) == (before, now)
        assert (found[1] == "økte") == (now > before)
    else:
        found = re.match(rf"Det var {N} ", text)
        assert found, text
        assert number(found[1]) == now
        if "mot" in text:
            assert number(first(rf"mot {N} ", text)) == key_figure(publication, YEAR - 1, name)
        if "like mange" in text:
            assert now == key_figure(publication, YEAR - 1, name)


def check_largest(publication: Publication, figure: Figure, text: str) -> None:
    mart = MARTS[figure.id]
    rows = publication.table(figure.id, YEAR)
    if "gender" in rows.columns:
        rows = rows.filter(pl.col("gender") == TOTAL)
    counts = re.findall(r"(?:: |\()([\d\u00a0]+)(?: av|\))", text)
    named = [number(count) for count in counts if count]
    shown = rows.filter((pl.col("status") != HIDDEN) & ~pl.col(mart.number).is_null())[mart.number]
    # Outcome groups are sums of published outcomes.
    if figure.id != "exit_outcomes":
        assert set(named) <= {int(count) for count in shown}
    assert named == sorted(named, reverse=True)


def said(publication: Publication) -> Iterator[tuple[Figure, str]]:
    for section in sections(publication, YEAR):
        for figure in section.figures:
            for finding in figure.findings:
                yield figure, finding.text


def assert_true(publication: Publication) -> int:
    told = 0
    for figure, text in said(publication):
        told += 1
        if figure.id == "target_attainment":
            check_target(publication, text)
        elif (
            text.startswith("Flest ") and figure.id in outline.FIGURES and MARTS[figure.id].is_count
        ):
            check_largest(publication, figure, text)
    for name in finding_words.COUNTED:
        for finding in of_key_figure(publication, YEAR, name):
            told += 1
            check_change(publication, name, finding.text)
    return told


def scaled(factor: float) -> Callable[..., pl.DataFrame]:
    """Every count of a mart multiplied; margins too, so that they still add up nearly."""

    def of(mart: object, rows: pl.DataFrame) -> pl.DataFrame:
        if "n" not in rows.columns:
            return rows
        return rows.with_columns((pl.col("n") * factor).round().cast(rows["n"].dtype).alias("n"))

    return of


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(sorted(MARTS)), st.sampled_from([YEAR - 1, YEAR])),
        st.sampled_from([0.05, 0.3, 1.0, 2.0, 7.0]).map(scaled),
        max_size=25,
    ),
    st.booleans(),
)
def test_every_sentence_is_true(
    publication: Publication,
    changes: dict[tuple[str, int], Callable[..., pl.DataFrame]],
    protected: bool,
) -> None:
    source = changed(publication, changes)
    if protected:
        source = replace(source, manifest=source.manifest | {"disclosure": OPEN})
    assert_true(source.behind(YEAR))


def test_the_year_says_much(publication: Publication) -> None:
    assert assert_true(publication.behind(YEAR)) > 25


def test_nothing_is_said_of_withheld_numbers(publication: Publication) -> None:
    withheld = changed(
        publication, {(name, year): hidden for name in MARTS for year in (2020, YEAR)}
    )
    source = replace(withheld, manifest=withheld.manifest | {"disclosure": OPEN}).behind(YEAR)
    assert [text for _, text in said(source)] == []
    assert lead_findings(source, YEAR, list(finding_words.COUNTED), {}) == ()


def test_a_withheld_year_before_is_not_named(publication: Publication) -> None:
    source = changed(publication, {("key_figures", 2020): hidden}).behind(YEAR)
    for name in finding_words.COUNTED:
        assert "2020" not in " ".join(one.text for one in of_key_figure(source, YEAR, name))


def test_a_part_of_a_year_is_not_compared_with_a_whole_one(publication: Publication) -> None:
    by_year = dict(publication.manifest["by_year"])
    by_year["2021"] = {**by_year["2021"], "as_of": "2021-06-30"}
    source = replace(publication, manifest=publication.manifest | {"by_year": by_year})
    for name in finding_words.COUNTED:
        texts = " ".join(one.text for one in of_key_figure(source, YEAR, name))
        assert "30. juni 2021" in texts
        if name != "active_at_year_end":
            assert "2020" not in texts
    targets = [text for figure, text in said(source) if figure.id == "target_attainment"]
    assert targets
    assert not any("nådd" in text for text in targets)


@pytest.mark.parametrize("page", outline.PAGES, ids=lambda page: page.name)
def test_a_page_with_figures_says_something(publication: Publication, page: outline.Page) -> None:
    source = publication.behind(YEAR)
    figures = {f.id: f for section in sections(source, YEAR) for f in section.figures}
    if page.findings:
        assert lead_findings(source, YEAR, page.findings, figures)
