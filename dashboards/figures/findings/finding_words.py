"""The sentences of the findings, in the bokmål of a municipality's reports.

A number comes as it is to be written, unless the grammar depends on it. «Ingen», «én» and «alle»
are written as words where digits would not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assets.vocabulary import TOTAL
from dashboards import numbers, words
from dashboards.figures.findings.chance import Interval

COUNTED = {
    "referrals": ("ingen henvisninger", "én henvisning", "henvisninger"),
    "started": ("ingen oppstarter", "én oppstart", "oppstarter"),
    "participants": ("ingen deltakere", "én deltaker", "deltakere"),
    "dropouts": ("ingen frafall", "ett frafall", "frafall"),
    "no_shows": (
        "ingen henviste som ikke møtte", "én henvist som ikke møtte", "henviste som ikke møtte",
    ),
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

_REACHED = {
    "work": ("gikk", "til ordinært arbeid"),
    "education": ("gikk", "til utdanning"),
    "clarified": ("ble", "avklart til andre rettigheter"),
}
"""Target -> the verb of those who reach it, and the rest."""

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

WOMEN_AMONG = "kvinner blant deltakerne"
WHO_ANSWERED = "inviterte som svarte"
WHO_STAYED_EMPLOYED = "som fortsatt var i arbeid etter seks måneder"
"""What shares are of, after «andelen»; others are of AIMS, of WHO_LEFT, or by `those`."""

BETWEEN_GENDERS = "Forskjellen mellom kvinner og menn i andelen som gikk til arbeid"

_BEYOND_CHANCE = "enn tilfeldig variasjon vanligvis gir"
GENDERS_DIFFER = f"Forskjellen mellom kvinner og menn er større {_BEYOND_CHANCE}."
"""Where chance does not explain the difference between women and men."""


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


def in_year(year: int, until: date | None = None) -> str:
    """When events were counted: «i 2021», or «til og med 30. juni 2021»."""
    return f"til og med {words.day(until)}" if until else f"i {year}"


def through(until: date) -> str:
    """The part of several years: «til og med 30. juni»."""
    return f"til og med {until.day}. {words.MONTHS[until.month - 1]}"


def at_end(year: int, until: date | None) -> str:
    """When persons were counted: «ved utgangen av 2021», or «per 30. juni 2021»."""
    return f"per {words.day(until)}" if until else f"ved utgangen av {year}"


# --- How far chance reaches -----------------------------------------------------------------


def share_interval(of: str, interval: Interval) -> str:
    """The interval of a share, with what it is the share of."""
    return f"Andelen {of}: {_between(interval.as_written())}."


def difference_interval(of: str, interval: Interval) -> str:
    """The interval of a difference between two shares, with what differs."""
    written = interval.as_written()
    low, high = (numbers.change(_whole(value)) for value in (written.low, written.high))
    return f"{of}: {low} til {high} prosentpoeng."


def change_interval(name: str, interval: Interval) -> str:
    """The interval of the change of a key figure, as percent of what it was."""
    of, written = f"Endringen i antall {COUNTED[name][2]}", interval.as_written()
    low = numbers.change(_whole(written.low - 1))
    if written.high == float("inf"):
        return f"{of}: {low} prosent eller mer."
    high = numbers.change(_whole(written.high - 1))
    return f"{of}: {low} til {high} prosent."


def those(of: str, said: Sequence[str]) -> str:
    """A part of a whole in words: «henvisninger som kom fra «NAV lokal»»; as `largest`."""
    each = ", hver for seg" if len(said) > 1 else ""
    return f"{of} som {words.listed(said)}{each}"


def change_of_share(of: str) -> str:
    """What has changed: «Endringen i andelen i utdanning»."""
    return f"Endringen i andelen {of}"


def _between(interval: Interval) -> str:
    low, high = (numbers.half_up(value) for value in (interval.low, interval.high))
    return f"{low}–{numbers.percent(high)}"


def _whole(share: float) -> int:
    return -numbers.half_up(-share) if share < 0 else numbers.half_up(share)


# --- Sentences ------------------------------------------------------------------------------


def alone(counted_ones: Sequence[str], when: str) -> str:
    """Numbers without another year."""
    return f"{first_upper(when)} var det {words.listed(counted_ones)}."


def not_compared(why: Sequence[str], before: int, year: int) -> str:
    """Why nothing is said of changes; `why` are sentences."""
    return f"{' '.join(why)} Endringer fra {before} til {year} omtales derfor ikke."


def changed(name: str, before: tuple[int, str], now: tuple[int, str], part: str = "") -> str:
    """A change that chance does not explain; each number with when it was counted.

    `part` is the part of both years that is counted, as `through`.
    """
    verb = "økte" if now[0] > before[0] else "falt"
    numbered = [f"{numbers.count(number)} {when}" for number, when in (before, now)]
    counts, change = f"antall {COUNTED[name][2]}", f"fra {numbered[0]} til {numbered[1]}"
    said = f"{part} {verb} {counts}" if part else f"{counts} {verb}"
    return f"{first_upper(said)} {change}."


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


def so_far(goal: str, target: str, part: str, until: date) -> str:
    """A target in a year that is not over; `target` is one of AIMS."""
    verb, where = _REACHED[target]
    when = first_upper(in_year(until.year, until))
    return f"{when} {verb} {part} {where}. Målet for året er {goal}."


def share_changed(before: str, previous: int) -> str:
    """The other year's share, where chance does not explain the change."""
    return f"I {previous} var det {before}; endringen er større {_BEYOND_CHANCE}."


def of_referrals(part: str, benefit: str, goal: str) -> str:
    """The referrals with a benefit, and the target share of them."""
    return f"{first_upper(part)} {concerned(benefit)}. Målet er {goal}."


def concerned(benefit: str) -> str:
    """What a referral with a benefit did: «gjaldt «Kvalifiseringsstønad»»."""
    return f"gjaldt «{benefit}»"


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


def half_stayed(number: str, who: str, days: str, months: str) -> str:
    """The median stay; `who` is a clause, and `months` the same in months, where it helps."""
    about = f" (omtrent {months})" if months else ""
    return f"Halvparten av de {number} {who}, hadde da vært i tiltaket i minst {days} dager{about}."


def still_there(number: str, year: int, parts: Sequence[str]) -> str:
    """The share still in the programme; parts as «83 % etter 6 måneder (73 % til 89 %)»."""
    return (
        f"For de {number} som startet i {year}, er andelen som fortsatt er i tiltaket, anslått "
        f"til {words.listed(parts)}."
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


def stands_out(of: str, period: str, part: str) -> str:
    """A month or a quarter with more than its part."""
    return f"Flest {of} var det i {period}: {part}. Det er flere {_BEYOND_CHANCE}."


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
