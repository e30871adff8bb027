"""The content of each live page. The layout is in templates/live.

Most pages are cards and figures, as the outline says; the others have content of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from assets.vocabulary import vocabulary
from dashboards import (
    correction_words,
    definitions,
    frame,
    numbers,
    open_data,
    origin,
    outline,
    words,
)
from dashboards.app import (
    app_words,
    corrections_page,
    deliveries,
    follow,
    follow_words,
    table_page,
    table_words,
)
from dashboards.app.address import Address, Choices, Link, has_page
from dashboards.app.deliveries import Schedule
from dashboards.app.downloads import Downloads
from dashboards.app.source import Published
from dashboards.corrections import form_changes, of_package, of_year, on_page
from dashboards.figures import cards, lead_findings
from dashboards.figures.key_figures import AGES
from dashboards.figures.monthly_form import monthly_form, months
from dashboards.figures.printed_comparison import HEADERS, printed_report, why_none
from dashboards.figures.printed_comparison import MART as COMPARISON
from dashboards.forms import form_words, note_words
from dashboards.forms import notes as form_notes
from dashboards.forms.covering_note import covering_note
from dashboards.frame import Notices
from dashboards.open_data import page as open_data_page
from dashboards.open_data import page_words
from dashboards.publication import Publication
from dashboards.report.tables import Table

Static = Callable[[str], str]
"""File name in static/ -> its address."""

Context = dict[str, Any]


@dataclass(frozen=True)
class Now:
    """What is so at this moment, beside what is published.

    `operation` says how the builds are doing (app_words.operation). `root` is the address of the
    dashboard, as the reader of a page that shows it has it.
    """

    schedule: Schedule
    operation: tuple[str, ...]
    root: str = ""


def render(
    published: Published,
    address: Address,
    downloads: Downloads,
    static: Static,
    now: Now,
) -> str:
    """Return the page at an address as HTML."""
    publication, choices = published.publication, address.choices
    seen, year = choices.seen(publication), choices.year
    template, make = _OWN.get(_kind(address.page), ("live/figures.html", _figures))
    context = make(published, address, now)
    return frame.render(
        template,
        _notices(publication, address),
        _heading(address),
        app_words=app_words,
        static=static,
        menu=_menu(published, address, address.page),
        year=year,
        choices=choices,
        downloads=downloads,
        leads=_leads(published, address),
        choosers=list(_choosers(published, address)),
        whole=list(_whole(address, downloads)),
        made=origin.made(seen, year),
        rejected=origin.rejected(seen, year),
        onwards=[
            Link(page.title, address.to(page))
            for page in (outline.ABOUT, outline.DELIVERIES, outline.QUALITY)
            if page is not address.page and has_page(publication, page)
        ],
        **({"charts": ""} | context),
    )


def render_lost(published: Published | None, status: int, message: str, static: Static) -> str:
    """Return the page for an address that leads nowhere, with links to other pages.

    `published` is None when there is no publication.
    """
    notices, newest, menu = Notices(), None, None
    heading = _LOST.get(status, app_words.BROKEN_TITLE)
    if published is not None:
        newest = Address(outline.OVERVIEW, Choices(published.publication.years[-1]))
        notices = frame.notices(published.publication, newest.choices.year)
        menu = _menu(published, newest)
    elif status == 503:
        heading = app_words.NOTHING_TITLE
    return frame.render(
        "live/lost.html",
        notices,
        heading,
        app_words=app_words,
        static=static,
        menu=menu,
        charts="",
        message=message,
        onwards=newest.href if newest else "",
    )


_LOST: Mapping[int, str] = {
    400: app_words.BAD_TITLE,
    404: app_words.NOT_FOUND_TITLE,
    503: app_words.WAIT_TITLE,
}


def settled(published: Published, address: Address) -> Address:
    """Return the address with a month: the default one if a page of months has none."""
    choices = address.choices
    if address.page is not outline.MONTHLY_FORM or choices.month is not None:
        return address
    listed = months(published.publication, choices.year)
    return replace(address, choices=replace(choices, month=listed[-1] if listed else None))


def _notices(publication: Publication, address: Address) -> Notices:
    if address.page is outline.DATA_IN_ENGLISH:
        return open_data_page.notices(publication, "en")
    return frame.notices(publication, address.choices.year)


def _heading(address: Address) -> str:
    """The heading of a page, with which its title begins too."""
    page, choices = address.page, address.choices
    if page is outline.MONTHLY_FORM and choices.month is not None:
        return form_words.title(choices.year, choices.month)
    if not page.choices:
        return page.title
    return _HEADINGS.get(page.name, partial(words.in_year, page.title))(choices.year)


_HEADINGS: Mapping[str, Callable[[int], str]] = {
    outline.OVERVIEW.name: words.title,
    outline.PRINTED.name: app_words.printed_heading,
    outline.QUALITY.name: app_words.quality_heading,
}


def _menu(
    published: Published, address: Address, current: outline.Page | None = None
) -> list[tuple[str, list[Link]]]:
    """The pages for this audience, by group; each link keeps the choices of the address."""
    listed = (*outline.PAGES, outline.DATA)
    pages = [page for page in listed if has_page(published.publication, page)]
    return [
        (
            title,
            [
                Link(page.title, address.to(page), "page" if page is current else "")
                for page in pages
                if page.menu == group
            ],
        )
        for group, title in outline.MENU.items()
    ]


def _leads(published: Published, address: Address) -> list[str]:
    """The sentences under the heading, about the content of the page."""
    page, choices = address.page, address.choices
    if _kind(page) in _LEADS:
        return [_LEADS[_kind(page)]]
    previous = choices.seen(published.publication).previous(choices.year)
    compared = app_words.compared(previous) if previous else words.FIRST_YEAR
    period = published.report(choices).period
    unpublished = origin.unpublished(published.publication) if page is outline.OVERVIEW else []
    return [" ".join(filter(None, (compared, period))), *unpublished]


_LEADS: Mapping[str, str] = {
    outline.MONTHLY_FORM.name: form_words.LEAD,
    outline.PRINTED.name: words.COMPARISON_LEAD,
    outline.DELIVERIES.name: app_words.DELIVERIES_LEAD,
    outline.CORRECTIONS.name: correction_words.LEAD,
    outline.QUALITY.name: app_words.QUALITY_LEAD,
    outline.ABOUT.name: app_words.ABOUT_LEAD,
    outline.TABLE.name: table_words.LEAD,
    outline.NUMBERS: follow_words.LEAD,
    outline.DATA.name: page_words.NORWEGIAN.lead,
    outline.DATA_IN_ENGLISH.name: page_words.ENGLISH.lead,
}


def _choosers(published: Published, address: Address) -> Iterator[tuple[str, list[Link]]]:
    """Year, month, year to compare with, gender: each with its label, the chosen one marked."""
    publication, choices = published.publication, address.choices
    years = publication.years[::-1]
    previous = choices.seen(publication).previous(choices.year)

    def link(text: object, to: Choices, *, chosen: bool) -> Link:
        return Link(str(text), address.to(address.page, to), "true" if chosen else "")

    if "year" in address.page.choices:
        yield (
            words.YEARS,
            [link(one, choices.in_year(one), chosen=one == choices.year) for one in years],
        )
    if "month" in address.page.choices:
        listed = months(publication, choices.year)
        yield (
            app_words.MONTH,
            [
                link(
                    words.MONTHS[one - 1], replace(choices, month=one), chosen=one == choices.month
                )
                for one in listed
            ],
        )
    if "compared" in address.page.choices and len(years) > 1:
        yield (
            app_words.COMPARE,
            [
                # The year before has one address: the one without a year to compare with.
                link(
                    one,
                    replace(choices, compared_with=None if one == choices.year - 1 else one),
                    chosen=one == previous,
                )
                for one in years
                if one != choices.year
            ],
        )
    if "gender" in address.page.choices:
        yield (
            app_words.GENDER,
            [
                link(text, replace(choices, by_gender=by), chosen=by == choices.by_gender)
                for text, by in ((app_words.GENDER_ON, True), (app_words.GENDER_OFF, False))
            ],
        )


def _whole(address: Address, downloads: Downloads) -> Iterator[Link]:
    """The downloads of everything, and of the page."""
    choices = address.choices
    if address.page is outline.MONTHLY_FORM and choices.month is not None:
        yield Link(form_words.WORKBOOK, downloads.form(choices))
    yield Link(app_words.workbook(choices.year), downloads.workbook(choices))


# --- The content of each page --------------------------------------------------------------------


def _figures(published: Published, address: Address, _: Now) -> Context:
    page, choices = address.page, address.choices
    seen = choices.seen(published.publication)
    found = published.tables(choices)
    groups: list[tuple[outline.Group, list[Table]]] = [
        # Not every audience gets every figure.
        (group, [found[name] for name in group.figures if name in found])
        for group in page.groups
    ]
    if series := [found[name] for name in page.series if name in found]:
        long_view = outline.Group(words.LONG_VIEW, words.SECTIONS[words.LONG_VIEW])
        groups.append((long_view, series))
    by_name = {card.id: card for card in cards(seen, choices.year)} if page.cards else {}
    chosen = [by_name[name] for name in page.cards if name in by_name]
    key_figures = found["key_figures"] if page is outline.OVERVIEW else None
    figures = {name: table.figure for name, table in found.items()}
    titles = {table.figure.id: table.figure.title for _, tables in groups for table in tables}
    shown = key_figures.key_figures if key_figures else _key_figures(page.cards)
    return {
        "findings": lead_findings(seen, choices.year, page.findings, figures),
        "corrected": on_page(of_package(of_year(seen, choices.year)), shown, titles),
        "to_corrections": address.to(outline.CORRECTIONS),
        "correction_words": correction_words,
        "to_forms": address.to(outline.MONTHLY_FORM)
        if page is outline.OVERVIEW and has_page(published.publication, outline.MONTHLY_FORM)
        else "",
        "cards": chosen,
        "marks": origin.marks(seen, origin.shown_years(seen, choices.year)),
        "follow": partial(follow.href, address),
        "follow_figure": partial(follow.href_of_figure, address),
        "follow_words": follow_words,
        "key_figures": key_figures,
        "withholds": any(card.withholds for card in chosen)
        or (key_figures is not None and key_figures.figure.withholds()),
        "groups": [(group, tables) for group, tables in groups if tables],
        "charts": frame.charts(table.figure for _, tables in groups for table in tables),
    }


def _key_figures(cards: Iterable[str]) -> list[str]:
    """The key figures that cards show."""
    of_card = {AGES: ("age_min", "age_max")}
    return [name for card in cards for name in of_card.get(card, (card,))]


def _form(published: Published, address: Address, _: Now) -> Context:
    choices = address.choices
    if choices.month is None:
        return {"form": None}
    seen = choices.seen(published.publication)
    form = monthly_form(seen, choices.year, choices.month)
    return {
        "form_words": form_words,
        "form": form,
        "note_words": note_words,
        "covering_note": covering_note(seen, form),
        "changes": form_changes(seen, form),
        "correction_words": correction_words,
        "running": form_notes.running(form),
        "definition": vocabulary().table("marts.monthly_form").definition_nb,
        "reading": form_notes.READING,
    }


def _printed(published: Published, address: Address, _: Now) -> Context:
    publication, year = published.publication, address.choices.year
    report = printed_report(publication, year)
    if not report.figures:
        return {"report": None, "nothing": why_none(publication, year)}
    return {
        "report": report,
        "figure": published.tables(address.choices)[COMPARISON].figure,
        "headers": HEADERS,
        "statuses": [
            (
                status.label_nb,
                numbers.count(report.counts[status.code]),
                words.STATUS_MEANINGS[status.code],
            )
            for status in vocabulary().code_list("comparison_status").codes
        ],
    }


def _deliveries(published: Published, _: Address, now: Now) -> Context:
    return deliveries.context(published.publication, now.schedule)


def _corrections(published: Published, _: Address, __: Now) -> Context:
    return corrections_page.context(published.publication)


def _quality(published: Published, address: Address, now: Now) -> Context:
    publication, year = published.publication, address.choices.year
    checks = {of: publication.checks(of) for of in publication.years}
    refused = int(publication.manifest.get("deliveries_refused", 0))
    checks_run, checks_found = origin.checks(publication, year)
    return {
        "by_year": [
            (
                str(of),
                numbers.count(publication.delivery_count(of)),
                numbers.count(publication.rows_rejected(of)),
                numbers.count(checks[of]["run"]) if checks[of] else words.NOTHING,
                numbers.count(checks[of]["failed"]) if checks[of] else words.NOTHING,
                words.day(publication.counted_until(of)),
                words.moment(publication.built_at(of)),
            )
            for of in reversed(publication.years)
        ],
        "refused": words.refused_sentence(numbers.count(refused), refused == 1)
        if refused
        else app_words.NONE_REFUSED,
        "operation": now.operation,
        "checks_run": checks_run,
        "checks_found": checks_found,
        "check_headers": (app_words.CHECK, app_words.FOUND),
        "expected": now.schedule.expected(deliveries.days_read(publication.receipts))
        if has_page(publication, outline.DELIVERIES)
        else None,
        "may_publish": app_words.OPEN_IS_FOR_ALL
        if publication.protected
        else app_words.INTERNAL_IS_NOT,
        "errors": origin.errors(publication, year),
        "error_headers": (app_words.ERROR, vocabulary().columns["rows_rejected"].label_nb),
        "findings": origin.findings(publication, year),
        "finding_headers": (app_words.FINDING, app_words.ROWS),
        "to_deliveries": address.to(outline.DELIVERIES)
        if has_page(publication, outline.DELIVERIES)
        else "",
    }


def _about(published: Published, _: Address, __: Now) -> Context:
    publication = published.publication
    signs = (words.HIDDEN_SENTENCE, words.NOTHING_SENTENCE)
    return {
        "key_figures": definitions.key_figures(publication),
        "tables": definitions.tables(publication),
        "said": (
            ("avrunding", words.ROUNDING, (*words.ROUNDING_SENTENCES, *signs)),
            ("skjermet", words.PRIVACY, origin.privacy(publication)),
            ("utgaver", words.EDITIONS, origin.editions(publication)),
        ),
    }


def _table(published: Published, address: Address, _: Now) -> Context:
    return table_page.context(published, address)


def _number(published: Published, address: Address, _: Now) -> Context:
    return follow.context(published, address)


def _kind(page: outline.Page) -> str:
    """The name of a page, or of the folder of pages that are alike."""
    return page.name.partition("/")[0]


def _open_data(published: Published, address: Address, now: Now) -> Context:
    is_english = address.page is outline.DATA_IN_ENGLISH
    other, language = (outline.DATA, "nb") if is_english else (outline.DATA_IN_ENGLISH, "en")
    folder = f"/{open_data.FOLDER}/"
    return {
        "other_page": {"href": other.path, "language": language},
        "dashboard": outline.OVERVIEW.path,
        **open_data_page.content(
            published.publication, "en" if is_english else "nb", now.root + folder, folder
        ),
    }


_OWN: Mapping[str, tuple[str, Callable[[Published, Address, Now], Context]]] = {
    outline.MONTHLY_FORM.name: ("live/form.html", _form),
    outline.PRINTED.name: ("live/printed.html", _printed),
    outline.DELIVERIES.name: ("live/deliveries.html", _deliveries),
    outline.CORRECTIONS.name: ("live/corrections.html", _corrections),
    outline.QUALITY.name: ("live/quality.html", _quality),
    outline.ABOUT.name: ("live/about.html", _about),
    outline.TABLE.name: ("live/table.html", _table),
    outline.NUMBERS: ("live/number.html", _number),
    outline.DATA.name: ("live/open_data.html", _open_data),
    outline.DATA_IN_ENGLISH.name: ("live/open_data.html", _open_data),
}
