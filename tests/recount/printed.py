"""The printed figures beside the oracle's marts, one by one: `printed_comparison`, counted again.

Reads figure_answers.csv and printed_figures.csv by itself. Where the words leave room, this is
how they are read:

* A report is compared when its year is one of the register's.
* Not answerable is what no mart answers, and what an optional sheet without a row of the year, or
  with an empty cell, would have answered. The required sheets always answer: marts leave out lines
  of zeros, so a sum over no line is 0, and a share of nobody is no number, but differs.
* A target or saving may be of a year before or after the register; its record answers all the same.
* What was typed in as it is printed (targets, savings, staff) is an echo and no count: where it is
  the same it says so, and is not called equal.
* Parts of a whole are the values of the dimension that the figure names. Of equal remainders the
  larger part is raised first, then the earlier of the code list.
* The place of a country is one more than the number of larger ones. Of several countries together
  it is one more than the number of others that are larger than the smallest of them, so that they
  stand at the printed place only if they hold that place and those that follow it. Where they do
  not, a product may name another place, or none, as long as it says that they differ. Anything else
  has its place in the same way, among those of its kind that the figure names, if it names any.
* Where there is no answer a note says so, in some words, unless the list has a note of its own.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from assets.reference import printed_figures
from assets.vocabulary import vocabulary
from tests.recount.oracle import Row
from tests.recount.records import Register

FOLDER = Path(printed_figures.__file__).parent
KEY = ("report", "section", "figure", "breakdown", "unit")
OF_OPTIONAL_SHEETS = {
    "activities": "activities",
    "work_exit_activities": "activities",
    "activity_status": "activities",
    "transition_cases": "transition_cases",
    "transition_starts": "transition_cases",
    "partner_projects": "partner_projects",
    "group_sessions": "group_sessions",
    "staffing": "staffing",
}
"""Mart -> the mart that has a line of the year if its sheet, which a register need not have, has."""

TYPED = {
    "target_share",
    "savings_target",
    "savings_reported",
    "headcount",
    "full_time_equivalents",
}
"""The measures that somebody typed in, so that no record is counted for them."""


def comparison(marts: Mapping[str, list[Row]], register: Register) -> list[Row]:
    """Return the rows of `printed_comparison` for the years that the marts hold.

    `marts` is what `oracle.marts` returns of `register`.
    """
    years = {row["year"] for row in marts["key_figures"]}
    printed = {tuple(row[name] for name in KEY): row for row in _lines("printed_figures.csv")}
    rows = []
    for answer in _lines("figure_answers.csv"):
        figure = printed[tuple(answer[name] for name in KEY)]
        if int(figure["report"]) not in years:
            continue
        published = float(figure["value"])
        answers, derived = _derived(answer, marts, register)
        rows.append(
            {
                "year": int(figure["report"]),
                **{name: figure[name] for name in KEY[1:]},
                "published": published,
                "derived": None if derived is None else float(derived),
                "status": _status(published, derived, answer) if answers else "not_answerable",
                # What the report says of itself says nothing of records that were not delivered.
                "note": (answer["note_nb"] or None) if answers or not answer["mart"] else None,
            }
        )
    return rows


def answered_by() -> dict[tuple[str, ...], str]:
    """Each printed figure -> the mart that answers it; empty if no record does."""
    return {
        tuple(answer[name] for name in KEY): answer["mart"]
        for answer in _lines("figure_answers.csv")
    }


def differences(expected: list[Row], actual: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return one sentence for each figure that is not compared as it should be."""
    key = ("year", *KEY[1:])
    ours = {tuple(row[name] for name in key): row for row in expected}
    theirs = {tuple(row[name] for name in key): row for row in actual}
    found = [] if len(theirs) == len(actual) else ["a figure stands there more than once"]
    for figure in sorted(ours.keys() | theirs.keys()):
        if figure not in theirs or figure not in ours:
            found.append(f"{figure}: {'missing' if figure in ours else 'not expected'}")
            continue
        for name in ("published", "derived", "status", "note"):
            want, have = ours[figure][name], theirs[figure][name]
            no_answer = name == "note" and want is None and ours[figure]["derived"] is None
            no_place = name == "derived" and figure[-1] == "rank"
            if no_place and ours[figure]["status"] == "different":
                want = have if have != ours[figure]["published"] else want
            if want != have and not (no_answer and have):
                found.append(f"{figure}: {name} is {have}, expected {want}")
    return found


