"""The sentences of the findings, in the bokmål of a municipality's reports.

A number comes as it is to be written, unless the grammar depends on it. «Ingen», «én» and «alle»
are written as words where digits would not read.
"""

from __future__ import annotations

from collections.abc import Sequence

from assets.vocabulary import TOTAL
from dashboards import numbers, words
from dashboards.figures.findings.chance import Interval

COUNTED = {
    "referrals": ("ingen henvisninger", "én henvisning", "henvisninger"),
    "started": ("ingen oppstarter", "én oppstart", "oppstarter"),
    "participants": ("ingen deltakere", "én deltaker", "deltakere"),
    "dropouts": ("ingen frafall", "ett frafall", "frafall"),
    "no_shows": ("ingen henviste som uteble", "én henvist som uteble", "henviste som uteble"),
    "planned_exits": (
        "ingen planmessige avslutninger", "én planmessig avslutning", "planmessige avslutninger",
    ),
    "work_exits": (
        "ingen avslutninger til arbeid", "én avslutning til arbeid", "avslutninger til arbeid",
    ),
    "active_at_year_end": ("ingen aktive", "én aktiv", "aktive"),
}  # fmt: skip
"""Key figure -> what is counted: none of it, one of it, and the plural."""

AIMS = {
    "work": "i ordinært arbeid",
    "education": "i utdanning",
    "clarified": "avklart til andre rettigheter",
}
"""Target -> where those who reach it are."""

PERSONS = {
    "female": ("kvinne", "kvinner"),
    "male": ("mann", "menn"),
    "unknown": ("med ukjent kjønn", "med ukjent kjønn"),
}
"""Gender -> one person, and several."""

WHO_LEFT = {TOTAL: "som ble planmessig avsluttet", "work": "som gikk til arbeid"}
"""Outcome group -> those who left to it."""

EXITED, REFERRALS, ASKED = "planmessig avsluttede", "henvisninger", "inviterte"
"""The wholes that parts are named of."""

_SAME = "Forskjellen kan skyldes tilfeldigheter."


# --- Parts of sentences ---------------------------------------------------------------------


def counted(name: str, number: int) -> str:
    """A number with what it counts: «ingen frafall», «ett frafall», «17 frafall»."""
    none, one, many = COUNTED[name]
    return none if number == 0 else one if number == 1 else f"{numbers.count(number)} {many}"


def part_of(part: int, whole: int, of: str = "", percent: str = "") -> str:
    """A part of a whole: «44 av 102 avsluttede (43 %)», «ingen av 102 avsluttede», «alle 102».

    `of` is what the whole is, and `percent` the share where it is not to be in whole percent.
    """
    base = f"{numbers.count(whole)} {of}".rstrip()
    if part == 0:
        return f"ingen av {base}"
    share = percent or percent_of(part, whole)
    return f"alle {base}" if part == whole else f"{numbers.count(part)} av {base} ({share})"


def percent_of(part: int, whole: int) -> str:
    """A share as it is written: «43 %»."""
    return numbers.percent(numbers.half_up(part / whole))


def first_upper(text: str) -> str:
    """A part of a sentence as its beginning."""
    return text[:1].upper() + text[1:]


def in_year(year: int, part: str) -> str:
    """When events were counted: «i 2021», or «fram til 30. juni 2021»."""
    return f"fram til {part}" if part else f"i {year}"


def at_end(year: int, part: str) -> str:
    """When persons were counted: «ved utgangen av 2021», or «per 30. juni 2021»."""
    return f"per {part}" if part else f"ved utgangen av {year}"


# --- How far chance reaches -----------------------------------------------------------------


def share_interval(interval: Interval) -> str:
    """The interval of a share."""
    return f"Andelen: {_between(interval)} (95 % konfidensintervall)."


def difference_interval(interval: Interval) -> str:
    """The interval of a difference between two shares."""
    low, high = (numbers.change(_whole(value)) for value in (interval.low, interval.high))
    return f"Forskjellen: {low} til {high} prosentpoeng (95 % konfidensintervall)."


