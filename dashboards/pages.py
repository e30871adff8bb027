"""The published figures as self-contained HTML: one page for each year, the printed ones, an index.

A page carries everything that it needs and asks for nothing else, so that it works as a file.
The same publication always gives the same page. Which figures there are, and in which order, is
said in `figures.sections`; how they look, in templates/ and static/.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from markupsafe import Markup

from assets.vocabulary import TOTAL, vocabulary
from dashboards import definitions, frame, origin, words
from dashboards.figures import Figure, cards, key_figure_table, key_figures, sections
from dashboards.figures.charts import CONFIG
from dashboards.figures.key_figures import HEADLINE
from dashboards.figures.published_comparison import (
    LOOKED_AT,
    counts_by_status,
    printed_figures,
    printed_years,
)
from dashboards.figures.published_comparison import MART as COMPARISON
from dashboards.publication import Publication

INDEX_FILE = "index.html"
COMPARISON_FILE = "trykte-tall.html"


def year_file(year: int) -> str:
    """Where the page of a year lies, seen from the index."""
    return f"{year}/nora-{year}.html"


def render_year(
    publication: Publication,
    year: int,
    forms: Mapping[int, str] | None = None,
    notice: str = "",
) -> str:
    """Return the page of a year as HTML; KeyError when the year is not published.

    `forms` is where the form of each month lies, seen from the page: month -> address. `notice` is
    a sentence under the heading, for a page that goes its own way.
    """
    if year not in publication.years:
        raise KeyError(year)
    groups = sections(publication, year)
    table = key_figure_table(publication, year)
    return _render(
        "year.html",
        publication,
        root="../",
        year=year,
        notice=notice,
        period=origin.period(publication, year),
        first_year=publication.previous(year) is None,
        cards=cards(publication, year),
        key_figure_table=table,
        sections=groups,
        charts=_charts(figure for group in groups for figure in group.figures),
        marks=_marks(publication, year),
        made=origin.made(publication, year),
        rejected=origin.rejected(publication, year),
        deliveries=publication.deliveries(year),
        privacy=origin.privacy(publication),
        editions=origin.editions(publication),
        definitions={
            words.KEY_FIGURE_DEFINITIONS: definitions.key_figures(publication),
            words.TABLE_DEFINITIONS: definitions.tables(publication),
        },
        plotly=frame.inline("plotly-basic.min.js"),
        script=frame.inline("page.js"),
        comparison=_comparison(publication, year),
        forms={words.MONTHS[month - 1]: address for month, address in (forms or {}).items()},
    )


def render_overview(publication: Publication) -> dict[str, str]:
    """Return the pages that lie beside the folders of the years, by their file names.

    The printed figures are among them where they are published for this audience.
    """
    pages = {INDEX_FILE: render_index(publication)}
    if printed_years(publication):
        pages[COMPARISON_FILE] = render_comparison(publication)
    return pages


def render_index(publication: Publication) -> str:
    """Return the page that leads to every year, as HTML."""
    years = sorted(publication.years, reverse=True)
    figures = {year: key_figures(publication, year) for year in years}
    newest = years[0] if years else None
    rows = [
        (
            year,
            [figures[year].text(name) for name in HEADLINE],
            figures[year].text("work_exit_share"),
            origin.period(publication, year),
            _marks(publication, year),
        )
        for year in years
    ]
    unpublished = origin.unpublished(publication)
    key_list = vocabulary().code_list("key_figure")
    return _render(
        "index.html",
        publication,
        root="",
        newest=newest,
        headers=[key_list[name].label_nb for name in HEADLINE],
        work=HEADLINE.index("work_exits"),
        rows=rows,
        rejected=list(
            dict.fromkeys(mark.sentence for year in years for mark in _marks(publication, year))
        ),
        built=words.built(words.moment(publication.built_at(newest))) if newest else "",
        lead=words.INDEX_LEAD if newest else "" if unpublished else words.INDEX_EMPTY,
        unpublished=unpublished,
        privacy=origin.privacy(publication),
        no_share=(words.NOTHING, words.HIDDEN),
        printed=sorted(printed_years(publication), reverse=True),
    )


def render_comparison(publication: Publication) -> str:
    """Return the page of the printed figures beside the records, as HTML.

    KeyError when nothing that was printed is published for this audience.
    """
    years = sorted(printed_years(publication), reverse=True)
    if not years:
        raise KeyError(COMPARISON)
    mart = vocabulary().table(f"marts.{COMPARISON}")
    statuses = vocabulary().code_list("comparison_status").codes
    return _render(
        "comparison.html",
        publication,
        root="",
        year=None,
        title=mart.label_nb,
        statuses=statuses,
        reports=[_report(publication, year) for year in years],
        headers={column.name: column.label_nb for column in mart.columns},
        built=words.built(words.moment(publication.built_at(years[0]))),
    )


def _report(publication: Publication, year: int) -> dict[str, Any]:
    """The printed figures of one annual report, those that deserve a look first."""
    figures = printed_figures(publication, year)
    return {
        "year": year,
        "counts": counts_by_status(publication, year),
        "summary": words.comparison_summary(counts_by_status(publication, year)),
        "looked_at": [
            figure for status in LOOKED_AT for figure in figures if figure.status == status
        ],
        "by_section": [
            (section, list(listed))
            for section, listed in groupby(figures, key=lambda figure: figure.section_label)
        ],
        "marks": origin.marks(publication, [year]),
    }


def _comparison(publication: Publication, year: int) -> str:
    """How the printed figures of a year compare, in a sentence; empty when there are none."""
    if year not in printed_years(publication):
        return ""
    return words.comparison_summary(counts_by_status(publication, year))


def _render(template: str, publication: Publication, **context: Any) -> str:
    return frame.render(
        template,
        publication,
        synthetic=words.synthetic(publication.synthetic_years, publication.years),
        total=vocabulary().code_list("aggregate")[TOTAL].label_nb,
        years=sorted(publication.years, reverse=True),
        year_file=year_file,
        index_file=INDEX_FILE,
        comparison_file=COMPARISON_FILE,
        **context,
    )


def _charts(figures: Iterable[Figure]) -> Markup:
    """Every chart as JSON that may stand inside a script element."""
    drawn = {
        figure.id: {key: figure.chart.to_plotly_json()[key] for key in ("data", "layout")}
        for figure in figures
        if figure.chart is not None
    }
    text = json.dumps(
        {"config": CONFIG, "figures": drawn}, ensure_ascii=False, sort_keys=True,
        separators=(",", ":"), allow_nan=False,
    )  # fmt: skip
    # Escaped for a script, which knows no HTML entities; without "<" nothing can end it.
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)  # noqa: S704


def _marks(publication: Publication, year: int) -> tuple[origin.Mark, ...]:
    return origin.marks(publication, origin.shown_years(publication, year))
