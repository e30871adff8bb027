"""The frame of every page that is a file: its template, its style, its marking.

What a page holds is said where the page is made; how it looks, in templates/ and static/.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from dashboards import words
from dashboards.publication import Publication

_HERE = Path(__file__).parent


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
            paper_marking=_css_text(publication.manifest["marking"]),
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


def _css_text(text: str) -> Markup:
    """Text as a string of CSS, which can end neither that nor the element that the style is in."""
    # The space after a number ends it, and is no part of the text.
    escaped = "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text)
    return Markup(f'"{escaped}"')  # noqa: S704


@cache
def inline(name: str) -> Markup:
    """A file of static/ as it stands. Ours or vendored, so never escaped."""
    return Markup((_HERE / "static" / name).read_text(encoding="utf-8"))  # noqa: S704
