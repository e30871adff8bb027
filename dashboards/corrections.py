"""Numbers that were sent and are now others, and why: for every page that shows one of them.

Only what the publication holds is compared: what was sent, what is published now, and what the
builds between have changed. The words are in `correction_words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import polars as pl

from assets.vocabulary import SHOWN, TOTAL, vocabulary
from assets.vocabulary.cells import (
    FOLLOWED_UP,
    NEVER_OVER,
    cells,
    has_cells,
    key_of,
    last_day_of,
)
from dashboards import correction_words, outline, words
from dashboards.cell_labels import FORM, label, written
from dashboards.figures.monthly_form import PERCENT, MonthlyForm, monthly_form
from dashboards.publication import Publication


@dataclass(frozen=True)
class Correction:
    """One number that was sent and is now another, each as it is written."""

    year: int
    month: int | None
    """The month of the form; None for the yearly package."""
    table: str
    key: Mapping[str, str]
    """The columns of the number's key in its table, with their codes."""
    sent_on: date
    reported: str
    now: str
    changed_at: datetime | None
    """When a build changed it last; None where no build has listed the change."""
    deliveries: tuple[str, ...]
    why: str
    """The causes in sentences."""
    settled_on: date | None = None
    """When it was sent anew as `now`; None while what was sent last is not what is published."""

    @property
    def period(self) -> str:
        """The month or the year that it is about: «mars 2021»."""
        return str(self.year) if self.month is None else words.month_of(self.year, self.month)

    @property
    def what(self) -> str:
        """The name of the number: «Månedsskjemaet: Startet, Hittil i år, Menn»."""
        mart = vocabulary().table(f"marts.{self.table}")
        return correction_words.named(mart.label_nb, label(mart, self.key))

    @property
    def said(self) -> str:
        """«rapportert 24 den 5. april 2021, nå 14»."""
        return correction_words.reported(self.reported, self.sent_on, self.now)

    @property
    def row(self) -> tuple[str, ...]:
        """Its row in a list of corrections, under correction_words.HEADERS."""
        return (
            self.what,
            self.reported,
            self.now,
            self.period,
            words.day(self.sent_on),
            self.why,
            words.day(self.settled_on) if self.settled_on else correction_words.NOT_SETTLED,
        )


def all_corrections(publication: Publication) -> list[Correction]:
    """Return every correction of a whole publication, the newest first."""
    found = [
        one
        for year in publication.sent["year"].unique().sort(descending=True)
        for one in of_year(publication, year)
    ] if not publication.sent.is_empty() else []  # fmt: skip
    # Sorting keeps the order of those that changed at the same time.
    return sorted(found, key=_changed_at, reverse=True)


def of_year(publication: Publication, year: int) -> list[Correction]:
    """Return every correction of a year, the newest first; by gender only if it is shown so."""
    found = [
        one
        for one in _of_year(publication, year)
        if publication.by_gender or one.key.get("gender", TOTAL) == TOTAL
    ]
    return sorted(found, key=_changed_at, reverse=True)


def of_form(publication: Publication, year: int, month: int) -> list[Correction]:
    """Return what is not as in the form of a month that was sent last."""
    return [one for one in of_year(publication, year) if one.month == month and not one.settled_on]


def of_package(found: Iterable[Correction]) -> list[Correction]:
    """Return those of a year that tell what is not as in its package that was sent last."""
    return [one for one in found if one.month is None and not one.settled_on]


@dataclass(frozen=True)
class Changed:
    """The key figures, or one figure, of a page with numbers that are not those that were sent."""

    id: str
    """The id of the section or figure, to link to."""
    title: str
    said: tuple[str, ...]
    """Each number: «Somalia, Kvinner: rapportert 12 den 10. februar 2022, nå 11»."""
    why: tuple[str, ...]

    @property
    def told(self) -> str:
        """All of it in one paragraph, for a place without a heading of its own."""
        return correction_words.told(self.said, self.why)


_SHOWN = 5
"""The most numbers of one figure that a page or file names; a list of corrections has all."""


def on_page(
    found: Sequence[Correction], key_figures: Sequence[str], figures: Mapping[str, str]
) -> list[Changed]:
    """Return what of `found` (of_package) is about the key figures and figures of a page.

    `key_figures` are the codes of those that the page shows, and `figures` is id -> title.
    """
    marts = {name: outline.FIGURES[name][0].name for name in figures if name in outline.FIGURES}
    told = [one for one in found if one.table == "key_figures" and one.key["figure"] in key_figures]
    listed = [_summary("nokkeltall", words.SECTIONS["nokkeltall"], told)] if told else []
    for name, mart in marts.items():
        if mart != "key_figures" and (told := [one for one in found if one.table == mart]):
            listed.append(_summary(name, figures[name], told))
    return listed


