"""The published figures as self-contained HTML: one page for each year, and an index.

A page carries everything that it needs and asks for nothing else, so that it works as a file.
The same publication always gives the same page. Which figures there are, and in which order, is
said in `figures.sections`; how they look, in templates/ and static/.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from assets.vocabulary import TOTAL, vocabulary
from dashboards import numbers, words
from dashboards.figures import Figure, cards, key_figure_table, key_figures, sections
from dashboards.figures.charts import CONFIG
from dashboards.figures.key_figures import HEADLINE
from dashboards.publication import Publication

INDEX_FILE = "index.html"

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Mark:
    """That rows of a year, or whole deliveries (year None), were rejected.

    `short` stands beside a figure, `sentence` where the numbers are explained.
    """

    year: int | None
    short: str
    sentence: str


def year_file(year: int) -> str:
    """Where the page of a year lies, seen from the index."""
    return f"{year}/nora-{year}.html"


def render_year(publication: Publication, year: int) -> str:
    """Return the page of a year as HTML; KeyError when the year is not published."""
    if year not in publication.years:
        raise KeyError(year)
    groups = sections(publication, year)
    table = key_figure_table(publication, year)
    return _render(
        "year.html",
        publication,
        root="../",
        year=year,
        period=_period(publication, year),
        first_year=publication.previous(year) is None,
        cards=cards(publication, year),
        key_figure_table=table,
        sections=groups,
        charts=_charts(figure for group in groups for figure in group.figures),
        marks=_marks(publication, year),
        about=_about(publication, year),
        marts=[mart for mart in vocabulary().layer("marts") if mart.definition_nb],
        key_figures=vocabulary().code_list("key_figure").codes,
        plotly=_inline("plotly-basic.min.js"),
    )


def render_index(publication: Publication) -> str:
    """Return the page that leads to every year, as HTML."""
    years = sorted(publication.years, reverse=True)
    figures = {year: key_figures(publication, year) for year in years}
    newest = years[0]
    rows = [
        (
            year,
            [figures[year].text(name) for name in HEADLINE],
            figures[year].text("work_exit_share"),
            _period(publication, year),
            _marks(publication, year),
        )
        for year in years
    ]
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
        built=words.built(words.moment(publication.built_at(newest))),
        nothing=words.NOTHING,
    )


def _render(template: str, publication: Publication, **context: Any) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(
        words=words,
        total=vocabulary().code_list("aggregate")[TOTAL].label_nb,
        marking=publication.manifest["marking"],
        synthetic=words.synthetic(publication.synthetic_years, publication.years),
        years=sorted(publication.years, reverse=True),
        year_file=year_file,
        index_file=INDEX_FILE,
        style=_inline("page.css"),
        script=_inline("page.js"),
        **context,
    )


def _inline(name: str) -> Markup:
    """A file of static/ as it stands. Ours or vendored, so never escaped."""
    return Markup((_HERE / "static" / name).read_text(encoding="utf-8"))  # noqa: S704


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


def _period(publication: Publication, year: int) -> str:
    until = publication.counted_until(year)
    if until == date(year, 12, 31):
        return ""
    return f"{words.unfinished(year, publication.previous(year))} {words.counted_until(until)}"


def _marks(publication: Publication, year: int) -> tuple[Mark, ...]:
    """What was rejected of the year and of the year it is compared with."""
    years = [y for y in (year, publication.previous(year)) if y is not None]
    rows = [(y, publication.rows_rejected(y)) for y in years]
    marks = [
        Mark(
            y,
            words.rejected(numbers.count(n), y, n == 1),
            words.rejected_sentence(numbers.count(n), y, n == 1),
        )
        for y, n in rows
        if n
    ]
    if refused := int(publication.manifest.get("deliveries_refused", 0)):
        number = numbers.count(refused)
        marks.append(
            Mark(
                None,
                words.refused(number, refused == 1),
                words.refused_sentence(number, refused == 1),
            )
        )
    return tuple(marks)


def _about(publication: Publication, year: int) -> dict[str, Any]:
    """Where the numbers of a year come from, in sentences, and the deliveries."""
    checks = publication.checks(year)
    deliveries = publication.deliveries(year)
    sentences = [
        words.built(words.moment(publication.built_at(year))),
        words.counted_until(publication.counted_until(year)),
        words.deliveries(numbers.count(len(deliveries)), len(deliveries) == 1),
    ]
    if not _marks(publication, year):
        sentences.append(words.NOTHING_REJECTED)
    if checks:
        failed = numbers.count(checks["failed"]) if checks["failed"] else ""
        sentences.append(words.checks(numbers.count(checks["run"]), failed))
    return {"sentences": sentences, "deliveries": deliveries}
