"""The figures printed in the annual reports, and the same figures from the records.

One line is one printed figure, as text and as a number. The comparison was made with the mart;
nothing is compared here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from assets.vocabulary import vocabulary
from dashboards import numbers, words
from dashboards.figures import figure_words
from dashboards.figures.figure import Figure
from dashboards.publication import Publication

MART = "printed_comparison"
LOOKED_AT = ("different", "source_contradiction")
"""The statuses that deserve a look, in this order."""

_GENDERS = {"female": words.WOMEN, "male": words.MEN}
_SUMMARY = "summary"
_FORM_ROW = re.compile(r"form row (\d+)")
_WORDS: Mapping[str, Callable[[str], str]] = {
    "count": str,
    "percent": figure_words.percent,
    "years": figure_words.age,
    "months": figure_words.in_months,
    "hours": figure_words.hours,
    "rank": figure_words.place,
    "nok": figure_words.kroner,
}
"""The text before and after a number of each unit."""


@dataclass(frozen=True)
class PrintedFigure:
    """One printed figure with its labels; `part` is the part of the figure that it is about."""

    section: str
    label: str
    part: str
    published: float
    derived: float | None
    unit: str
    status: str
    note: str

    @property
    def section_label(self) -> str:
        """The section, under the name that a reader of the report knows."""
        if self.section == _SUMMARY:
            return figure_words.SUMMARY_SECTION
        row = _FORM_ROW.fullmatch(self.section)
        return figure_words.form_row(row[1]) if row else figure_words.chapter(self.section)

    @property
    def status_label(self) -> str:
        """The result of the comparison, in words."""
        return vocabulary().code_list("comparison_status")[self.status].label_nb

    @property
    def published_text(self) -> str:
        """The printed number with its unit."""
        return _WORDS[self.unit](numbers.decimal(self.published))

    @property
    def derived_text(self) -> str:
        """The number from the records with its unit."""
        if self.derived is None:
            return words.NOTHING
        return _WORDS[self.unit](numbers.decimal(self.derived))


@dataclass(frozen=True)
class PrintedReport:
    """The figures that the annual report of a year printed, and the result of comparing them."""

    year: int
    figures: tuple[PrintedFigure, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Status -> how many figures have it, every status named."""
        found = [figure.status for figure in self.figures]
        statuses = vocabulary().code_list("comparison_status").names
        return {status: found.count(status) for status in statuses}

    @property
    def summary(self) -> str:
        """The same counts in a sentence."""
        return figure_words.comparison_summary(self.counts)

    @property
    def looked_at(self) -> list[PrintedFigure]:
        """The figures that deserve a look, in the order of LOOKED_AT."""
        return [one for status in LOOKED_AT for one in self.figures if one.status == status]

    @property
    def by_section(self) -> list[tuple[str, list[PrintedFigure]]]:
        """The label of each section with its figures, in the order of the report."""
        sections = groupby(self.figures, key=lambda figure: figure.section_label)
        return [(label, list(figures)) for label, figures in sections]


HEADERS: Mapping[str, str] = {
    column.name: column.label_nb for column in vocabulary().table(f"marts.{MART}").columns
}
"""Column of the mart -> its header in a table."""


def printed_report(publication: Publication, year: int) -> PrintedReport:
    """Return the printed report of a year; it has no figures when nothing was printed."""
    return PrintedReport(year, printed_figures(publication, year))


def printed_years(publication: Publication) -> tuple[int, ...]:
    """The years with printed figures that can be compared: those that are over.

    None when this audience may not see them.
    """
    return tuple(year for year in publication.years if printed_figures(publication, year))


def why_none(publication: Publication, year: int) -> str:
    """Say why no printed figures of a year are compared."""
    until = publication.part_until(year)
    if until is None or not _is_printed(publication, year):
        return words.no_report(year)
    return words.not_over(year, until)


def _is_printed(publication: Publication, year: int) -> bool:
    return publication.holds(MART) and not publication.table(MART, year).is_empty()