def change_interval(interval: Interval) -> str:
    """The interval of the change of a count, as percent of what it was."""
    low = numbers.change(_whole(interval.low - 1))
    if interval.high == float("inf"):
        return f"Endringen: {low} prosent eller mer (95 % konfidensintervall)."
    high = numbers.change(_whole(interval.high - 1))
    return f"Endringen: {low} til {high} prosent (95 % konfidensintervall)."


def _between(interval: Interval) -> str:
    low, high = (numbers.half_up(value) for value in (interval.low, interval.high))
    return f"{low}–{numbers.percent(high)}"


def _whole(share: float) -> int:
    return -numbers.half_up(-share) if share < 0 else numbers.half_up(share)


# --- Sentences ------------------------------------------------------------------------------


def alone(now: str, when: str) -> str:
    """A number without another year."""
    return f"Det var {now} {when}."


def unchanged(now: str, when: str, when_before: str) -> str:
    """The same number as in the other year."""
    return f"Det var {now} {when}, like mange som {when_before}."


def beside(now: str, when: str, before: int, when_before: str) -> str:
    """A number and that of the other year; chance may be why they differ."""
    then = numbers.count(before) if before else "ingen"
    return f"Det var {now} {when}, mot {then} {when_before}. {_SAME}"


def changed(name: str, before: tuple[int, str], now: tuple[int, str]) -> str:
    """A change that chance does not explain; each number with when it was counted."""
    verb = "økte" if now[0] > before[0] else "falt"
    numbered = [f"{numbers.count(number)} {when}" for number, when in (before, now)]
    return f"Antall {COUNTED[name][2]} {verb} fra {numbered[0]} til {numbered[1]}."


def driven_by(category: str, part: tuple[int, int], whole: tuple[int, int]) -> str:
    """The category that makes most of a change; each is (before, now)."""
    moved, total = abs(part[1] - part[0]), abs(whole[1] - whole[0])
    noun = "økningen" if whole[1] > whole[0] else "nedgangen"
    verb = "økte" if part[1] > part[0] else "falt"
    went = f"som {verb} fra {numbers.count(part[0])} til {numbers.count(part[1])}"
    if moved == total:
        return f"Hele {noun} er «{category}», {went}."
    if moved > total:
        return f"Det skyldes «{category}», {went}; resten gikk samlet den andre veien."
    much = "Nesten hele" if moved >= 0.9 * total else "Det meste av"
    counts = f"{numbers.count(moved)} av {numbers.count(total)}"
    return f"{much} {noun} ({counts}) er «{category}», {went}."


def largest(of: str, said: Sequence[str], number: str, after: Sequence[str]) -> str:
    """The largest category; `said` are the equally large ones, `after` those that follow."""
    each = " hver" if len(said) > 1 else ""
    sentence = f"Flest {of} {words.listed(said)}: {number}{each}."
    return f"{sentence} Deretter fulgte {words.listed(after)}." if after else sentence


def everybody(of: str, said: str, whole: int) -> str:
    """The only category."""
    return f"Alle {numbers.count(whole)} {of} {said}."


def reached(goal: str, aim: str, part: str) -> str:
    """A target that is reached."""
    return f"Målet på {goal} {aim} ble nådd: {part}."


def missed(goal: str, aim: str, part: str, missing: int) -> str:
    """A target that is not reached, and how many more would have reached it."""
    return f"Målet på {goal} {aim} ble ikke nådd: {part}. Det manglet {numbers.count(missing)}."


def so_far(goal: str, aim: str, part: str, when: str) -> str:
    """A target in a year that is not over."""
    return f"{first_upper(part)} {when} var {aim}. Målet for året er {goal}."


def share_changed(before: str, previous: int) -> str:
    """The other year's share, where chance does not explain the change."""
    return f"I {previous} var det {before}; endringen er større enn tilfeldigheter kan gi."


def of_referrals(part: str, benefit: str, goal: str) -> str:
    """The referrals with a benefit, and the target share of them."""
    return f"{first_upper(part)} gjaldt «{benefit}». Målet er {goal}."


