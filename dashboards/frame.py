"""The frame of every page: its template, its marking, and what was rejected of the years it shows.

What a page holds is said where the page is made; how it looks, in templates/ and static/.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from dashboards import numbers, words
from dashboards.publication import Publication

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Mark:
    """That rows of a year, or whole deliveries (year None), were rejected.

    `short` stands beside a figure, `sentence` where the numbers are explained.
    """

    year: int | None
    short: str
    sentence: str


def render(template: str, publication: Publication, *, synthetic: str, **context: Any) -> str:
    """Return a page of `templates/` as HTML.

    `synthetic` is the sentence that the persons behind the page are made up, or empty.
    """
    return (
        _environment()
        .get_template(template)
        .render(
            words=words,
            marking=publication.manifest["marking"],
            synthetic=synthetic,
            style=inline("page.css"),
            **context,
        )
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def inline(name: str) -> Markup:
    """A file of static/ as it stands. Ours or vendored, so never escaped."""
    return Markup((_HERE / "static" / name).read_text(encoding="utf-8"))  # noqa: S704


def marks(publication: Publication, years: Iterable[int]) -> tuple[Mark, ...]:
    """What was rejected of `years`, in their order, and then whole deliveries."""
    rows = [(year, publication.rows_rejected(year)) for year in years]
    found = [
        Mark(
            year,
            words.rejected(numbers.count(n), year, n == 1),
            words.rejected_sentence(numbers.count(n), year, n == 1),
        )
        for year, n in rows
        if n
    ]
    if refused := int(publication.manifest.get("deliveries_refused", 0)):
        number = numbers.count(refused)
        found.append(
            Mark(
                None,
                words.refused(number, refused == 1),
                words.refused_sentence(number, refused == 1),
            )
        )
    return tuple(found)
