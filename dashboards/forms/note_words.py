"""The Norwegian words of the note that goes with the monthly form."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards import numbers, words
from dashboards.figures.findings import finding_words
from dashboards.figures.monthly_form import MonthlyForm

TITLE = "Utkast til følgetekst"
"""Heading of the note."""

_NAMES = {"referred": "referrals", "active": "active_at_year_end"}
"""Line of the form -> the key figure that counts the same, where that has another name."""


def month(form: MonthlyForm, counts: Mapping[str, int]) -> str:
    """The month in sentences; `counts` as covering_note.Counts."""
    when = words.month_of(form.year, form.month)
    last = f"{words.day(form.last)} var det" if form.running else "Ved utgangen av måneden var det"
    return (
        f"I {when} var det {_said('referred', counts)} og {_said('started', counts)}. Det var "
        f"{_exits(counts)}, {_said('dropouts', counts)} og {_said('no_shows', counts)}. "
        f"{'Per ' if form.running else ''}{last} {_said('active', counts)}."
    )


def so_far(counts: Mapping[str, int]) -> str:
    """The year so far."""
    return (
        f"Hittil i år har det vært {_said('referred', counts)}, {_said('started', counts)}, "
        f"{_exits(counts)} og {_said('dropouts', counts)}."
    )


def compared(before: int, changed: Mapping[str, tuple[int, int]]) -> str:
    """What differs from the same part of the year before; line -> (now, then)."""
    parts = [
        f"{'flere' if now > then else 'færre'} {finding_words.COUNTED[_NAMES.get(name, name)][2]} "
        f"({numbers.count(now)} mot {numbers.count(then)})"
        for name, (now, then) in changed.items()
    ]
    return f"Det har vært {words.listed(parts)} enn i samme del av {before}."


def _said(line: str, counts: Mapping[str, int]) -> str:
    return finding_words.counted(_NAMES.get(line, line), counts[line])


def _exits(counts: Mapping[str, int]) -> str:
    """The planned exits, and how many of them were to work."""
    exits, work = counts["planned_exits"], counts["work"]
    said = _said("planned_exits", counts)
    if exits == 0:
        return said
    if exits == 1:
        return f"{said} {'til arbeid' if work else '(ikke til arbeid)'}"
    part = {0: "ingen", 1: "én", exits: "alle"}.get(work, numbers.count(work))
    return f"{said} ({part} til arbeid)"
