"""The notes to the numbers of the form, for both its covers."""

from __future__ import annotations

from dashboards import numbers, origin, words
from dashboards.figures.monthly_form import MonthlyForm
from dashboards.forms import form_words
from dashboards.publication import Publication

READING = " ".join((form_words.PERCENT_NOTE, words.HIDDEN_SENTENCE, words.NOTHING_SENTENCE))
"""How to read the form's numbers."""


def synthetic(publication: Publication, form: MonthlyForm) -> str:
    """A note that the persons of the form are made up; empty when they are real."""
    return form_words.SYNTHETIC if form.year in publication.synthetic_years else ""


def running(form: MonthlyForm) -> str:
    """A note that the month was not over, and the last day counted; empty when it was over."""
    if not form.running:
        return ""
    return f"{form_words.running(form.year, form.month)} {words.counted_until(form.last)}"


def built(publication: Publication, form: MonthlyForm) -> str:
    """When the numbers were made."""
    return words.built(words.moment(publication.built_at(form.year)))


def source(publication: Publication, form: MonthlyForm) -> str:
    """When and from what the numbers were made; and that nothing was rejected, if so."""
    number = publication.delivery_count(form.year)
    said = [built(publication, form), words.deliveries(numbers.count(number), number == 1)]
    if not origin.marks(publication, [form.year]):
        said.append(words.NOTHING_REJECTED)
    return " ".join(said)


def rejected(publication: Publication, form: MonthlyForm) -> str:
    """The rejected rows of the form's year; empty when nothing was rejected."""
    sentences = [mark.sentence for mark in origin.marks(publication, [form.year])]
    return " ".join((*sentences, words.REJECTED_WHAT_NOW)) if sentences else ""
