"""What an address chooses: a page, a year, what it is compared with, gender or not, a month.

Everything that a person can choose stands in the address, so that a view can be sent to somebody.
Nothing here reads a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dashboards.app import app_words
from dashboards.figures.monthly_form import months
from dashboards.outline import BY_PATH, Page
from dashboards.publication import Publication

YEAR, COMPARED, GENDER, MONTH = "aar", "sammenlign", "kjonn", "maaned"
_YES, _NO = "ja", "nei"
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")

Query = Mapping[str, Sequence[str]]
"""The parameters of an address: name -> every value it was given."""


class AddressError(Exception):
    """An address that leads nowhere. `status` is the HTTP status, the message Norwegian."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Link:
    """One link of a list; `current` marks where the reader is, as aria-current says it."""

    text: str
    href: str
    current: str = ""


@dataclass(frozen=True)
class Choices:
    """What is looked at. `compared_with` is None for the year before."""

    year: int
    compared_with: int | None = None
    by_gender: bool = True
    month: int | None = None

    def seen(self, publication: Publication) -> Publication:
        """Return the publication as these choices show it."""
        return publication.seen(compared_with=self.compared_with, by_gender=self.by_gender)

    def in_year(self, year: int) -> Choices:
        """The same of another year; what it was compared with stays where it can."""
        compared = None if self.compared_with == year else self.compared_with
        return replace(self, year=year, compared_with=compared, month=None)

    def query(self, *, with_month: bool = False) -> str:
        """The parameters as they stand in an address, always in the same order."""
        chosen = {YEAR: str(self.year)}
        if with_month and self.month is not None:
            chosen[MONTH] = f"{self.year}-{self.month:02}"
        if self.compared_with is not None:
            chosen[COMPARED] = str(self.compared_with)
        if not self.by_gender:
            chosen[GENDER] = _NO
        return urlencode(chosen)


@dataclass(frozen=True)
class Address:
    """A page with what it shows."""

    page: Page
    choices: Choices

    @property
    def href(self) -> str:
        """The address, from the root."""
        return self.to(self.page)

    def to(self, page: Page, choices: Choices | None = None) -> str:
        """The address of a page with the same choices, or with others."""
        chosen = choices or self.choices
        return f"{page.path}?{chosen.query(with_month='month' in page.choices)}"


def page_of(path: str) -> Page:
    """Return the page at a path; AddressError (404) when there is none."""
    # A slash too many at the end is no other page.
    page = BY_PATH.get(path.rstrip("/") or "/")
    if page is None:
        raise AddressError(404, app_words.NO_PAGE)
    return page


def must_have(publication: Publication, page: Page) -> None:
    """Raise AddressError (404) when the audience of a publication does not get a page."""
    if page.needs and not publication.holds(page.needs):
        raise AddressError(404, app_words.not_in_open(page.title))


def choices_of(publication: Publication, query: Query) -> Choices:
    """Return what a query chooses; the newest year where it names none.

    Raises AddressError: 400 for what cannot be read, 404 for a year or month that is not published.
    Parameters with other names are let be.
    """
    month = _month(query)
    year = _year(query, YEAR) or (month[0] if month else publication.years[-1])
    if year not in publication.years:
        raise AddressError(404, app_words.no_year(year, publication.years))
    if month and month[0] != year:
        raise AddressError(400, app_words.BAD_MONTH)
    if month and month[1] not in months(publication, year):
        raise AddressError(404, app_words.NO_MONTH)
    compared = _year(query, COMPARED)
    if compared is not None and compared not in publication.years:
        raise AddressError(404, app_words.no_year(compared, publication.years))
    if compared == year:
        raise AddressError(400, app_words.SAME_YEAR)
    gender = _one(query, GENDER)
    if gender not in (None, _YES, _NO):
        raise AddressError(400, app_words.BAD_GENDER)
    if compared == year - 1:
        # The same view as without, and one address for it.
        compared = None
    return Choices(year, compared, gender != _NO, month[1] if month else None)


def _one(query: Query, name: str) -> str | None:
    values = query.get(name, ())
    if len(values) > 1:
        raise AddressError(400, app_words.twice(name))
    return values[0] if values and values[0] else None


def _year(query: Query, name: str) -> int | None:
    text = _one(query, name)
    if text is None:
        return None
    if not _YEAR.fullmatch(text):
        raise AddressError(400, app_words.BAD_YEAR)
    return int(text)


def _month(query: Query) -> tuple[int, int] | None:
    text = _one(query, MONTH)
    if text is None:
        return None
    found = _MONTH.fullmatch(text)
    if found is None:
        raise AddressError(400, app_words.BAD_MONTH)
    return int(found[1]), int(found[2])
