"""The page that follows a number: its meaning, its base, its checks, its sources, its history.

Everything is in the publication, or declared in the vocabulary and in the rules. A number is a
figure of a page, or a key figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.vocabulary import TOTAL, Table, vocabulary
from dashboards import correction_words, definitions, numbers, origin_words, outline, words
from dashboards.app import app_words, follow_words
from dashboards.app.address import Address, AddressError, Choices, Link, has_page
from dashboards.app.follow_checks import checks_of, sheets_of
from dashboards.app.follow_deliveries import deliveries_of
from dashboards.app.follow_revisions import revisions_of
from dashboards.app.own_table import OwnTable, own_table
from dashboards.app.source import Published
from dashboards.app.table_layout import (
    BREAKDOWN,
    VALUE,
    categories,
    cells,
    layout,
    marts,
    overlaps,
    usual_layout,
    usual_rows,
)
from dashboards.corrections import of_number
from dashboards.figures.breakdown import breakdown
from dashboards.figures.figure import write
from dashboards.figures.key_figures import AGES, KeyFigures, key_figures
from dashboards.outline import Page
from dashboards.publication import Publication

KEY_FIGURES = "key_figures"
_AGES = ("age_min", "age_max")
_AMONG = {
    "participants_without_dropouts": ("participants",),
    "took_part": ("participants",),
    "planned_share_of_exits": ("planned_exits", "dropouts", "no_shows"),
    "work_exits": ("planned_exits",),
    "work_exit_share": ("planned_exits",),
    "median_days_in_programme": ("planned_exits",),
    "active_at_year_end": ("participants",),
    "age_min": ("participants",),
    "age_max": ("participants",),
}
"""Key figure -> the key figures that it is counted among."""

_WORK_EXITS = {"outcome_group": "work"}
"""What divides a mart that counts the planned exits to work (Table.divides_only)."""

_POPULATIONS = {"referred": "referrals"}
"""The populations of gender_split that are key figures by another name."""


@dataclass(frozen=True)
class Number:
    """A number that can be followed: a figure by its id, or a key figure by its code.

    `codes` are the key figures that it is, if it is any.
    """

    id: str
    label: str
    definition: str
    mart: Table
    codes: tuple[str, ...] = ()


def href(address: Address, name: str) -> str:
    """The address of the page of a number, with the choices of another page."""
    return address.to(_page(name, ""))


def href_of_figure(address: Address, figure: str) -> str:
    """The address of the page of a figure, with the choices of another page."""
    return href(address, id_of(figure))


def id_of(figure: str) -> str:
    """The id under which a figure is followed: another than its own if a key figure has that."""
    return f"{figure}-figur" if figure in vocabulary().code_list("key_figure").names else figure


def _shown_figures() -> dict[str, str]:
    """Id under which a figure is followed -> its own, of the figures that a page shows."""
    return {
        id_of(name): name for name, (_, declared) in outline.FIGURES.items() if declared.headings
    }


def page(published: Published, choices: Choices, name: str) -> Page:
    """Return the page of a number; AddressError (404) when the audience has no such number."""
    return _page(name, follow_words.title(_number(published, choices, name).label))


def _page(name: str, title: str) -> Page:
    return Page(f"{outline.NUMBERS}/{name}", title, choices=("year",))


def ids(publication: Publication) -> tuple[str, ...]:
    """The ids of all numbers that can be followed."""
    figures = [
        name
        for name, figure in _shown_figures().items()
        if publication.holds(outline.FIGURES[figure][0].name)
    ]
    codes = publication.key_figures
    return (*figures, *codes, *([AGES] if set(_AGES) <= set(codes) else []))


def context(published: Published, address: Address) -> dict[str, Any]:
    """Return what the template of the page shows."""
    publication, choices = published.publication, address.choices
    number = _number(published, choices, address.page.name.partition("/")[2])
    year = choices.year
    checks = publication.checks(year)
    failed = numbers.count(checks["failed"]) if checks.get("failed") else ""
    sentence, bases = _base(published, address, number)
    sheets = sheets_of(number.mart)
    return {
        "follow_words": follow_words,
        "number": number,
        "base": sentence,
        "bases": bases,
        "history": _history(publication, number),
        "correction_words": correction_words,
        "reported": of_number(publication, year, number.mart.name, number.codes),
        "to_corrections": address.to(outline.CORRECTIONS),
        "revisions": revisions_of(publication, number.mart, number.codes),
        "ran": origin_words.checks(numbers.count(checks["run"]), failed) if checks else "",
        "checks": [checks_of(publication, year, table) for table in (number.mart, *sheets)],
        "sheets": follow_words.sheets([str(table.sheet) for table in sheets]) if sheets else "",
        "deliveries": deliveries_of(publication, year, sheets),
        "to_deliveries": address.to(outline.DELIVERIES)
        if has_page(publication, outline.DELIVERIES)
        else "",
        "shown_on": list(_shown_on(published, address, number)),
        "links": [
            Link(
                follow_words.TO_TABLE,
                f"{address.to(outline.TABLE)}&tabell={number.mart.name}",
            ),
            Link(
                follow_words.TO_DEFINITIONS,
                f"{address.to(outline.ABOUT)}#{'nokkeltallene' if number.codes else 'tabellene'}",
            ),
        ],
    }


def _number(published: Published, choices: Choices, name: str) -> Number:
    publication = published.publication
    if name not in ids(publication):
        raise _unknown(publication, name)
    if name in _shown_figures():
        figure = _shown_figures()[name]
        mart, declared = outline.FIGURES[figure]
        table = published.tables(choices).get(figure)
        if table is None:
            # A year with totals only has no such figure.
            label = declared.title_nb or mart.label_nb
            return Number(figure, label, definitions.of_table(publication, mart), mart)
        return Number(figure, table.figure.title, table.figure.definition, mart)
    mart = vocabulary().table(f"marts.{KEY_FIGURES}")
    until = publication.part_until(choices.year)
    said = dict(
        zip(publication.key_figures, definitions.key_figures(publication, until), strict=True)
    )
    if name == AGES:
        label = vocabulary().table("marts.age_bands").label_nb
        return Number(name, label, " ".join(said[code][1] for code in _AGES), mart, _AGES)
    return Number(name, *said[name], mart, (name,))


def _unknown(publication: Publication, name: str) -> AddressError:
    figure = _shown_figures().get(name)
    if figure:
        return AddressError(404, app_words.not_in_open(outline.FIGURES[figure][0].label_nb))
    return AddressError(404, follow_words.NO_NUMBER)


def _base(
    published: Published, address: Address, number: Number
) -> tuple[str, list[tuple[Link, str]]]:
    """What a number is counted among: a sentence, and the key figures with their numbers."""
    publication, year = published.publication, address.choices.year
    found = key_figures(publication, year)
    if number.codes:
        among = dict.fromkeys(of for code in number.codes for of in _AMONG.get(code, ()))
        labels = [found.label(code) for code in among]
        sentence = (
            follow_words.counts(words.listed([f"«{one}»" for one in labels])) if among else ""
        )
        return sentence or follow_words.NOT_PART, _bases(address, found, publication, among)
    divided = number.mart
    if not divided.divides and divided.protected_with:
        # It counts the same people.
        divided = vocabulary().table(f"marts.{divided.protected_with}")
    if not divided.divides:
        return follow_words.NOT_PART, []
    population = vocabulary().code_list("population")[divided.divides].label_nb
    only = [vocabulary().code_list(of)[code].label_nb for of, code in divided.divides_only.items()]
    whole = follow_words.whole(population, only)
    said = follow_words.counts
    if divided is number.mart:
        said = follow_words.overlaps if overlaps(divided) else said
        said = follow_words.adds_up if divided.category else said
    if divided.divides_only == _WORK_EXITS:
        return said(whole), _bases(address, found, publication, {"work_exits": None})
    if outcome := divided.divides_only.get("outcome"):
        return said(whole), _base_of_outcome(published, address, outcome)
    code = _POPULATIONS.get(divided.divides, divided.divides)
    return said(whole), _bases(address, found, publication, {code: None})


def _base_of_outcome(
    published: Published, address: Address, outcome: str
) -> list[tuple[Link, str]]:
    """The planned exits with one outcome, which are no key figure; a link to all outcomes."""
    year = address.choices.year
    counts = breakdown(published.publication, "exit_outcomes", year).rows
    return [
        (
            Link(label, href_of_figure(address, "exit_outcomes")),
            follow_words.in_year(write(count, "count", withheld), year),
        )
        for label, count, withheld in counts.filter(pl.col("code") == outcome)
        .select("label", TOTAL, "withheld_total")
        .iter_rows()
    ]


def _bases(
    address: Address, found: KeyFigures, publication: Publication, codes: dict[str, None]
) -> list[tuple[Link, str]]:
    return [
        (
            Link(found.label(code), href(address, code)),
            follow_words.in_year(found.text(code), found.year),
        )
        for code in codes
        if code in publication.key_figures
    ]


def _history(publication: Publication, number: Number) -> list[OwnTable]:
    """The number in every published year, each division by itself; none where no year has it."""
    mart = number.mart
    if mart not in marts(publication):
        return []
    if number.codes:
        return [own_table(publication, layout(publication, mart, "figure"), number.codes)]
    if usual_rows(mart) != VALUE:
        return [own_table(publication, usual_layout(publication, mart))]
    held = categories(cells(publication, mart), mart, BREAKDOWN)
    return [
        own_table(publication, layout(publication, mart, VALUE, fixed={BREAKDOWN: one}))
        for one in held
    ]


def _shown_on(published: Published, address: Address, number: Number) -> Iterator[Link]:
    """The places on the pages where a number is shown."""
    publication = published.publication
    shown = published.tables(address.choices)
    for page in outline.PAGES:
        if not has_page(publication, page):
            continue
        for group in page.groups:
            if not number.codes and number.id in group.figures:
                anchor = f"#{number.id}" if number.id in shown else ""
                title = follow_words.shown_on(page.title, group.title)
                yield Link(title, f"{address.to(page)}{anchor}")
        # The overview has a table of all key figures.
        if number.codes and (number.id in page.cards or page is outline.OVERVIEW):
            title = follow_words.shown_on(page.title, words.SECTIONS["nokkeltall"])
            yield Link(title, f"{address.to(page)}#nokkeltall")
