"""The number of a cell (assets/vocabulary/cells.py) as pages name it and write it."""

from __future__ import annotations

from collections.abc import Mapping

from assets.vocabulary import TOTAL, Table, vocabulary
from dashboards import numbers, words
from dashboards.figures import figure_words

FORM = "monthly_form"
"""The mart of the monthly form."""


def label(mart: Table, key: Mapping[str, str]) -> str:
    """The categories of a number in words: «Startet, Menn, Hittil i år»; totals are left out.

    Of the monthly form, the month and the part of the form are left out too.
    """
    names = ("value", "gender", "period") if mart.name == FORM else tuple(key)
    said = [_label(mart, name, key[name], key) for name in names if key[name] != TOTAL]
    return ", ".join(filter(None, said)) or vocabulary().code_list("aggregate")[TOTAL].label_nb


def _label(mart: Table, published_name: str, code: str, key: Mapping[str, str]) -> str:
    if published_name == "measure":
        return mart.column(code).label_nb if len(mart.measures) > 1 else ""
    name = "status" if published_name == mart.name else published_name
    if name == "gender":
        return words.GENDERS[code]
    if name == "month":
        return str(words.MONTHS[int(code) - 1]).capitalize()
    if name == "quarter":
        return figure_words.quarter(int(code))
    try:
        text = vocabulary().label(mart, name, code, by=key.get("breakdown"))
    except KeyError:
        # Names of projects and the like are typed.
        return code
    is_outcome = mart.name == FORM and key.get("breakdown") == "outcome" and name == "value"
    return figure_words.with_code(text, code) if is_outcome else text


def written(mart: Table, key: Mapping[str, str], number: float | None) -> str:
    """A number as pages write it."""
    if number is None:
        return words.NOTHING
    column = mart.column(key.get("measure", "n"))
    unit = column.type
    if mart.name == "key_figures":
        unit = vocabulary().code_list("key_figure")[key["figure"]].attributes["unit"]
    if unit == "share":
        return numbers.percent(numbers.half_up(number))
    return numbers.count(number) if unit in ("count", "years") else numbers.decimal(number)
