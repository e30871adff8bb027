"""The draft of the note that goes with the monthly form: its numbers in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from assets.vocabulary import TOTAL
from dashboards.cell_labels import FORM
from dashboards.figures.findings.chance import has_changed
from dashboards.figures.findings.comparable import breaks_between
from dashboards.figures.monthly_form import (
    MONTH,
    YEAR_TO_DATE,
    MonthlyForm,
    monthly_form,
    months,
)
from dashboards.forms import note_words
from dashboards.publication import Publication

_WORK = ("A", "AD")
_NEEDED = ("referred", "started", "active", "planned_exits", "dropouts", "no_shows")
_COMPARED = ("referred", "started", "planned_exits", "dropouts")

Counts = Mapping[str, int]
"""Line of the form -> its count; `work` are the outcomes to work."""


def covering_note(publication: Publication, form: MonthlyForm) -> tuple[str, ...]:
    """Return the sentences of the note: the month, the year so far, and what differs from before.

    Empty where a number of the form is withheld. The year before is left out where the same days of
    it are not published, where a break is between the two, and where nothing has changed more than
    by chance.
    """
    month, so_far = (_counts(form, period) for period in (MONTH, YEAR_TO_DATE))
    if month is None or so_far is None:
        return ()
    said = [note_words.month(form, month)]
    if form.month > 1:
        said.append(note_words.so_far(so_far))
    before = _same_part(publication, form)
    then = _counts(before, YEAR_TO_DATE) if before else None
    if before and then:
        changed = {
            name: (so_far[name], then[name])
            for name in _COMPARED
            if has_changed(so_far[name], then[name])
        }
        if changed:
            said.append(note_words.compared(before.year, changed))
    return tuple(said)


def _counts(form: MonthlyForm, period: str) -> Counts | None:
    """The counts of a period; None where one of them is withheld."""
    found = {
        line.code: line.cells[period, TOTAL].value
        for block in form.blocks
        for line in block.lines
        if (period, TOTAL) in line.cells
    }
    work = [found.get(code, 0) for code in _WORK]
    needed = [found.get(name) for name in _NEEDED]
    if None in needed or None in work:
        return None
    counted = {
        name: count for name, count in zip(_NEEDED, needed, strict=True) if count is not None
    }
    return {**counted, "work": sum(count or 0 for count in work)}


def _same_part(publication: Publication, form: MonthlyForm) -> MonthlyForm | None:
    """The form of the same days of the year before, if it is published."""
    before = form.year - 1
    if breaks_between(FORM, form.year, before):
        return None
    if before not in publication.years or form.month not in months(publication, before):
        return None
    found = monthly_form(publication, before, form.month)
    same = (found.last.month, found.last.day) == (form.last.month, form.last.day)
    # February has one more day in some years.
    return found if same or not (form.running or found.running) else None
