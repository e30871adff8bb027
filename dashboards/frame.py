"""The frame of every page: its template, its title, its marking.

The content of a page is defined where the page is made; the layout, in templates/ and static/.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from dashboards import words
from dashboards.figures import Figure
from dashboards.figures.charts import CONFIG
from dashboards.publication import Publication

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Notices:
    """The notices of every page: the marking, the years of made-up persons, the time of the build.

    Each is empty when it does not apply.
    """

    marking: str = ""
    synthetic: str = ""
    built: str = ""
    made_up: str = words.SYNTHETIC
    """What made-up data are called in the language of the page."""

    def title(self, heading: str) -> str:
        """The title of a page with this heading, as shown in a list of windows."""
        programme = "" if heading.startswith(words.PROGRAMME) else words.PROGRAMME
        synthetic = self.made_up if self.synthetic else ""
        return " – ".join(filter(None, (heading, programme, synthetic, self.marking)))

    @property
    def foot(self) -> str:
        """The text at the foot of every page."""
        synthetic = self.made_up if self.synthetic else ""
        return " · ".join(filter(None, (self.marking, synthetic, self.built)))

    @property
    def on_paper(self) -> Markup:
        """The marking as a string of CSS; its text cannot end the string or the style element."""
        # The space after a number ends it, and is not part of the text.
        escaped = "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in self.marking)
        return Markup(f'"{escaped}"')  # noqa: S704


def notices(publication: Publication, year: int | None) -> Notices:
    """The notices of a publication, with the build of `year`; None when no year is shown."""
    return Notices(
        str(publication.manifest["marking"]),
        words.synthetic(publication.synthetic_years, publication.years),
        "" if year is None else words.built(words.moment(publication.built_at(year))),
    )


def render(template: str, notices: Notices, heading: str, **context: Any) -> str:
    """Return a page of `templates/` as HTML, with `heading` as its first heading and title."""
    page = _environment().get_template(template)
    return page.render(notices=notices, heading=heading, **context)


def charts(figures: Iterable[Figure]) -> Markup:
    """Every chart as JSON that is safe inside a script element; empty when there is none."""
    drawn = {
        figure.id: {key: figure.chart.to_plotly_json()[key] for key in ("data", "layout")}
        for figure in figures
        if figure.chart is not None
    }
    if not drawn:
        return Markup()
    text = json.dumps(
        {"config": CONFIG, "figures": drawn}, ensure_ascii=False, sort_keys=True,
        separators=(",", ":"), allow_nan=False,
    )  # fmt: skip
    # Escaped for a script, which has no HTML entities; without "<" nothing can end the script.
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)  # noqa: S704


@cache
def inline(name: str) -> Markup:
    """A file of static/, unchanged. It is ours or vendored, so it is never escaped."""
    return Markup((STATIC / name).read_text(encoding="utf-8"))  # noqa: S704


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Globals, so that blocks can use them too.
    environment.globals |= {"words": words, "inline": inline}
    return environment
