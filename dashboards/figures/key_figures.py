"""The key figures of a year: as cards compared with the year before, and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.vocabulary import vocabulary
from dashboards import definitions, numbers, words
from dashboards.figures import figure_words
from dashboards.figures.figure import Figure
from dashboards.figures.measures import Measures, measures
from dashboards.publication import Publication

_UNITS = {"count": "count", "days": "decimal", "years": "count"}
_CARDS = (
    "referrals", "started", "participants", "took_part", "planned_exits", "work_exits",
    "dropouts", "no_shows", "active_at_year_end",
)  # fmt: skip
HEADLINE = (
    "referrals", "participants", "took_part", "planned_exits", "work_exits", "dropouts",
    "no_shows", "active_at_year_end",
)  # fmt: skip
"""The figures that represent a year on the index page, as far as they are published."""

_SHARES = ("planned_share_of_exits", "work_exit_share")
_AGES = ("age_min", "age_max")
AGES = "ages"
"""The card of the youngest and the oldest participant."""


@dataclass(frozen=True)
class Card:
    """One key figure as it is written: `detail` explains it, `comparison` is the other year.

    `id` is the code of the key figure, or AGES.
    """

    id: str
    label: str
    value: str
    detail: str = ""
    comparison: str = ""

    @property
    def withholds(self) -> bool:
        """Whether a number of the card is withheld for privacy."""
        return words.HIDDEN in (self.value, self.comparison.partition(" ")[0])


@dataclass(frozen=True)
class KeyFigures:
    """The key figures of one year; a withheld number is written as «:»."""

    year: int
    values: Measures
    percents: dict[str, int | None]
    part_until: date | None
    """The last day that is counted, where that is not all of the year."""

    def text(self, figure: str) -> str:
        """One key figure as it is written, with its unit."""
        if figure in self.percents:
            return self._percent(figure)
        unit = vocabulary().code_list("key_figure")[figure].attributes["unit"]
        written = self.values.text(figure, "value", _UNITS[unit])
        if self.values.shown(figure, "value") is None:
            return written
        return {"days": figure_words.days, "years": figure_words.age}.get(unit, str)(written)

    def text_on_the_day(self, figure: str) -> str:
        """One key figure under the label of a year that is over: with its day in another one."""
        if figure == "active_at_year_end" and self.part_until:
            return f"{self.text(figure)} {figure_words.part(self.part_until)}"
        return self.text(figure)

    def label(self, figure: str) -> str:
        """The label of a key figure; in a year that is not over, `active_on` for active ones."""
        if figure == "active_at_year_end" and self.part_until:
            return figure_words.active_on(self.part_until)
        return vocabulary().code_list("key_figure")[figure].label_nb

    def _percent(self, figure: str) -> str:
        percent = self.percents[figure]
        if percent is None:
            return self.values.text(figure, "value", "percent")
        return numbers.percent(percent)


def key_figures(publication: Publication, year: int) -> KeyFigures:
    """Return the key figures of a year."""
    values = measures(publication, "key_figures", year)
    shares = {figure: values.shown(figure, "value") for figure in _SHARES}
    return KeyFigures(
        year,
        values,
        {
            figure: None if share is None else numbers.half_up(share)
            for figure, share in shares.items()
        },
        publication.part_until(year),
    )


def cards(publication: Publication, year: int) -> tuple[Card, ...]:
    """Return the cards of a year, in reading order."""
    this = key_figures(publication, year)
    previous = publication.previous(year)
    before = key_figures(publication, previous) if previous else None
    counted = [
        Card(
            name,
            this.label(name),
            this.text(name),
            _detail(this, name, publication.protected),
            _comparison(this, before, name),
        )
        for name in _CARDS
        # The participants of the open publication are those who took part.
        if name != "took_part" or name in publication.key_figures
    ]
    median = "median_days_in_programme"
    ages = Card(
        AGES, _AGE, _ages(this), comparison=_beside(_ages(before), before) if before else ""
    )
    return (
        *counted,
        *([ages] if set(_AGES) <= set(publication.key_figures) else []),
        Card(
            median,
            this.label(median),
            this.text(median),
            comparison=_comparison(this, before, median),
        ),
    )


def key_figure_table(publication: Publication, year: int) -> Figure:
    """All key figures of the year and the year it is compared with, as they are written."""
    this = key_figures(publication, year)
    previous = publication.previous(year)
    before = key_figures(publication, previous) if previous else None
    mart = vocabulary().table("marts.key_figures")
    names = publication.key_figures
    columns = {mart.label_nb: [this.label(name) for name in names]}
    columns[str(year)] = [this.text(name) for name in names]
    if before:
        columns[str(previous)] = [before.text(name) for name in names]
        columns[figure_words.CHANGE] = [_difference(this, before, name) for name in names]
    withheld = {
        str(of.year): [of.values.withheld(name, "value") for name in names]
        for of in (this, before)
        if of is not None
    }
    return Figure(
        id="key_figures",
        title=mart.label_nb,
        definition=definitions.of_table(publication, mart),
        rows=pl.DataFrame(columns, dict.fromkeys(columns, pl.String)),
        withheld=pl.DataFrame(withheld),
        notes=(
            *((words.WHO_TOOK_PART,) if publication.protected else ()),
            *part_notes(publication, year),
        ),
    )


def part_notes(publication: Publication, year: int) -> tuple[str, ...]:
    """Say until when the compared year is counted, where that is not all of it."""
    until = publication.part_until(publication.previous(year))
    return () if until is None else (figure_words.counted_part(until),)


_AGE = vocabulary().table("marts.age_bands").label_nb


def _detail(this: KeyFigures, name: str, protected: bool) -> str:
    if protected and name == "participants":
        return words.CARD_TOOK_PART
    detail = {
        "participants": ("participants_without_dropouts", figure_words.without_dropouts),
        "planned_exits": ("planned_share_of_exits", figure_words.of_all_exits),
        "work_exits": ("work_exit_share", figure_words.of_planned_exits),
    }.get(name)
    if detail is None or this.values.shown(detail[0], "value") is None:
        return ""
    return detail[1](this.text(detail[0]))


def _comparison(this: KeyFigures, before: KeyFigures | None, name: str) -> str:
    if before is None:
        return ""
    known = this.values.shown(name, "value"), before.values.shown(name, "value")
    return _beside(
        before.text(name), before, "" if None in known else _difference(this, before, name)
    )


def _beside(text: str, before: KeyFigures, difference: str = "") -> str:
    if text == words.NOTHING:
        return ""
    until = before.part_until
    when = figure_words.part(until) if until else figure_words.whole(before.year)
    return figure_words.compared(text, when, difference)


def _difference(this: KeyFigures, before: KeyFigures, name: str) -> str:
    now, then = this.values.shown(name, "value"), before.values.shown(name, "value")
    if this.values.withheld(name, "value") or before.values.withheld(name, "value"):
        return words.HIDDEN
    if now is None or then is None:
        return words.NOTHING
    if name in this.percents:
        points = (this.percents[name] or 0) - (before.percents[name] or 0)
        return figure_words.points(numbers.change(points)) if points else words.UNCHANGED
    return numbers.change(now - then) if now != then else words.UNCHANGED


def _ages(figures: KeyFigures) -> str:
    ages = [figures.values.text(name, "value", "count") for name in _AGES]
    bare = next((sign for sign in (words.HIDDEN, words.NOTHING) if sign in ages), None)
    return bare or figure_words.years_old(*ages)
