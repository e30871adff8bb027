"""The choices in an address: page, year, year to compare with, gender or not, month.

Every choice is part of the address, so that a view can be sent to somebody.
Nothing here reads a number.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dashboards.app import app_words
from dashboards.figures.monthly_form import months
from dashboards.outline import BY_PATH, Page
from dashboards.publication import Publication

YEAR, COMPARED, GENDER, MONTH = "aar", "sammenlign", "kjonn", "maaned"
_YES, _NO = "ja", "nei"
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])")

Query = Mapping[str, Sequence[str]]
"""The parameters of an address: name -> every value given for it."""


class AddressError(Exception):
    """An address that leads nowhere. `status` is the HTTP status, the message Norwegian."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Link:
    """One link of a list; `current` marks the reader's page or choice (aria-current)."""

    text: str
    href: str
    current: str = ""


@dataclass(frozen=True)
class Choices:
    """The choices of the reader. `compared_with` is None for the year before."""

    year: int
    compared_with: int | None = None
    by_gender: bool = True
    month: int | None = None

    def seen(self, publication: Publication) -> Publication:
        """Return the part of the publication that a page shows, with these choices applied."""
        chosen = publication.seen(compared_with=self.compared_with, by_gender=self.by_gender)
        return chosen.behind(self.year)

    def in_year(self, year: int) -> Choices:
        """Return the same choices for another year, keeping the compared year if possible."""
        compared = None if self.compared_with == year else self.compared_with
        return replace(self, year=year, compared_with=compared, month=None)

    def query(self, *, with_month: bool = False) -> str:
        """Return the parameters as written in an address, always in the same order."""
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
    """A page and the choices made on it."""

    page: Page
    choices: Choices
    own: Hashable = None
    """What this page alone is asked for: the choices of a reader's own table."""

    @property
    def href(self) -> str:
        """The address, from the root."""
        return self.to(self.page)

    def to(self, page: Page, choices: Choices | None = None) -> str:
        """Return the address of a page with the same choices, or with others."""
        chosen = choices or self.choices
        return f"{page.path}?{chosen.query(with_month='month' in page.choices)}"


def page_of(path: str) -> Page:
    """Return the page at a path; AddressError (404) when there is none."""
    # One slash too many at the end still means the same page.
    page = BY_PATH.get(path.rstrip("/") or "/")
    if page is None:
        raise AddressError(404, app_words.NO_PAGE)
    return page


def has_page(publication: Publication, page: Page) -> bool:
    """Whether a publication's audience gets a page."""
    return not page.needs or publication.holds(page.needs)


def must_have(publication: Publication, page: Page) -> None:
    """Raise AddressError (404) when a publication's audience does not get a page."""
    if not has_page(publication, page):
        why = app_words.not_in_open(page.title) if publication.protected else app_words.NO_PAGE
        raise AddressError(404, why)


def choices_of(publication: Publication, query: Query) -> Choices:
    """Return the choices in a query; the newest year when it names none.

    Raises AddressError: 400 for a value that cannot be read, 404 for a year or month that is not
    published. Parameters with other names are ignored.
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
    gender = one(query, GENDER)
    if gender not in (None, _YES, _NO):
        raise AddressError(400, app_words.BAD_GENDER)
    if compared == year - 1:
        # The same view as without the parameter, so both have one address.
        compared = None
    return Choices(year, compared, gender != _NO, month[1] if month else None)


def one(query: Query, name: str) -> str | None:
    """The value of a parameter, None if it is empty; AddressError (400) when it stands twice."""
    values = query.get(name, ())
    if len(values) > 1:
        raise AddressError(400, app_words.twice(name))
    return values[0] if values and values[0] else None


def _year(query: Query, name: str) -> int | None:
    text = one(query, name)
    if text is None:
        return None
    if not _YEAR.fullmatch(text):
        raise AddressError(400, app_words.BAD_YEAR)
    return int(text)


def _month(query: Query) -> tuple[int, int] | None:
    text = one(query, MONTH)
    if text is None:
        return None
    found = _MONTH.fullmatch(text)
    if found is None:
        raise AddressError(400, app_words.BAD_MONTH)
    return int(found[1]), int(found[2])
