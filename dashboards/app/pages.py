"""What stands on each page of the live dashboard, from its heading to where the numbers come from.

Most pages are cards and figures, as `outline` says; five have something of their own, said here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby

from dash import html
from dash.development.base_component import Component

from assets.vocabulary import vocabulary
from dashboards import definitions, numbers, origin, words
from dashboards.app import blocks, outline
from dashboards.app.address import Address, Choices
from dashboards.app.blocks import Link
from dashboards.app.downloads import Downloads
from dashboards.app.source import Published
from dashboards.figures import cards
from dashboards.figures.monthly_form import Line, MonthlyForm, monthly_form, months
from dashboards.figures.published_comparison import (
    LOOKED_AT,
    PrintedFigure,
    counts_by_status,
    printed_figures,
    printed_years,
)
from dashboards.forms import notes as form_notes
from dashboards.publication import Publication
from dashboards.report.content import Entry, Report

_KEY_FIGURES = "key_figures"


def title(address: Address) -> str:
    """The heading of a page, which is the beginning of its title too."""
    if address.page is outline.MONTHLY_FORM and address.choices.month is not None:
        return words.form_title(address.choices.year, address.choices.month)
    if address.page is outline.ABOUT:
        return address.page.title
    heading = _HEADINGS.get(address.page.name, partial(words.app_heading, address.page.title))
    return heading(address.choices.year)


def settled(published: Published, address: Address) -> Address:
    """Return the address with the month that a page of months shows when none is named."""
    choices = address.choices
    if address.page is not outline.MONTHLY_FORM or choices.month is not None:
        return address
    listed = months(published.publication, choices.year)
    month = listed[-1] if listed else None
    return Address(
        address.page, Choices(choices.year, choices.compared_with, choices.by_gender, month)
    )


def content(published: Published, address: Address, downloads: Downloads) -> list[Component]:
    """Return what stands inside `main`, the heading first."""
    make = _OWN.get(address.page.name, _figures)
    return [
        html.Div(
            [
                html.H1(title(address)),
                *blocks.paragraphs(_leads(published, address), "period"),
                *_chooser(published, address),
                *_whole(published, address, downloads),
            ],
            className="opening",
        ),
        *make(published, address, downloads),
        _origin(published, address),
    ]


def graphs(published: Published, address: Address) -> list[Component]:
    """Return the charts of the page, which stand in the places that `content` gives them."""
    found = _entries(published.report(address.choices))
    figures = [found[name].table.figure for name in address.page.figures if name in found]
    return [blocks.graph(figure, figure.chart) for figure in figures if figure.chart is not None]


def _leads(published: Published, address: Address) -> list[str]:
    """What the page shows, in sentences under its heading."""
    page, choices = address.page, address.choices
    if page is outline.PRINTED:
        return [words.COMPARISON_LEAD]
    if page is outline.ABOUT:
        return [words.APP_ABOUT_LEAD]
    if page is outline.MONTHLY_FORM:
        return [words.FORM_LEAD]
    if page is outline.QUALITY:
        return [words.APP_QUALITY_LEAD]
    previous = choices.seen(published.publication).previous(choices.year)
    compared = words.app_compared(previous) if previous else words.FIRST_YEAR
    period = published.report(choices).period
    unpublished = origin.unpublished(published.publication) if page is outline.OVERVIEW else []
    return [" ".join(filter(None, (compared, period))), *unpublished]


# --- Choices --------------------------------------------------------------------------------------


def _chooser(published: Published, address: Address) -> list[Component]:
    """Year, month, what to compare with, gender: as links, the chosen one marked."""
    lists = [
        make(published, address) for name, make in _CHOOSERS.items() if name in address.page.choices
    ]
    shown = [listed for listed in lists if listed is not None]
    return [html.Div(shown, className="choices")] if shown else []


def _years(published: Published, address: Address) -> Component:
    listed = [
        Link(
            str(year),
            address.to(address.page, address.choices.in_year(year)),
            "true" if year == address.choices.year else "",
        )
        for year in reversed(published.publication.years)
    ]
    return blocks.links(words.YEARS, listed, "choice", shown=True)


def _compared(published: Published, address: Address) -> Component | None:
    choices = address.choices
    previous = choices.seen(published.publication).previous(choices.year)
    listed = [
        Link(
            str(year),
            address.to(
                address.page,
                Choices(
                    choices.year, None if year == choices.year - 1 else year, choices.by_gender
                ),
            ),
            "true" if year == previous else "",
        )
        for year in reversed(published.publication.years)
        if year != choices.year
    ]
    return blocks.links(words.APP_COMPARE, listed, "choice", shown=True) if listed else None


def _gender(_: Published, address: Address) -> Component:
    choices = address.choices
    listed = [
        Link(
            text,
            address.to(
                address.page, Choices(choices.year, choices.compared_with, by_gender, choices.month)
            ),
            "true" if by_gender == choices.by_gender else "",
        )
        for text, by_gender in ((words.APP_GENDER_ON, True), (words.APP_GENDER_OFF, False))
    ]
    return blocks.links(words.APP_GENDER, listed, "choice", shown=True)


def _months(published: Published, address: Address) -> Component:
    choices = address.choices
    listed = [
        Link(
            words.MONTHS[month - 1],
            address.to(
                address.page,
                Choices(choices.year, choices.compared_with, choices.by_gender, month),
            ),
            "true" if month == choices.month else "",
        )
        for month in months(published.publication, choices.year)
    ]
    return blocks.links(words.APP_MONTH, listed, "choice", shown=True)


_CHOOSERS: Mapping[str, Callable[[Published, Address], Component | None]] = {
    "year": _years,
    "month": _months,
    "compared": _compared,
    "gender": _gender,
}


def _whole(published: Published, address: Address, downloads: Downloads) -> list[Component]:
    """How everything, or the page, can be taken along."""
    choices = address.choices
    listed = [Link(words.app_workbook(choices.year), downloads.workbook(choices))]
    if address.page is outline.MONTHLY_FORM and choices.month is not None:
        listed = [Link(words.FORM_WORKBOOK, downloads.form(choices)), *listed]
    return [
        html.P(
            [
                *(html.A(to.text, href=to.href, className="take") for to in listed),
                html.Button(words.APP_PRINT, type="button", className="print", id="skriv-ut"),
            ],
            className="take-along whole",
        )
    ]


# --- Pages of figures -----------------------------------------------------------------------------


def _figures(published: Published, address: Address, downloads: Downloads) -> list[Component]:
    report = published.report(address.choices)
    found = _entries(report)
    return [
        *_cards(published, address, downloads, report),
        *(
            blocks.section(
                group.id,
                group.title,
                [
                    html.Div(
                        _listed(report, group.figures, published, address, downloads),
                        className="figures",
                    )
                ],
            )
            for group in address.page.groups
            if any(name in found for name in group.figures)
        ),
    ]


def _cards(
    published: Published, address: Address, downloads: Downloads, report: Report
) -> list[Component]:
    if not address.page.cards:
        return []
    choices = address.choices
    found = {card.id: card for card in cards(choices.seen(published.publication), choices.year)}
    chosen = [found[name] for name in address.page.cards if name in found]
    shown: list[Component] = [
        *blocks.mark_links(_marks(published, choices)),
        blocks.card_list(chosen),
    ]
    table = _entries(report)[_KEY_FIGURES].table
    is_whole = address.page is outline.OVERVIEW
    if any(card.withholds for card in chosen) or (is_whole and table.figure.withholds()):
        shown += blocks.paragraphs([words.HIDDEN_SENTENCE])
    if is_whole:
        shown += [
            blocks.folded(table.figure.title, blocks.figure_table(table, choices.year)),
            blocks.take_along(table.figure.title, downloads.of_figure(table.figure, choices)),
        ]
    name = words.SECTIONS["nokkeltall"]
    return [blocks.section("nokkeltall", name, shown)]


def _listed(
    report: Report,
    names: Iterable[str],
    published: Published,
    address: Address,
    downloads: Downloads,
) -> list[Component]:
    found = _entries(report)
    marks = _marks(published, address.choices)
    return [
        blocks.figure_block(
            found[name].table,
            address.choices.year,
            marks,
            downloads.of_figure(found[name].table.figure, address.choices),
            downloads.no_pictures,
        )
        for name in names
        # Not every audience gets every figure.
        if name in found
    ]


def _entries(report: Report) -> dict[str, Entry]:
    return {entry.id: entry for entry in report.tables}


def _marks(published: Published, choices: Choices) -> tuple[origin.Mark, ...]:
    """What was rejected of the year, and of the year beside it."""
    seen = choices.seen(published.publication)
    return origin.marks(seen, origin.shown_years(seen, choices.year))


# --- Where the numbers come from ------------------------------------------------------------------


def _origin(published: Published, address: Address) -> Component:
    """When the numbers were made, of what, and what was rejected: at the foot of every page."""
    seen, year = address.choices.seen(published.publication), address.choices.year
    parts: list[Component] = [html.P(" ".join(origin.made(seen, year)))]
    if rejected := origin.rejected(seen, year):
        parts.append(html.P(" ".join(rejected), className="rejected", id="avvist"))
    onwards = [
        html.A(page.title, href=address.to(page))
        for page in (outline.ABOUT, outline.QUALITY)
        if page is not address.page
    ]
    parts.append(html.P(onwards, className="onwards"))
    return blocks.section("kilder", words.SOURCES, parts)


# --- The monthly form -----------------------------------------------------------------------------


def _form(published: Published, address: Address, _: Downloads) -> list[Component]:
    choices = address.choices
    if choices.month is None:
        said = words.nobody(words.APP_NO_FORMS, choices.year)
        return [html.P(said, className="empty")]
    seen = choices.seen(published.publication)
    form = monthly_form(seen, choices.year, choices.month)
    running = form_notes.running(form)
    name = words.form_title(form.year, form.month)
    table = html.Table(
        [
            blocks.unseen_caption("skjema", name),
            html.Colgroup(),
            *(html.Colgroup(span=str(len(form.columns)), className=p.code) for p in form.periods),
            _form_head(form),
            *(_form_body(form, block.heading, block.lines, block.is_sum) for block in form.blocks),
        ],
        className="form",
    )
    return [
        *(blocks.paragraphs([running], "running") if running else []),
        blocks.scrolled(table, "t-skjema"),
        *blocks.paragraphs(
            [vocabulary().table("marts.monthly_form").definition_nb, form_notes.READING]
        ),
    ]


def _form_head(form: MonthlyForm) -> Component:
    width = len(form.columns)
    spans = [
        html.Th(
            [period.label, " ", html.Span(words.period(period.first, period.last))],
            scope="colgroup",
            colSpan=width,
            className="span",
        )
        for period in form.periods
    ]
    headers = [
        html.Th(header, scope="col", className="number first" if i == 0 else "number")
        for _ in form.periods
        for i, header in enumerate(form.columns.values())
    ]
    what = html.Th(words.FORM_LINE, scope="col", rowSpan=2, className="what")
    return html.Thead([html.Tr([what, *spans]), html.Tr(headers)])


def _form_body(form: MonthlyForm, heading: str, lines: Iterable[Line], is_sum: bool) -> Component:
    rows: list[Component] = []
    if heading:
        width = 1 + len(form.periods) * len(form.columns)
        head = html.Th(heading, scope="rowgroup", className="what", colSpan=width)
        rows.append(html.Tr(head, className="heading"))
    rows += [
        html.Tr(
            [
                html.Th(line.label, scope="row", className="what"),
                *(
                    _form_cell(line, period.code, column, first=i == 0)
                    for period in form.periods
                    for i, column in enumerate(form.columns)
                ),
            ]
        )
        for line in lines
    ]
    return html.Tbody(rows, className="sum" if is_sum else None)


def _form_cell(line: Line, period: str, column: str, *, first: bool) -> Component:
    cell = line.cells.get((period, column))
    is_zero = cell is not None and cell.value == 0
    names = ["number", *(["first"] if first else []), *(["zero"] if is_zero else [])]
    return html.Td(cell.text if cell else "", className=" ".join(names))


# --- The printed figures --------------------------------------------------------------------------


def _printed(published: Published, address: Address, downloads: Downloads) -> list[Component]:
    publication, year = published.publication, address.choices.year
    if year not in printed_years(publication):
        said = words.nobody(words.NOBODY[outline.COMPARISON], year)
        return [html.P(said, className="empty")]
    figures = printed_figures(publication, year)
    statuses = vocabulary().code_list("comparison_status").codes
    counts = counts_by_status(publication, year)
    looked_at = [f for status in LOOKED_AT for f in figures if f.status == status]
    figure = _entries(published.report(address.choices))[outline.COMPARISON].table.figure
    overview = blocks.plain_table(
        "oversikt",
        words.COMPARISON_OVERVIEW,
        [words.APP_STATUS, words.COUNT, words.REPORT_MEANING],
        [
            (entry.label_nb, numbers.count(counts[entry.code]), words.STATUS_MEANINGS[entry.code])
            for entry in statuses
        ],
        numbers=[1],
        class_name="meanings",
    )
    taken = downloads.of_figure(figure, address.choices)
    look: Component = html.P(words.NOTHING_TO_LOOK_AT, className="empty")
    if looked_at:
        rows = [html.Tbody([_printed_row(f, f.section_label) for f in looked_at])]
        look = _printed_table("se-pa", words.LOOK_AT, rows)
    by_section = [
        html.Tbody(
            [
                html.Tr(html.Th(section, scope="rowgroup", colSpan=5), className="section"),
                *(_printed_row(f) for f in listed),
            ]
        )
        for section, listed in groupby(figures, key=lambda figure: figure.section_label)
    ]
    everything = _printed_table("alle", words.ALL_PRINTED, by_section)
    return [
        blocks.section(
            "stemmer",
            words.COMPARISON_OVERVIEW,
            [
                html.P(words.comparison_summary(counts), className="summary"),
                overview,
                blocks.take_along(figure.title, taken),
            ],
        ),
        html.Div(
            [
                blocks.section("verdt-a-se-pa", words.LOOK_AT, [look]),
                blocks.section("alle-tallene", words.ALL_PRINTED, [everything]),
            ],
            className="printed",
        ),
    ]


def _printed_table(name: str, caption: str, bodies: Sequence[Component]) -> Component:
    mart = vocabulary().table(f"marts.{outline.COMPARISON}")
    labels = {column.name: column.label_nb for column in mart.columns}
    head = html.Tr(
        [
            html.Th(labels["figure"], scope="col"),
            html.Th(labels["published"], scope="col", className="number"),
            html.Th(labels["derived"], scope="col", className="number"),
            html.Th(labels["status"], scope="col"),
            html.Th(labels["note"], scope="col"),
        ]
    )
    table = html.Table(
        [
            blocks.unseen_caption(name, caption),
            html.Thead(head),
            *bodies,
        ]
    )
    return blocks.scrolled(table, f"t-{name}")


def _printed_row(figure: PrintedFigure, section: str = "") -> Component:
    details = [html.Span(text, className="part") for text in (figure.part, section) if text]
    return html.Tr(
        [
            html.Th([figure.label, *details], scope="row"),
            html.Td(figure.published_text, className="number"),
            html.Td(figure.derived_text, className="number"),
            html.Td(figure.status_label, className=f"status {figure.status}"),
            html.Td(figure.note),
        ]
    )


# --- Quality --------------------------------------------------------------------------------------


def _quality(published: Published, address: Address, _: Downloads) -> list[Component]:
    publication, year = published.publication, address.choices.year
    by_year = []
    for of in reversed(publication.years):
        checks = publication.checks(of)
        by_year.append(
            (
                str(of),
                numbers.count(publication.delivery_count(of)),
                numbers.count(publication.rows_rejected(of)),
                numbers.count(checks["run"]) if checks else words.NOTHING,
                numbers.count(checks["failed"]) if checks else words.NOTHING,
                words.day(publication.counted_until(of)),
                words.moment(publication.built_at(of)),
            )
        )
    refused = int(publication.manifest.get("deliveries_refused", 0))
    said = (
        words.refused_sentence(numbers.count(refused), refused == 1)
        if refused
        else words.APP_NONE_REFUSED
    )
    return [
        blocks.section(
            "kontroller",
            words.APP_QUALITY_YEARS,
            [
                blocks.plain_table(
                    "kvalitet",
                    words.APP_QUALITY_YEARS,
                    words.APP_QUALITY_HEADERS,
                    by_year,
                    numbers=[1, 2, 3, 4],
                    class_name="when",
                ),
                html.P(said, className="note"),
            ],
        ),
        *_errors(publication, year),
        *_deliveries(publication, year),
    ]


def _errors(publication: Publication, year: int) -> list[Component]:
    """What is wrong with the rejected rows of a year; no section where there are none."""
    listed = origin.errors(publication, year)
    if not listed:
        return []
    title = words.app_errors(year)
    headers = [words.APP_ERROR, vocabulary().columns["rows_rejected"].label_nb]
    table = blocks.plain_table("feil", title, headers, listed, numbers=[1], class_name="kinds")
    return [blocks.section("feil", title, [table, *blocks.paragraphs([words.APP_ERRORS_NOTE])])]


def _deliveries(publication: Publication, year: int) -> list[Component]:
    """What a year is built of; no section where deliveries are counted and not named."""
    listed = [
        (
            str(delivery["name"]),
            words.APP_REFUSED if delivery.get("refused") else words.APP_READ,
            str(delivery["sha256"]),
        )
        for delivery in publication.deliveries(year)
    ]
    if not listed:
        return []
    title = words.app_deliveries(year)
    headers = [words.DELIVERY, words.APP_STATUS, words.CHECKSUM]
    table = blocks.plain_table("leveranser", title, headers, listed, class_name="deliveries")
    return [blocks.section("leveranser", title, [table])]


# --- What the numbers mean ------------------------------------------------------------------------


def _about(published: Published, _: Address, __: Downloads) -> list[Component]:
    publication = published.publication
    return [
        blocks.section(
            "nokkeltallene",
            words.KEY_FIGURE_DEFINITIONS,
            [blocks.definitions(definitions.key_figures(publication))],
        ),
        blocks.section(
            "tabellene",
            words.TABLE_DEFINITIONS,
            [blocks.definitions(definitions.tables(publication))],
        ),
        blocks.section(
            "avrunding",
            words.ROUNDING,
            [
                *blocks.paragraphs(words.ROUNDING_SENTENCES, "told"),
                *blocks.paragraphs([words.HIDDEN_SENTENCE, words.NOTHING_SENTENCE], "told"),
            ],
        ),
        *_told("skjermet", words.PRIVACY, origin.privacy(publication)),
        *_told("utgaver", words.EDITIONS, origin.editions(publication)),
    ]


def _told(name: str, title: str, sentences: Sequence[str]) -> list[Component]:
    """Sentences under a heading; nothing where there are none."""
    return [blocks.section(name, title, blocks.paragraphs(sentences, "told"))] if sentences else []


_HEADINGS: Mapping[str, Callable[[int], str]] = {
    outline.OVERVIEW.name: words.title,
    outline.PRINTED.name: words.app_printed_heading,
    outline.QUALITY.name: words.app_quality_heading,
}

_OWN: Mapping[str, Callable[[Published, Address, Downloads], list[Component]]] = {
    outline.MONTHLY_FORM.name: _form,
    outline.PRINTED.name: _printed,
    outline.QUALITY.name: _quality,
    outline.ABOUT.name: _about,
}
