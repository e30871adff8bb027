"""The definitions of the numbers of a publication, in the vocabulary's words.

For everyone, the open publication counts the participants that took part; its words differ there.
"""

from __future__ import annotations

from datetime import date

from assets.vocabulary import Table, vocabulary
from dashboards import words
from dashboards.publication import Publication

COUNT_PARTICIPANTS = frozenset(
    {
        "gender_split", "country_of_origin", "age_bands", "participant_background", "activities",
        "counsellor_caseload", "key_figures",
    }
)  # fmt: skip
"""The marts that count participants."""

SHOWN_BY_OTHERS = ("took_part",)
"""Marks that no page shows: the open publication has their number under other marks."""


def of_table(publication: Publication, mart: Table, until: date | None = None) -> str:
    """The definition of the numbers of a mart; `until` as in words.on_the_day."""
    if publication.protected and mart.name == "key_figures":
        return words.OPEN_KEY_FIGURES
    return words.on_the_day(mart.definition_nb, until)


def tables(publication: Publication, until: date | None = None) -> list[tuple[str, str]]:
    """Label and definition of every mart that the pages show."""
    return [
        (mart.label_nb, of_table(publication, mart, until))
        for mart in vocabulary().layer("marts")
        if publication.holds(mart.name) and mart.name not in SHOWN_BY_OTHERS
    ]


def key_figures(publication: Publication, until: date | None = None) -> tuple[tuple[str, str], ...]:
    """Label and definition of every key figure that is published."""
    definitions = {
        code.code: (words.on_the_day(code.label_nb, until), code.attributes["definition_nb"])
        for code in vocabulary().code_list("key_figure").codes
    }
    if publication.protected:
        label, _ = definitions["participants"]
        definitions["participants"] = (label, words.OPEN_PARTICIPANTS)
    return tuple(definitions[name] for name in publication.key_figures)
