"""What the page about the open data says, in either language; its layout is in templates/."""

from __future__ import annotations

from typing import Any

from babel.dates import format_datetime

from dashboards import frame, origin, words
from dashboards.frame import Notices
from dashboards.open_data import json_stat, page_words
from dashboards.open_data.datasets import OpenData, open_data
from dashboards.open_data.examples import examples
from dashboards.open_data.open_data_words import LANGUAGES
from dashboards.open_data.tables_as_csv import code_file, table_file
from dashboards.publication import Publication


def content(publication: Publication, language: str, folder: str, links: str) -> dict[str, Any]:
    """Return what the templates need; ValueError when the publication gives no open data.

    `folder` is where the examples find the files, `links` where the links of the page do; both end
    with a slash.
    """
    of = open_data(publication)
    newest = publication.years[-1]
    return {
        "own_words": page_words.WORDS[language],
        "links": links,
        "is_live": "://" in folder,
        "tables": [
            (
                one.title.given(language),
                one.summary.given(language),
                page_words.span(one.years),
                [table_file(one), *(json_stat.dataset_file(one, other) for other in LANGUAGES)],
            )
            for one in of.datasets
        ],
        "code_lists": [
            (codes.name, code_file(codes)) for _, codes in sorted(of.code_lists.items())
        ],
        "privacy": _privacy(publication, language),
        "licence": of.licence,
        "rights": of.rights.given(language),
        "contact": of.contact,
        "examples": examples(folder, newest, language),
    }


def notices(publication: Publication, language: str) -> Notices:
    """The notices of the page, in its language."""
    if language == "nb":
        return frame.notices(publication, publication.years[-1])
    of = open_data(publication)
    return Notices(
        page_words.MARKING_IN_ENGLISH,
        " ".join(_sentence(text.given(language)) for text in of.synthetic),
        page_words.built_in_english(_moment(of)),
        page_words.MADE_UP_IN_ENGLISH,
    )


def _privacy(publication: Publication, language: str) -> tuple[str, ...]:
    if language == "nb":
        return origin.privacy(publication)
    rule = publication.disclosure
    return page_words.privacy_in_english(int(rule["threshold"]), publication.smallest_base)


def _sentence(text: str) -> str:
    """A notice without the words that the frame of the page puts before it."""
    said = text.partition(": ")[2]
    return said[0].upper() + said[1:]


def _moment(of: OpenData) -> str:
    return str(format_datetime(words.in_norway(of.updated), "d MMMM y 'at' HH:mm", locale="en"))
