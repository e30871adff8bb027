"""What pages are put together from, as Dash components: figures, tables, cards, lists of links.

Every text goes in as text, whatever it holds. How things look is said in static/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from dashboards import origin, words
from dashboards.figures import Card, Figure
from dashboards.figures.charts import CONFIG
from dashboards.report.tables import Table

Children = Sequence[Component | str]


@dataclass(frozen=True)
class Link:
    """One link of a list; `current` marks where the reader is, as aria-current says it."""

    text: str
    href: str
    current: str = ""


def aria(**attributes: str) -> dict[str, Any]:
    """Attributes whose names begin with aria-, for a component."""
    return {f"aria-{name}": text for name, text in attributes.items()}


def link(to: Link) -> Component:
    """A link, marked where it leads to what is shown."""
    return html.A(to.text, href=to.href, **(aria(current=to.current) if to.current else {}))


def links(label: str, listed: Iterable[Link], class_name: str, *, shown: bool = False) -> Component:
    """A navigation; with `shown` its label stands before the links."""
    items = html.Ul([html.Li(link(to)) for to in listed])
    if not shown:
        return html.Nav(items, className=class_name, **aria(label=label))
    return html.Nav(
        [html.Span(label, className="label"), items], className=class_name, **aria(label=label)
    )


def paragraphs(sentences: Iterable[str], class_name: str = "note") -> list[Component]:
    """Each sentence as a paragraph of its own."""
    return [html.P(sentence, className=class_name) for sentence in sentences]


def section(name: str, title: str, children: Children) -> Component:
    """A section under a heading of the second level."""
    return html.Section(
        [html.H2(title, id=f"h-{name}"), *children], id=name, **aria(labelledby=f"h-{name}")
    )


def scrolled(table: Component, labelled_by: str) -> Component:
    """A table that scrolls sideways by itself where it is too wide."""
    return html.Div(
        table, className="scroll", role="region", tabIndex=0, **aria(labelledby=labelled_by)
    )


def plain_table(
    name: str,
    caption: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: Sequence[int] = (),
    class_name: str = "",
) -> Component:
    """A table of texts whose first column names the row; `numbers` are columns of numbers.

    Its caption is for those who do not see the heading above it.
    """
    listed = [[*row] for row in rows]
    return scrolled(
        html.Table(
            [
                unseen_caption(name, caption),
                html.Thead(html.Tr([_header(h, i in numbers) for i, h in enumerate(headers)])),
                html.Tbody([html.Tr(_cells(row, numbers)) for row in listed]),
            ],
            className=class_name,
        ),
        f"t-{name}",
    )


def unseen_caption(name: str, caption: str) -> Component:
    """The name of a table that stands under a heading of the same words."""
    return html.Caption(
        html.Span(f"{words.REPORT_TABLE}: {caption}", className="unseen"), id=f"t-{name}"
    )


def figure_table(table: Table, year: int) -> Component:
    """The rows of a figure; the sum of the others is marked."""
    figure = table.figure
    numbers = [i for i in range(len(table.headers)) if table.is_number(i)]
    body = [
        html.Tr(
            _cells([cell.text for cell in row], numbers),
            className="total" if table.is_total(i) else None,
        )
        for i, row in enumerate(table.rows)
    ]
    return scrolled(
        html.Table(
            [
                html.Caption(f"{figure.title}, {year}", id=f"t-{figure.id}"),
                html.Thead(
                    html.Tr([_header(h, i in numbers) for i, h in enumerate(table.headers)])
                ),
                html.Tbody(body),
            ]
        ),
        f"t-{figure.id}",
    )


def figure_block(
    table: Table, year: int, marks: Sequence[origin.Mark], taken: Sequence[Link], lacking: str
) -> Component:
    """One figure: heading, chart, what it means, its rows, and how to take it along (`taken`).

    `lacking` says why there is no picture to take; empty when there is one.
    """
    figure = table.figure
    parts: list[Component] = [html.H3(figure.title, id=f"h-{figure.id}"), *mark_links(marks)]
    if figure.empty:
        parts.append(html.P(figure.empty, className="empty"))
    else:
        parts.append(html.P(figure.definition, className="definition"))
        if figure.chart is not None:
            parts.append(chart(figure, figure.chart))
        parts += paragraphs(figure.notes_beside)
        if figure.withholds():
            parts += paragraphs([words.HIDDEN_SENTENCE])
        rows = figure_table(table, year)
        parts.append(folded(figure.title, rows) if figure.chart is not None else rows)
        parts.append(take_along(figure.title, taken, lacking if figure.chart is not None else ""))
    return html.Article(
        parts, className="figure", id=figure.id, **aria(labelledby=f"h-{figure.id}")
    )


def chart(figure: Figure, drawn: go.Figure) -> Component:
    """The place of a figure's chart on the page: one picture with its description."""
    return html.Div(
        id=f"c-{figure.id}",
        className="chart",
        role="img",
        style={"height": f"{drawn.layout.height}px"},
        **aria(label=figure.alternative),
    )