def printed_figures(publication: Publication, year: int) -> tuple[PrintedFigure, ...]:
    """Return the figures that the report of a year printed, in the order of the report.

    Empty when it printed none, when this audience may not see them, and in a year that is not over:
    a printed figure is of the whole year.
    """
    if not _is_printed(publication, year) or publication.part_until(year):
        return ()
    rows = publication.table(MART, year).iter_rows(named=True)
    listed = vocabulary().code_list("printed_figure").names
    ordered = sorted(
        rows,
        key=lambda row: (
            _section_order(row["section"]),
            listed.index(row["figure"]),
            _part_order(row["figure"], row["breakdown"] or ""),
            row["unit"],
        ),
    )
    return tuple(
        PrintedFigure(
            section=row["section"],
            label=vocabulary().code_list("printed_figure")[row["figure"]].label_nb,
            part=", ".join(_parts(row["figure"], row["breakdown"] or "")),
            published=row["published"],
            derived=row["derived"],
            unit=row["unit"],
            status=row["status"],
            note=row["note"] or "",
        )
        for row in ordered
    )


def counts_by_status(publication: Publication, year: int) -> dict[str, int]:
    """Return status -> how many printed figures of a year have it, every status named."""
    return printed_report(publication, year).counts


def printed_comparison(publication: Publication, year: int) -> Figure:
    """All printed figures of a year as rows; the unit of each line has a column of its own."""
    mart = vocabulary().table(f"marts.{MART}")
    found = printed_figures(publication, year)
    if not found:
        return Figure(MART, mart.label_nb, mart.definition_nb, empty=why_none(publication, year))
    units = vocabulary().code_list("figure_unit")
    header = {name: mart.column(name).label_nb for name in ("published", "derived")}
    rows = pl.DataFrame(
        {
            mart.column("section").label_nb: [line.section_label for line in found],
            mart.column("figure").label_nb: [line.label for line in found],
            figure_words.OF_WHAT: [line.part for line in found],
            mart.column("unit").label_nb: [units[line.unit].label_nb for line in found],
            header["published"]: [line.published for line in found],
            header["derived"]: pl.Series([line.derived for line in found], dtype=pl.Float64),
            mart.column("status").label_nb: [line.status_label for line in found],
            mart.column("note").label_nb: [line.note for line in found],
        }
    )
    return Figure(
        id=MART,
        title=mart.label_nb,
        definition=mart.definition_nb,
        rows=rows,
        units=dict.fromkeys(header.values(), "decimal"),
        notes=(figure_words.comparison_summary(counts_by_status(publication, year)),),
    )


def _section_order(section: str) -> tuple[int, tuple[int, ...]]:
    """The summary first, then the chapters by their numbers, then the rows of the form."""
    if section == _SUMMARY:
        return (0, ())
    row = _FORM_ROW.fullmatch(section)
    return (2, (int(row[1]),)) if row else (1, tuple(map(int, section.split("."))))


def _parts(figure: str, breakdown: str) -> Iterator[str]:
    """The labels of the parts of a breakdown: the first by the figure's list, then the gender."""
    if not breakdown:
        return
    list_name = vocabulary().code_list("printed_figure")[figure].attributes["codes"]
    labels = figure_words.PRINTED_PARTS | _GENDERS
    if list_name and list_name != "gender":
        labels |= {code.code: code.label_nb for code in vocabulary().code_list(list_name).codes}
    for part in breakdown.split("|"):
        yield labels.get(part, part)


def _part_order(figure: str, breakdown: str) -> tuple[int, ...]:
    """The order of the code lists; parts in no list keep their own order, at the end."""
    list_name = vocabulary().code_list("printed_figure")[figure].attributes["codes"]
    if not breakdown or not list_name:
        return ()
    order = []
    for part, name in zip(breakdown.split("|"), (list_name, "gender"), strict=False):
        codes = vocabulary().code_list(name).names
        order.append(codes.index(part) if part in codes else len(codes))
    return tuple(order)
