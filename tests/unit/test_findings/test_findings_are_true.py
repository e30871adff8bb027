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
from dashboards.figures import Figure, lead_findings, months, sections
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.chance import has_changed
from dashboards.figures.findings.changes import of_key_figures
from dashboards.figures.findings.finding import Finding
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
        assert number(first(rf"^(?:I|Ved utgangen av) {YEAR} var det {N} ", text)) == now


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
        for finding in of_key_figures(publication, YEAR, [name]):
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
        said = of_key_figures(source, YEAR, [name])
        assert said
        assert "2020" not in " ".join(one.text for one in said)


def with_key_figure(source: Publication, name: str, numbers: Mapping[int, int]) -> Publication:
    table = source.tables["key_figures"]
    for year, count in numbers.items():
        table = table.with_columns(
            value=pl.when((pl.col("year") == year) & (pl.col("figure") == name))
            .then(pl.lit(float(count)))
            .otherwise("value")
        )
    return replace(source, tables={**source.tables, "key_figures": table})


@pytest.mark.parametrize("now", [0, 1, 3, 8, 9, 10, 17, 40, 98])
@pytest.mark.parametrize("before", [0, 1, 5, 8, 9, 10, 17, 129])
def test_a_change_is_told_with_its_interval_or_not_at_all(
    publication: Publication, now: int, before: int
) -> None:
    source = with_key_figure(publication, "no_shows", {YEAR: now, YEAR - 1: before})
    found = of_key_figures(source, YEAR, ["no_shows"])
    assert [bool(one.chance) for one in found] == ([True] if has_changed(now, before) else [])
    assert not any("tilfeldig" in one.text for one in found)


def test_the_largest_changes_come_first(publication: Publication) -> None:
    numbers = {"referrals": (100, 40), "dropouts": (50, 10), "participants": (100, 300)}
    source = publication
    for name, (before, now) in numbers.items():
        source = with_key_figure(source, name, {YEAR - 1: before, YEAR: now})
    said = [one.text for one in of_key_figures(source, YEAR, list(numbers))]
    assert [first(r"^Antall (\w+) ", text) for text in said] == [
        "deltakere", "henvisninger", "frafall",
    ]  # fmt: skip


def leads(source: Publication, year: int) -> Iterator[tuple[outline.Page, list[Finding]]]:
    figures = {f.id: f for section in sections(source, year) for f in section.figures}
    for page in outline.PAGES:
        yield page, list(lead_findings(source, year, page.findings, figures))


@pytest.mark.parametrize(("year", "compared_with"), [(2020, None), (2021, 2019)])
def test_a_year_that_is_not_whole_is_compared_with_nothing(
    publication: Publication, year: int, compared_with: int | None
) -> None:
    source = publication.seen(compared_with=compared_with).behind(year)
    for page, said in leads(source, year):
        about_2019 = [one.text for one in said if "2019" in one.text]
        # Why is said once, where key figures are told.
        assert len(about_2019) == any(name in finding_words.COUNTED for name in page.findings)
        assert all(text.startswith("NorA startet opp i løpet av 2019") for text in about_2019)


@pytest.mark.parametrize("most", [1, 9])
def test_the_worst_periods_are_named_for_exits_and_referrals(
    publication: Publication, most: int
) -> None:
    tables = dict(publication.tables)
    for mart, period, place, name in (
        ("caseload", "month", "6", "planned_exits"),
        ("quarterly_flow", "quarter", "2", "referred"),
    ):
        of = (pl.col("year") == YEAR) & (pl.col("measure") == name)
        tables[mart] = tables[mart].with_columns(
            value=pl.when(of & (pl.col(period) == place))
            .then(4.0 * most)
            .when(of)
            .then(4.0)
            .otherwise("value")
        )
    source = replace(publication, tables=tables).behind(YEAR)
    made = (months.flows(source, YEAR), months.quarterly_flow(source, YEAR))
    found = [one.text for figure in made for one in figure.findings]
    expected = [
        "Flest planmessige avslutninger var det i juni: 36 av 80 (45\u00a0%).",
        "Flest henvisninger var det i 2. kvartal: 36 av 48 (75\u00a0%).",
    ]
    for text in expected:
        assert any(one.startswith(text) for one in found) == (most > 1)


def test_no_month_of_a_year_that_is_not_whole_stands_out(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = publication.tables["caseload"]
    september = (pl.col("month") == "9") & (pl.col("measure") == "started")
    moved = pl.concat(
        [
            rows.filter(pl.col("year") != 2019),
            rows.filter(pl.col("year") == YEAR).with_columns(
                year=pl.lit(2019).cast(rows["year"].dtype),
                value=pl.when(september).then(30.0).otherwise(1.0),
            ),
        ]
    )
    source = replace(publication, tables={**publication.tables, "caseload": moved}).behind(2019)
    assert months.flows(source, 2019).findings == ()
    monkeypatch.setattr(months, "is_whole", lambda *_: True)
    assert "september" in months.flows(source, 2019).findings[0].text


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_every_interval_says_what_it_is_of(publication: Publication, year: int) -> None:
    for _, said in leads(publication.behind(year), year):
        of = [one.chance.partition(":")[0] for one in said if one.chance]
        assert len(of) == len(set(of))
        assert not {"Andelen", "Forskjellen", "Endringen"} & set(of)


def test_a_part_of_a_year_is_not_compared_with_a_whole_one(publication: Publication) -> None:
    by_year = dict(publication.manifest["by_year"])
    by_year["2021"] = {**by_year["2021"], "as_of": "2021-06-30"}
    source = replace(publication, manifest=publication.manifest | {"by_year": by_year})
    for name in finding_words.COUNTED:
        texts = " ".join(one.text for one in of_key_figures(source, YEAR, [name]))
        if name == "active_at_year_end" and not texts:
            # It has not changed more than by chance.
            continue
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
