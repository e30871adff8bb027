"""The published figures as self-contained HTML: one page for each year, printed figures, an index.

A page contains everything that it needs and fetches nothing, so that it works as a file.
The same publication always gives the same page. The figures and their order are defined in
`outline`; the layout, in templates/ and static/.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.vocabulary import vocabulary
from dashboards import correction_words, definitions, frame, open_data, origin, outline, words
from dashboards.corrections import of_package, of_year, on_page
from dashboards.figures import cards, key_figures, lead_findings, sections
from dashboards.figures.key_figures import HEADLINE
from dashboards.figures.printed_comparison import HEADERS, printed_report, printed_years
from dashboards.figures.printed_comparison import MART as COMPARISON
from dashboards.open_data import page as open_data_page
from dashboards.open_data import page_words
from dashboards.publication import OPEN_DATA, Publication
from dashboards.report.tables import key_figure_cells, table

INDEX_FILE = "index.html"
COMPARISON_FILE = "trykte-tall.html"
DATA_FILES = {"nb": "apne-data.html", "en": "open-data.html"}


def year_file(year: int) -> str:
    """The path of the page of a year, relative to the index."""
    return f"{year}/nora-{year}.html"


def render_year(
    publication: Publication,
    year: int,
    forms: Mapping[int, str] | None = None,
    notice: str = "",
) -> str:
    """Return the page of a year as HTML; KeyError when the year is not published.

    `forms` is month -> address of its form, relative to the page. `notice` is a sentence under the
    heading, for a page that is distributed alone.
    """
    if year not in publication.years:
        raise KeyError(year)
    publication = publication.behind(year)
    groups = sections(publication, year)
    figures = [figure for group in groups for figure in group.figures]
    printed = printed_report(publication, year)
    until = publication.part_until(year)
    return _render(
        "files/year.html",
        publication,
        words.title(year),
        built_at=year,
        root="../",
        year=year,
        leads=list(filter(None, (notice, origin.period(publication, year)))),
        first_year=publication.previous(year) is None,
        findings=lead_findings(
            publication, year, outline.YEAR_FINDINGS, {figure.id: figure for figure in figures}
        ),
        corrected=on_page(
            of_package(of_year(publication, year)),
            publication.key_figures,
            {figure.id: figure.title for figure in figures},
        ),
        correction_words=correction_words,
        cards=cards(publication, year),
        key_figures=key_figure_cells(publication, year),
        sections=groups,
        tables={figure.id: table(figure) for figure in figures},
        charts=frame.charts(figures),
        marks=_marks(publication, year),
        made=origin.made(publication, year),
        rejected=origin.rejected(publication, year),
        deliveries=[(one["name"], one["sha256"]) for one in publication.deliveries(year)],
        privacy=origin.privacy(publication),
        editions=origin.editions(publication),
        definitions={
            words.KEY_FIGURE_DEFINITIONS: definitions.key_figures(publication, until),
            words.TABLE_DEFINITIONS: definitions.tables(publication, until),
        },
        comparison=printed.summary if printed.figures else "",
        forms={words.MONTHS[month - 1]: address for month, address in (forms or {}).items()},
    )


def render_overview(publication: Publication) -> dict[str, str]:
    """Return the pages outside the folders of the years, by their file names.

    The printed figures, and the pages about the open data, are among them if they are published
    for this audience.
    """
    pages = {INDEX_FILE: render_index(publication)}
    if printed_years(publication):
        pages[COMPARISON_FILE] = render_comparison(publication)
    if publication.holds(OPEN_DATA):
        pages |= {file: render_open_data(publication, of) for of, file in DATA_FILES.items()}
    return pages


def render_index(publication: Publication) -> str:
    """Return the page that links to every year, as HTML."""
    years = sorted(publication.years, reverse=True)
    figures = {year: key_figures(publication, year) for year in years}
    newest = years[0] if years else None
    headline = [name for name in HEADLINE if name in publication.key_figures]
    rows = [
        (
            year,
            [figures[year].text_on_the_day(name) for name in headline],
            figures[year].text("work_exit_share"),
            origin.period(publication, year),
            _marks(publication, year),
        )
        for year in years
    ]
    corrected = {
        year: on_page(of_package(of_year(publication, year)), (*headline, "work_exit_share"), {})
        for year in years
    }
    unpublished = origin.unpublished(publication)
    lead = words.INDEX_LEAD if newest else "" if unpublished else words.INDEX_EMPTY
    key_list = vocabulary().code_list("key_figure")
    return _render(
        "files/index.html",
        publication,
        words.INDEX_TITLE,
        built_at=newest,
        newest=newest,
        headers=[key_list[name].label_nb for name in headline],
        work=headline.index("work_exits") if "work_exits" in headline else None,
        rows=rows,
        corrected=[
            correction_words.cell(str(year), one.told)
            for year, listed in corrected.items()
            for one in listed
        ],
        rejected=list(
            dict.fromkeys(mark.sentence for year in years for mark in _marks(publication, year))
        ),
        leads=[*filter(None, [lead]), *unpublished],
        privacy=origin.privacy(publication),
        no_share=(words.NOTHING, words.HIDDEN),
        printed=sorted(printed_years(publication), reverse=True),
        data=DATA_FILES["nb"] if publication.holds(OPEN_DATA) else "",
    )


def render_comparison(publication: Publication) -> str:
    """Return the page of the printed figures and the records, as HTML.

    KeyError when no printed figure is published for this audience.
    """
    years = sorted(printed_years(publication), reverse=True)
    if not years:
        raise KeyError(COMPARISON)
    return _render(
        "files/comparison.html",
        publication,
        vocabulary().table(f"marts.{COMPARISON}").label_nb,
        built_at=years[0],
        root="",
        year=None,
        statuses=vocabulary().code_list("comparison_status").codes,
        reports=[
            (printed_report(publication, year), origin.marks(publication, [year])) for year in years
        ],
        headers=HEADERS,
    )


def render_open_data(publication: Publication, language: str) -> str:
    """Return the page about the open data as HTML; ValueError when there are none."""
    other = next(one for one in DATA_FILES if one != language)
    folder = f"{open_data.FOLDER}/"
    said = page_words.WORDS[language]
    return frame.render(
        "files/open_data.html",
        open_data_page.notices(publication, language),
        said.title,
        charts="",
        leads=[said.lead],
        other_page={"href": DATA_FILES[other], "language": other},
        dashboard=INDEX_FILE,
        **open_data_page.content(publication, language, folder, folder),
    )


def _render(
    template: str, publication: Publication, heading: str, built_at: int | None, **context: Any
) -> str:
    """Render a page; `built_at` is the year whose build its foot shows."""
    notices = frame.notices(publication, built_at)
    common = {
        "charts": "",
        "years": sorted(publication.years, reverse=True),
        "year_file": year_file,
        "index_file": INDEX_FILE,
        "comparison_file": COMPARISON_FILE,
    }
    return frame.render(template, notices, heading, **common | context)


def _marks(publication: Publication, year: int) -> tuple[origin.Mark, ...]:
    return origin.marks(publication, origin.shown_years(publication, year))