def of_number(
    publication: Publication, year: int, table: str, key_figures: Sequence[str]
) -> Changed | None:
    """Return what of the package of a year is another number now, of a table or key figures.

    `key_figures` are codes, or empty for the whole table. None when nothing is another number.
    """
    found = [
        one
        for one in of_package(of_year(publication, year))
        if one.table == table and (not key_figures or one.key["figure"] in key_figures)
    ]
    return _summary(table, vocabulary().table(f"marts.{table}").label_nb, found) if found else None


def _summary(name: str, title: str, found: Sequence[Correction]) -> Changed:
    said = [
        correction_words.cell(label(vocabulary().table(f"marts.{one.table}"), one.key), one.said)
        for one in found[:_SHOWN]
    ]
    if len(found) > _SHOWN:
        said.append(correction_words.more(len(found) - _SHOWN))
    return Changed(name, title, tuple(said), tuple(dict.fromkeys(one.why for one in found)))


@dataclass(frozen=True)
class FormChanges:
    """What is not as in the form that was sent last."""

    lines: Mapping[str, str]
    """Code of a line -> what is said of it."""
    cells: frozenset[tuple[str, str, str]]
    """Code of the line, period and column of each number."""
    why: tuple[str, ...]


def form_changes(publication: Publication, form: MonthlyForm) -> FormChanges:
    """Return what the form of a month says of the one that was sent; nothing if none was."""
    found = of_form(publication, form.year, form.month)
    by_line: dict[str, list[Correction]] = {}
    for one in found:
        by_line.setdefault(one.key["value"], []).append(one)
    shares = _changed_shares(publication, form) if found else {}
    return FormChanges(
        {
            code: _line(by_line.get(code, ()), found[0].sent_on, shares.get(code, {}))
            for code in dict.fromkeys((*by_line, *shares))
        },
        frozenset(
            {(one.key["value"], one.key["period"], one.key["gender"]) for one in found}
            | {(code, period, PERCENT) for code, of_line in shares.items() for period in of_line}
        ),
        tuple(dict.fromkeys(one.why for one in found)),
    )


def _changed_shares(
    publication: Publication, form: MonthlyForm
) -> dict[str, dict[str, tuple[str, str]]]:
    """Code of a line -> period -> its percentage in the form that was sent last, and now."""
    sent = publication.sent.filter(year=form.year, month=form.month).filter(
        pl.col("number") == pl.col("number").max()
    )
    current = publication.tables[FORM]
    rows = [
        {**key_of(cell), "year": form.year, "n": number, "status": SHOWN}
        for cell, number in sent.select("cell", "reported").iter_rows()
    ]
    as_sent = pl.DataFrame(rows).select(current.columns).cast(current.schema)
    tables = {**publication.tables, FORM: as_sent}
    before = _shares(monthly_form(replace(publication, tables=tables), form.year, form.month))
    changed: dict[str, dict[str, tuple[str, str]]] = {}
    for (code, period), now in _shares(form).items():
        then = before.get((code, period), words.NOTHING)
        if then != now:
            changed.setdefault(code, {})[period] = (then, now)
    return changed


def _shares(form: MonthlyForm) -> dict[tuple[str, str], str]:
    """Code of a line and period -> its percentage as it is written."""
    return {
        (line.code, period): cell.text
        for block in form.blocks
        for line in block.lines
        for (period, column), cell in line.cells.items()
        if column == PERCENT
    }


def _line(found: Sequence[Correction], sent_on: date, shares: Mapping[str, tuple[str, str]]) -> str:
    """«Måneden: rapportert 24 den 5. april 2021, nå 14 (menn 10, nå 4)»."""
    periods = vocabulary().code_list("form_period")
    said = []
    for period in periods.codes:
        here = [one for one in found if one.key["period"] == period.code]
        whole = [one.said for one in here if one.key["gender"] == TOTAL]
        parts = [
            (words.GENDERS[one.key["gender"]], one.reported, one.now)
            for one in here
            if one.key["gender"] != TOTAL
        ]
        if period.code in shares:
            parts.append((words.PERCENT, *shares[period.code]))
        if whole or parts:
            said.append(
                correction_words.line(
                    period.label_nb,
                    whole[0] if whole else "",
                    [
                        (name, then, now, correction_words.reported(then, sent_on, now))
                        for name, then, now in parts
                    ],
                )
            )
    return " ".join(said)