def graph(figure: Figure, drawn: go.Figure) -> Component:
    """The chart itself, which the browser puts into its place (`chart`) and draws there."""
    plain = drawn.to_plotly_json()
    layout = {**plain["layout"], "autosize": True}
    return html.Div(
        dcc.Graph(
            id=f"g-{figure.id}",
            figure={"data": plain["data"], "layout": layout},
            config=cast("dcc.Graph.Config", CONFIG),
            responsive=True,
            style={"height": f"{drawn.layout.height}px"},
        ),
        id=f"d-{figure.id}",
        className="drawn",
    )


def folded(title: str, rows: Component) -> Component:
    """A table behind a line that opens it."""
    summary = html.Summary(
        [words.SHOW_TABLE, html.Span(f": {title}", className="unseen")], className="show"
    )
    return html.Details([summary, rows], className="rows")


def take_along(title: str, taken: Sequence[Link], lacking: str = "") -> Component:
    """How the rows and the picture of a figure can be taken along."""
    parts: list[Component | str] = [
        html.A(
            [to.text, html.Span(f": {title}", className="unseen")], href=to.href, className="take"
        )
        for to in taken
    ]
    if lacking:
        parts.append(html.Span(lacking, className="lacking"))
    return html.P(parts, className="take-along")


def mark_links(marks: Sequence[origin.Mark]) -> list[Component]:
    """That rows were rejected, as a link to where it is told."""
    if not marks:
        return []
    said = ", ".join(mark.short for mark in marks)
    return [html.P(html.A(said, href="#avvist"), className="mark")]


def card_list(cards: Iterable[Card]) -> Component:
    """Key figures beside each other."""
    return html.Dl([_card(card) for card in cards], className="cards")


def definitions(listed: Mapping[str, str] | Iterable[tuple[str, str]]) -> Component:
    """Terms with what they mean."""
    pairs = listed.items() if isinstance(listed, Mapping) else listed
    children: list[Component] = []
    for term, meaning in pairs:
        children += [html.Dt(term), html.Dd(meaning)]
    return html.Dl(children, className="definitions")


def _card(card: Card) -> Component:
    said = [html.Span(card.value, className="value")]
    if card.detail:
        said.append(html.Span(card.detail, className="detail"))
    if card.comparison:
        said.append(html.Span(card.comparison, className="comparison"))
    return html.Div([html.Dt(card.label), html.Dd(said)], className="card")


def _header(text: str, is_number: bool) -> Component:
    return html.Th(text, scope="col", className="number" if is_number else None)


def _cells(row: Sequence[str], numbers: Sequence[int]) -> list[Component]:
    first, *others = row
    return [
        html.Th(first, scope="row"),
        *(
            html.Td(
                text,
                className="number" if i in numbers else None,
                **(aria(label=words.WITHHELD) if text == words.HIDDEN else {}),
            )
            for i, text in enumerate(others, 1)
        ),
    ]
