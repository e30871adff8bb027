"""The live dashboard as a Starlette app: its addresses, their statuses and headers.

`create_app` returns it, ready to be served. Each address returns one whole page, with the right
status, its texts, its tables and the data of its charts. There are no sessions.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboards import open_data, outline, words
from dashboards.app import app_words, downloads, follow, live_pages, table_address, table_page
from dashboards.app.address import (
    Address,
    AddressError,
    Choices,
    Query,
    choices_of,
    must_have,
    page_of,
)
from dashboards.app.deliveries import Schedule
from dashboards.app.downloads import Downloads
from dashboards.app.source import BusyError, Document, NothingPublishedError, Published, Source
from dashboards.frame import STATIC
from dashboards.publication import OPEN_DATA

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_FILES: Mapping[str, Document] = {
    name: Document((STATIC / name).read_bytes(), _TYPES[Path(name).suffix], has_version=True)
    for name in ("page.css", "live.css", "page.js", "plotly-basic.min.js")
}
_HTML, _JSON = "text/html; charset=utf-8", "application/json; charset=utf-8"
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_READ_ONLY = ("GET", "HEAD", "OPTIONS")
_ALLOWED = ", ".join(_READ_ONLY)
_NEVER, _FOR_GOOD = "no-store", "public, max-age=31536000, immutable"

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {to}" for name, to in _POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Vary": "Accept-Encoding",
}
"""The headers of every answer."""

_log = logging.getLogger(__name__)

_FAILURES = (AddressError, BusyError, NothingPublishedError, HTTPException, Exception)
"""The errors that become an error page; the last is any fault of the program."""

Make = Callable[[Request], Document]
Health = Callable[[str | None], Mapping[str, Any]]
"""What `/helse` tells, given when the publication was built; all is well if `status` is "ok"."""


def _today() -> date:
    return words.in_norway(datetime.now(UTC)).date()


def create_app(
    folder: Path, delivery_day: int, health: Health, today: Callable[[], date] = _today
) -> Starlette:
    """Return the dashboard of the published folder `folder`, warm and ready to be served.

    `delivery_day` is the day of the month by which the delivery of the month before must be there;
    `today` is the day in Norway. The server that runs it must keep out requests from pages of other
    sites.
    """
    answers = _Answers(Source(folder), lambda: Schedule(delivery_day, today()), health)
    answers.warm()
    return answers.app()


class _Answers:
    """The answer to each address.

    Starlette runs each of these in a thread of its own, so a slow one does not make other readers
    wait.
    """

    def __init__(self, source: Source, schedule: Callable[[], Schedule], health: Health) -> None:
        self._source = source
        self._schedule = schedule
        self._told_health = health
        self._downloads = Downloads(downloads.lacking())

    def app(self) -> Starlette:
        """Return the app."""
        figure = f"{downloads.FOLDER}/figur/{{figure}}"
        made: tuple[tuple[str, Make], ...] = (
            ("/helse", self._health),
            ("/statisk/{version}/{name}", self._file),
            (f"{figure}.csv", self._rows),
            (f"{figure}.png", self._picture),
            (f"{downloads.FOLDER}/nora.xlsx", self._workbook),
            (f"{downloads.FOLDER}/manedsskjema.xlsx", self._form),
            (f"{table_page.FILES}.csv", self._table_rows),
            (f"{table_page.FILES}.xlsx", self._table_workbook),
            (f"/{outline.NUMBERS}/{{number}}", self._number),
            (f"/{open_data.FOLDER}/{{name:path}}", self._data),
            ("/{path:path}", self._page),
        )
        return Starlette(
            routes=[Route(path, _answered(make), methods=_READ_ONLY) for path, make in made],
            exception_handlers=dict.fromkeys(_FAILURES, self._failed),
        )

    def warm(self) -> None:
        """Make the first page before anybody asks, with all that is slow to import."""
        try:
            published = self._source.current()
        except NothingPublishedError:
            return
        newest = Choices(published.publication.years[-1])
        self._made(published, Address(outline.OVERVIEW, newest))

    def _page(self, request: Request) -> Document:
        published = self._source.current()
        page = page_of(f"/{request.path_params['path']}")
        must_have(published.publication, page)
        query = _query(request)
        # Only the page that makes a table has choices of its own.
        own = table_address.asked(published.publication, query) if page is outline.TABLE else None
        address = Address(page, choices_of(published.publication, query), own)
        root = _root(request) if page.needs == OPEN_DATA else ""
        return self._made(published, live_pages.settled(published, address), root)

    def _number(self, request: Request) -> Document:
        published = self._source.current()
        choices = choices_of(published.publication, _query(request))
        page = follow.page(published, choices, request.path_params["number"])
        return self._made(published, Address(page, choices))

    def _made(self, published: Published, address: Address, root: str = "") -> Document:
        operation: tuple[str, ...] = ()
        if address.page == outline.QUALITY:
            built_at = published.publication.manifest["built_at"]
            operation = app_words.operation(self._told_health(built_at))
        now = live_pages.Now(self._schedule(), operation, root)

        def make() -> Document:
            page = live_pages.render(published, address, self._downloads, _address, now)
            return Document(page.encode(), _HTML)

        # A page may say what day it is, and how the builds are doing.
        return published.documents.get((address, now.schedule.today, operation, root), make)

    # --- Addresses that are not pages -------------------------------------------------------

    def _file(self, request: Request) -> Document:
        file = _FILES.get(request.path_params["name"])
        if file is None or request.path_params["version"] != file.version:
            raise HTTPException(404)
        return file

    def _health(self, _: Request) -> Document:
        try:
            built_at = self._source.current().publication.manifest["built_at"]
        except NothingPublishedError:
            built_at = None
        told = self._told_health(built_at)
        content = json.dumps(told, separators=(",", ":")).encode()
        return Document(content, _JSON, status=200 if told["status"] == "ok" else 503)

    def _data(self, request: Request) -> Document:
        found = self._source.current().open_data.get(request.path_params["name"])
        if found is None:
            raise AddressError(404, app_words.NO_PAGE)
        return found

    def _rows(self, request: Request) -> Document:
        figure = request.path_params["figure"]
        return self._fetched(
            request, "rows", lambda of, choices: downloads.rows(of, choices, figure)
        )

    def _picture(self, request: Request) -> Document:
        figure = request.path_params["figure"]
        return self._fetched(
            request, "picture", lambda of, choices: downloads.picture(of, choices, figure)
        )

    def _workbook(self, request: Request) -> Document:
        return self._fetched(request, "workbook", downloads.year_workbook)

    def _form(self, request: Request) -> Document:
        must_have(self._source.current().publication, outline.MONTHLY_FORM)
        return self._fetched(request, "form", downloads.form_workbook)

    def _table_rows(self, request: Request) -> Document:
        return self._own_table(request, table_page.rows)

    def _table_workbook(self, request: Request) -> Document:
        return self._own_table(request, table_page.workbook)

    def _own_table(
        self, request: Request, make: Callable[[Published, table_address.Asked], Document]
    ) -> Document:
        published, query = self._source.current(), _query(request)
        choices_of(
            published.publication, query
        )  # An address with a year that is not there is wrong.
        found = table_address.asked(published.publication, query)
        return published.files.get((make.__name__, found), lambda: make(published, found))

    def _fetched(
        self, request: Request, what: str, make: Callable[[Published, Choices], Document]
    ) -> Document:
        published = self._source.current()
        choices = choices_of(published.publication, _query(request))
        key = (what, request.path_params.get("figure"), choices)
        return published.files.get(key, lambda: make(published, choices))

    def _failed(self, request: Request, error: Exception) -> Response:
        """Answer with a page that names the error and links to other pages."""
        status, message = _told(error)
        try:
            published = self._source.current()
        except NothingPublishedError:
            published = None
        page = live_pages.render_lost(published, status, message, _address)
        answer = _answer(request, Document(page.encode(), _HTML, status=status))
        if isinstance(error, BusyError):
            answer.headers["Retry-After"] = "10"
        return answer


def _told(error: Exception) -> tuple[int, str]:
    """The status of an answer that could not be made, and the reason in Norwegian."""
    match error:
        case AddressError():
            return error.status, str(error)
        case BusyError():
            return 503, app_words.BUSY
        case NothingPublishedError():
            if not str(error):
                return 503, app_words.NOTHING
            _log.warning("The publication cannot be read: %s", error)
            return 503, app_words.UNREADABLE
        case HTTPException():
            messages = {404: app_words.NO_PAGE, 405: app_words.ONLY_READ}
            return error.status_code, messages.get(error.status_code, app_words.BAD_REQUEST)
        case _:
            # Starlette raises the error again, which puts it in the log.
            return 500, app_words.BROKEN


def _root(request: Request) -> str:
    """The address of the dashboard as its reader has it: other machines reach it by HTTPS."""
    scheme = "http" if request.url.hostname in _THIS_MACHINE else "https"
    return f"{scheme}://{request.url.netloc}"


def _query(request: Request) -> Query:
    given = request.query_params
    return {name: given.getlist(name) for name in given}


def _answered(make: Make) -> Callable[[Request], Response]:
    """Answer with the result of `make`."""

    def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(headers=_HEADERS | {"Cache-Control": _NEVER, "Allow": _ALLOWED})
        return _answer(request, make(request))

    return answer


def _answer(request: Request, made: Document) -> Response:
    """A document with all headers, compressed by gzip if the browser accepts it."""
    kept = _FOR_GOOD if made.has_version else _NEVER
    headers = _HEADERS | {"Cache-Control": kept, "Content-Type": made.media_type}
    content = made.content
    if made.zipped and "gzip" in request.headers.get("Accept-Encoding", ""):
        content = made.zipped
        headers["Content-Encoding"] = "gzip"
    if made.file_name:
        headers["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    if made.link:
        headers["Link"] = made.link
    return Response(content, made.status, headers)


def _address(name: str) -> str:
    """The address of a file of static/, which changes with its content."""
    return f"/statisk/{_FILES[name].version}/{name}"