def _lines(name: str) -> list[dict[str, str]]:
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _status(published: float, derived: Fraction | None, answer: Mapping[str, str]) -> str:
    if derived == Fraction(str(published)):
        return "typed" if answer["answer_measure"] in TYPED else "equal"
    if answer["also_printed"] and derived == Fraction(answer["also_printed"]):
        return "source_contradiction"
    return "different"


def _derived(
    answer: Mapping[str, str], marts: Mapping[str, list[Row]], register: Register
) -> tuple[bool, Fraction | None]:
    """Whether the records answer a figure, and the answer."""
    if not answer["mart"]:
        return False, None
    mart, measure, year = answer["mart"], answer["answer_measure"], int(answer["answer_year"])
    if mart == "savings":
        rows = [vars(row) for row in register.savings if row.year == year]
    else:
        rows = [row for row in marts[mart] if row["year"] == year]
    if mart == "time_in_programme":
        rows = [row for row in rows if row["outcome_group"] != "total"]
    chosen = [row for row in rows if _matches(row, answer["categories"])]
    of_sheet = marts.get(OF_OPTIONAL_SHEETS.get(mart, ""), rows)
    if mart == "transition_starts":
        # Those of earlier years are told without a case of the year.
        of_sheet = [*of_sheet, *rows]
    if mart in OF_OPTIONAL_SHEETS and not any(row["year"] == year for row in of_sheet):
        return False, None
    if mart in ("savings", "staffing") and all(row[measure] is None for row in rows):
        return False, None
    whole = [row for row in rows if _matches(row, answer["base_categories"].strip("*"))]
    match answer["rounding"]:
        case "sum":
            return True, _sum(chosen, measure)
        case "share":
            share = _sum(chosen, measure) if chosen else None
            return True, None if share is None else 100 * share
        case "half_up":
            n, base = (_total(each, measure) for each in (chosen, whole))
            return True, Fraction((200 * n + base) // (2 * base)) if base else None
        case "largest_remainder":
            of_base = answer["base_categories"].split("|")
            (part,) = [each for each in answer["categories"].split("|") if each not in of_base]
            return True, _part_of_hundred(whole, part, measure, mart)
        case "rank":
            return True, _rank(whole, answer["categories"])
    raise ValueError(f"no such rounding: {answer['rounding']}")


def _sum(chosen: list[Row], measure: str) -> Fraction | None:
    """The sum of the chosen lines; no number where they stand there and hold none."""
    if chosen and all(row[measure] is None for row in chosen):
        return None
    return _total(chosen, measure)


def _total(rows: list[Row], measure: str) -> Fraction:
    return sum(
        (Fraction(str(row[measure])) for row in rows if row[measure] is not None), Fraction()
    )


def _matches(row: Row, categories: str) -> bool:
    """Whether a line is among those named: one of the values of every dimension that is named."""
    named: dict[str, set[str]] = {}
    for category in filter(None, categories.split("|")):
        dimension, _, value = category.partition("=")
        named.setdefault(dimension, set()).add(value)
    return all(str(row[dimension]) in values for dimension, values in named.items())


def _part_of_hundred(whole: list[Row], category: str, measure: str, mart: str) -> Fraction | None:
    dimension, _, named = category.partition("=")
    column = vocabulary().table(f"marts.{mart}").column(dimension)
    order = vocabulary().code_list(str(column.codes)).names
    parts = {
        value: int(_total([row for row in whole if row[dimension] == value], measure))
        for value in order
    }
    base = sum(parts.values())
    if base == 0:
        return None
    percent = {value: 100 * part // base for value, part in parts.items()}
    while sum(percent.values()) < 100:
        lost = {value: Fraction(100 * parts[value], base) - percent[value] for value in order}
        most = max(order, key=lambda value: (lost[value], parts[value], -order.index(value)))
        percent[most] += 1
    return Fraction(percent[named])


def _rank(rows: list[Row], categories: str) -> Fraction | None:
    (dimension,) = {each.partition("=")[0] for each in categories.split("|")}
    named = {each.partition("=")[2] for each in categories.split("|")}
    sizes = dict.fromkeys(named, 0)
    for row in rows:
        sizes[row[dimension]] = sizes.get(row[dimension], 0) + row["n"]
    smallest = min(sizes[each] for each in named)
    if smallest == 0:
        # What nobody has, such as a country that nobody comes from, has no place.
        return None
    larger = [each for each, size in sizes.items() if each not in named and size > smallest]
    return Fraction(1 + len(larger))
