"""What both covers of the form say beside its numbers."""

from __future__ import annotations

from dashboards import numbers, origin, words
from dashboards.figures.monthly_form import MonthlyForm
from dashboards.forms import form_words
from dashboards.publication import Publication

READING = " ".join((form_words.PERCENT_NOTE, words.HIDDEN_SENTENCE, words.NOTHING_SENTENCE))
"""How the form's numbers are to be read."""


def synthetic(publication: Publication, form: MonthlyForm) -> str:
    """That the persons of the form are made up; empty when they are not."""
    return form_words.SYNTHETIC if form.year in publication.synthetic_years else ""


def running(form: MonthlyForm) -> str:
    """That the month was not over, and until when it is counted; empty when it was."""
    if not form.running:
        return ""
    return f"{form_words.running(form.year, form.month)} {words.counted_until(form.last)}"


def built(publication: Publication, form: MonthlyForm) -> str:
    """When the numbers were made."""
    return words.built(words.moment(publication.built_at(form.year)))


def source(publication: Publication, form: MonthlyForm) -> str:
    """When and of what the numbers were made, and that nothing was rejected where that is so."""
    number = publication.delivery_count(form.year)
    said = [built(publication, form), words.deliveries(numbers.count(number), number == 1)]
    if not origin.marks(publication, [form.year]):
        said.append(words.NOTHING_REJECTED)
    return " ".join(said)


def rejected(publication: Publication, form: MonthlyForm) -> str:
    """What was rejected of the form's year; empty when nothing was."""
    sentences = [mark.sentence for mark in origin.marks(publication, [form.year])]
    return " ".join((*sentences, words.REJECTED_WHAT_NOW)) if sentences else ""
