"""The live dashboard over the dashboards' publication, and its pages read back as a reader would."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.vocabulary import TOTAL, vocabulary
from dashboards.app.server import Health, create_app
from dashboards.publication import Publication, read
from tests.unit.test_app.client import Client
from tests.unit.test_dashboards.conftest import build_publication

Table = list[list[str]]
"""A table as its rows of texts, the header first."""

_VOID = ("meta", "link", "img", "br", "hr", "input", "col")


@dataclass
class Page(HTMLParser):
    """What a page says: its elements, and its tables by their id."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    """The text of every element of a kind, in order."""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self._said: list[list[str]] = []
        self._rows: Table = []
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in _VOID:
            return
        self._open.append(tag)
        self._said.append([])
        if tag == "table":
            self._rows, self._name = [], ""
        if tag == "caption":
            self._name = (dict(attrs)["id"] or "").removeprefix("t-")
        if tag == "tr":
            self._rows.append([])

    def handle_data(self, data: str) -> None:
        for said in self._said:
            said.append(data)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1] == tag, f"{tag} closes {self._open[-1]}"
        self._open.pop()
        text = "".join(self._said.pop())
        self.texts.setdefault(tag, []).append(text)
        if tag in ("th", "td"):
            self._rows[-1].append(text)
        if tag == "table":
            self.tables[self._name] = self._rows

    @property
    def charts(self) -> dict[str, Any]:
        """The charts of the page as their script gets them; nothing where it has none."""
        texts = self.texts.get("script", ())
        for attributes, text in zip(self.attributes("script"), texts, strict=True):
            if attributes.get("id") == "charts":
                found: dict[str, Any] = json.loads(text)
                return found
        return {"figures": {}}

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def parsed(text: str) -> Page:
    """Read a page."""
    page = Page()
    page.feed(text)
    page.close()
    assert page.tags, "no page"
    return page


@pytest.fixture(scope="session")
def publication(published: Path) -> Publication:
    """What the dashboard shows."""
    return read(published)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published folder that no test changes."""
    return build(tmp_path_factory.mktemp("published") / "internal")


@pytest.fixture(scope="session")
def client(published: Path) -> Client:
    """A reader of it."""
    return open_app(published)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A published folder that the test may change."""
    return build(tmp_path / "internal")


@pytest.fixture
def serve(folder: Path) -> Callable[[], Client]:
    """Open the dashboard of that folder, once the test has changed it."""
    return lambda: open_app(folder)


@pytest.fixture
def close(folder: Path) -> Callable[[str], None]:
    """Make an open publication of that folder: without one mart, and without receipts."""

    def change(name: str) -> None:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        del manifest["receipts"]
        rule = {"rule": "protected", "threshold": 5, "smallest_base": 20, "left_out": [name]}
        counted = {"audience": "open", "disclosure": rule, "deliveries": 3}
        path.write_text(json.dumps(manifest | counted), encoding="utf-8")

    return change


def build(folder: Path) -> Path:
    """Write the dashboards' publication to `folder`, with the forms of March and December 2021."""
    build_publication(folder)
    genders = {TOTAL: 5, "female": 3, "male": 2}
    lists = {"counts": "form_line", "outcome": "outcome"}
    rows = [
        (2021, month, period, breakdown, value, gender, n * (place + int(month)), "shown")
        for month in ("3", "12")
        for period in ("month", "year_to_date")
        for breakdown, name in lists.items()
        for place, value in enumerate(vocabulary().code_list(name).names)
        for gender, n in genders.items()
    ]
    path = folder / "monthly_form.parquet"
    pl.DataFrame(rows, pl.read_parquet_schema(path), orient="row").write_parquet(path)
    return folder


TODAY = date(2026, 11, 22)
"""The day after the publication was built."""


def well(built_at: str | None) -> dict[str, str | None]:
    """The health of a home where nothing is wrong, once something is published."""
    return {"status": "ok" if built_at else "fault", "built_at": built_at}


def open_app(
    folder: Path, today: Callable[[], date] = lambda: TODAY, health: Health = well
) -> Client:
    """The dashboard of a folder, looked at on a day."""
    return Client(create_app(folder, 10, health, today))