def _changed_at(one: Correction) -> float:
    return one.changed_at.timestamp() if one.changed_at else 0


def _of_year(publication: Publication, year: int) -> Iterator[Correction]:
    """Each sending of a year, beside the next one of the same form, or beside what is now."""
    if publication.sent.is_empty():
        return
    of_year = publication.sent.filter(pl.col("year") == year).sort("month", "number")
    if of_year.is_empty():
        return
    current = _now(publication, year)
    sendings = of_year.partition_by("month", "number", maintain_order=True)
    for sending, following in zip(sendings, [*sendings[1:], None], strict=True):
        month = sending["month"][0]
        is_followed = following is not None and following["month"][0] == month
        if following is not None and is_followed:
            then = following.select("table", "cell", number="reported")
            settled_on: date | None = following["sent_on"][0]
        else:
            then, settled_on = current, None
        yield from _differences(publication, sending, then, settled_on)


def _now(publication: Publication, year: int) -> pl.DataFrame:
    return pl.concat(
        cells(mart, publication.tables[mart.name].filter(pl.col("year") == year)).select(
            "table", "cell", "number"
        )
        for mart in vocabulary().layer("marts")
        if has_cells(mart) and mart.name in publication.tables
    )


def _differences(
    publication: Publication, sending: pl.DataFrame, then: pl.DataFrame, settled_on: date | None
) -> Iterator[Correction]:
    year, month, sent_on, until = sending.select("year", "month", "sent_on", "counted_until").row(0)
    # A curve that is estimated anew every day is not the number that was sent.
    sending = sending.filter(~pl.col("table").is_in(NEVER_OVER))
    scope = sending["table"].unique()
    in_scope = then.filter(pl.col("table").is_in(scope.implode()))
    if month is not None:
        # The other months of the year were not sent with this form.
        in_scope = in_scope.filter(pl.col("cell").str.starts_with(f"month={month}, "))
    both = sending.select("table", "cell", "reported", "published_at").join(
        in_scope, on=["table", "cell"], how="full", coalesce=True, maintain_order="left_right"
    )
    published_at, is_running = sending["published_at"][0], until < last_day_of(year, month or 12)
    others = both.filter(~pl.col("reported").eq_missing(pl.col("number")))
    for table, cell, reported, number in others.select(
        "table", "cell", "reported", "number"
    ).iter_rows():
        mart, key = vocabulary().table(f"marts.{table}"), key_of(cell)
        before, after = (written(mart, key, one) for one in (reported, number))
        if before == after:
            continue
        changes = _changes(publication, table, cell, year, published_at, settled_on)
        yield Correction(
            year,
            month,
            table,
            key,
            sent_on,
            before,
            after,
            max((one["built_at"] for one in changes), default=None),
            tuple(dict.fromkeys(name for one in changes for name in one["deliveries"])),
            _why(publication, changes, is_growing=is_running or table in FOLLOWED_UP),
            settled_on,
        )


def _changes(
    publication: Publication,
    table: str,
    cell: str,
    year: int,
    since: datetime,
    until: date | None,
) -> list[dict[str, Any]]:
    """The lines of the list of revisions on a cell, and on persons who were erased."""
    if publication.revisions.is_empty():
        return []
    found = publication.revisions.filter(
        pl.col("year") == year,
        ((pl.col("table") == table) & (pl.col("cell") == cell)) | (pl.col("cause") == "erased"),
        pl.col("built_at") > since,
    )
    if until is not None:
        found = found.filter(pl.col("built_at").dt.date() <= until)
    return found.sort("built_at").to_dicts()


def _why(
    publication: Publication, changes: Sequence[Mapping[str, Any]], *, is_growing: bool
) -> str:
    if not changes:
        # The list has no change of a period that was not over when it was sent.
        return correction_words.GROWN if is_growing else correction_words.UNKNOWN
    said = []
    for one in changes:
        receipts = [_receipt(publication, name, one["built_at"]) for name in one["deliveries"]]
        said.append(correction_words.why(one["cause"], one["built_at"], receipts))
    return " ".join(dict.fromkeys(said))


def _receipt(publication: Publication, name: str, built_at: datetime) -> str:
    """A delivery with the kinds of rows that changed in that build, as its receipt tells."""
    of_name = [one for one in publication.sources if one["name"] == name]
    for one in of_name:
        if "gone_at" in one and datetime.fromisoformat(one["gone_at"]) == built_at:
            return correction_words.gone(name, int(one["rows_gone"]))
        if datetime.fromisoformat(one["read_at"]) == built_at:
            return correction_words.receipt(name, one.get("receipt", {}))
    return correction_words.quoted(name)