def by_gender(parts: Sequence[str], whole: str) -> str:
    """How a population is divided; parts as «143 kvinner (62 %)»."""
    return f"Av {whole} var {words.listed(parts)}."


def persons(number: int, one: str, many: str, percent: str) -> str:
    """A gender in a population: «143 kvinner (62 %)»."""
    counts = "ingen" if number == 0 else numbers.count(number)
    share = f" ({percent})" if number else ""
    return f"{counts} {one if number == 1 else many}{share}"


def to_work(part: str) -> str:
    """The exits to work among the planned ones."""
    return f"{first_upper(part)} gikk til arbeid"


def of_women_and_men(women: str, men: str) -> str:
    """The same of women and of men."""
    return f"{women} og {men}"


def genders_differ(differ: bool) -> str:
    """Whether chance explains the difference between women and men."""
    if differ:
        return "Forskjellen mellom kvinner og menn er større enn tilfeldigheter kan gi."
    return "Forskjellen mellom kvinner og menn kan skyldes tilfeldigheter."


def half_stayed(number: str, who: str, days: str, months: str) -> str:
    """The median stay; `who` is a clause, and `months` the same in months, where it helps."""
    about = f" (omtrent {months})" if months else ""
    return f"Halvparten av de {number} {who}, hadde da vært i tiltaket i minst {days} dager{about}."


def still_there(number: str, year: int, parts: Sequence[str]) -> str:
    """The share still in the programme; parts as «83 % etter 6 måneder (73 % til 89 %)»."""
    return (
        f"Av de {number} som startet i {year}, er anslagsvis {words.listed(parts)} fortsatt i "
        "tiltaket."
    )


def still_employed(part: str) -> str:
    """How many of the persons followed up are still employed."""
    return f"{first_upper(part)} som er fulgt opp etter seks måneder, var fortsatt i arbeid."


def most_active(months: Sequence[str], most: str, fewest_in: Sequence[str], fewest: str) -> str:
    """The months with most and with fewest active participants at their end."""
    return (
        f"Flest aktive var det ved utgangen av {words.listed(months)} ({most}), færrest ved "
        f"utgangen av {words.listed(fewest_in)} ({fewest})."
    )


def month_stands_out(of: str, month: str, part: str) -> str:
    """A month with more than its part."""
    return f"Flest {of} var det i {month}: {part}. Det er flere enn tilfeldigheter kan gi."


def no_month_stands_out(of: str, months: Sequence[str], number: str, whole: str) -> str:
    """The months with most, where chance explains it."""
    each = " i hver" if len(months) > 1 else ""
    return (
        f"Ingen måned skiller seg klart ut med mange {of}. Flest var det i "
        f"{words.listed(months)}: {number} av {whole}{each}."
    )


def for_each_counsellor(number: str, participants: str, positions: str) -> str:
    """The participants of one position."""
    return (
        f"Hvert veilederårsverk fulgte opp {number} deltakere i løpet av året: {participants} "
        f"deltakere delt på {positions} årsverk."
    )


def saved(amount: str, goal: str, missing: str) -> str:
    """The savings and their target; `missing` is empty where it is reached."""
    if not missing:
        return f"Innsparingen ble {amount}. Målet på {goal} ble nådd."
    return f"Innsparingen ble {amount}. Målet på {goal} ble ikke nådd; det manglet {missing}."


def answered(part: str, surveys: int) -> str:
    """The answers to all surveys of a year."""
    of = "undersøkelsen" if surveys == 1 else f"{words.in_words(surveys)} undersøkelser"
    return f"{first_upper(part)} svarte på {of}."


def attended(groups: Sequence[str], number: str, whole: str) -> str:
    """The group with most attendances."""
    each = " hver" if len(groups) > 1 else ""
    quoted = words.listed([f"«{group}»" for group in groups])
    return f"Flest oppmøter hadde {quoted}: {number} av {whole}{each}."
