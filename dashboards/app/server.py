"""The live dashboard as a Dash app: its addresses, their statuses and headers.

`create_app` returns it ready to be served. Every page is asked for by its address and comes whole,
with the right status, its texts and tables written by the server. In the browser Dash fetches the
page's charts as data, once, and draws them in their places. Nobody has a session.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from dash import ClientsideFunction, Dash, Input, Output, html
from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

from dashboards import words
from dashboards.app import downloads, markup, outline, pages, shell
from dashboards.app.address import (
    Address,
    AddressError,
    Choices,
    Query,
    choices_of,
    must_have,
    page_of,
)
from dashboards.app.downloads import Downloads
from dashboards.app.source import BusyError, Document, NothingPublishedError, Published, Source

_STATIC = Path(__file__).parents[1] / "static"
_FILES = {
    "page.css": _STATIC / "page.css",
    "app.css": _STATIC / "app" / "app.css",
    "app.js": _STATIC / "app" / "app.js",
    "charts.js": _STATIC / "app" / "charts.js",
    "plotly-basic.min.js": _STATIC / "plotly-basic.min.js",
}
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_HTML, _JSON = "text/html; charset=utf-8", "application/json; charset=utf-8"
_DATA = "/data"
_SMALL = 1000
"""Below so many bytes it does not pay to compress."""

_READ_ONLY = ("GET", "HEAD", "OPTIONS")
_CLOSED = ("/_dash-update-component", "/_reload-hash", "/assets/")
"""What Dash offers and nothing here asks for."""

_log = logging.getLogger(__name__)


def create_app(folder: Path) -> Dash:
    """Return the dashboard of the published folder `folder`, warm and ready to be served.

    Whoever serves it keeps the pages of other sites out.
    """
    answers = _Answers(Source(folder))
    answers.prepare()
    return answers.app


class _App(Dash):
    """Dash, with pages made by the server: its own are empty, and always found."""

    def __init__(self, serve: Callable[[], Response], index_string: str) -> None:
        self._serve_page = serve
        super().__init__(
            __name__,
            assets_folder=str(_STATIC / "app"),
            include_assets_files=False,
            use_pages=False,
            index_string=index_string,
            update_title="",
            enable_mcp=False,
        )
        self.layout = html.Div(id="side")
        self.clientside_callback(  # type: ignore[no-untyped-call]
            ClientsideFunction("nora", "page"), Output("side", "children"), Input("side", "id")
        )

    def index(self, *_: object, **__: object) -> Response:
        """Answer with the page at the address."""
        return self._serve_page()

    def scripts_around(self) -> str:
        """The document with all that Dash loads, and the marks that a page fills in."""
        document: str = super().index()  # type: ignore[no-untyped-call]
        return document


class _Answers:
    """What the app answers at each address."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._downloads = Downloads(downloads.lacking())
        self._static = {name: _static(path) for name, path in _FILES.items()}
        self._template = ""
        self.app = _App(self._serve_page, self._document())

    def prepare(self) -> None:
        """Register every address, and make the first page, before anybody asks."""
        server: Flask = self.app.server
        for rule, view in (
            (f"{_DATA}/", self._data),
            (f"{_DATA}/<path:path>", self._data),
            ("/helse", self._health),
            ("/statisk/<version>/<name>", self._file),
            (f"{downloads.FOLDER}/figur/<figure>.csv", self._rows),
            (f"{downloads.FOLDER}/figur/<figure>.png", self._picture),
            (f"{downloads.FOLDER}/nora.xlsx", self._workbook),
            (f"{downloads.FOLDER}/manedsskjema.xlsx", self._form),
        ):
            server.add_url_rule(rule, view_func=view, endpoint=f"nora {rule}", methods=["GET"])
        server.before_request(_close)
        server.after_request(self._finish)
        server.register_error_handler(AddressError, self._lost)
        server.register_error_handler(NothingPublishedError, self._nothing)
        server.register_error_handler(BusyError, self._busy)
        server.register_error_handler(HTTPException, self._refused)
        for missing in (DependencyException, InvalidResourceError):
            server.register_error_handler(missing, self._missing)
        with server.test_request_context("/"):
            self._template = self.app.scripts_around()
        server.test_client().get("/")

    def _serve_page(self) -> Response:
        published, address = self._asked(request.path)
        made = published.documents.get(("page", address), lambda: self._page(published, address))
        return _answer(made)

    def _data(self, path: str = "") -> Response:
        """The charts of the page as Dash wants them: the children of its one element."""
        published, address = self._asked(f"/{path}")
        made = published.documents.get(
            ("data", address),
            lambda: _zipped(markup.to_json(markup.nodes(pages.graphs(published, address))), _JSON),
        )
        return _answer(made)

    def _asked(self, path: str) -> tuple[Published, Address]:
        published = self._source.current()
        page = page_of(path)
        must_have(published.publication, page)
        address = Address(page, choices_of(published.publication, _query()))
        return published, pages.settled(published, address)

    def _page(self, published: Published, address: Address) -> Document:
        said = shell.notices(published, address.choices)
        title = said.title(pages.title(address))
        main = pages.content(published, address, self._downloads)
        page = markup.nodes(shell.framed(said, main, address, address.page))
        template = self._template if pages.graphs(published, address) else self._without_charts()
        return _zipped(shell.filled(template, title, page).encode(), _HTML)

    # --- What is fetched beside the pages ---------------------------------------------------

    def _file(self, version: str, name: str) -> Response:
        if name not in self._static or version != _version(self._static[name]):
            abort(404)
        answer = _answer(self._static[name])
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer

    def _health(self) -> Response:
        publication = self._source.current().publication
        content = {"status": "ok", "built_at": publication.manifest["built_at"]}
        return _answer(Document(markup.to_json(content), _JSON))

    def _rows(self, figure: str) -> Response:
        return self._fetched(("rows", figure), lambda of, c: downloads.rows(of, c, figure))

    def _picture(self, figure: str) -> Response:
        return self._fetched(("picture", figure), lambda of, c: downloads.picture(of, c, figure))

    def _workbook(self) -> Response:
        return self._fetched(("workbook",), downloads.year_workbook)

    def _form(self) -> Response:
        must_have(self._source.current().publication, outline.MONTHLY_FORM)
        return self._fetched(("form",), downloads.form_workbook)

    def _fetched(
        self, what: tuple[str, ...], make: Callable[[Published, Choices], Document]
    ) -> Response:
        published = self._source.current()
        choices = choices_of(published.publication, _query())
        return _answer(published.files.get((*what, choices), lambda: make(published, choices)))

    # --- When it cannot be answered ----------------------------------------------------------

    def _lost(self, error: AddressError) -> Response:
        return self._help(error.status, str(error))

    def _missing(self, _: Exception) -> Response:
        return self._help(404, words.APP_NO_PAGE)

    def _nothing(self, error: NothingPublishedError) -> Response:
        if str(error):
            _log.warning("The publication cannot be read: %s", error)
        message = words.APP_UNREADABLE if str(error) else words.APP_NOTHING
        return self._help(503, message)

    def _busy(self, _: BusyError) -> Response:
        answer = self._help(503, words.APP_BUSY)
        answer.headers["Retry-After"] = "10"
        return answer

    def _refused(self, error: HTTPException) -> Response:
        # What is not caught elsewhere comes here too, as a 500, and is in the log already.
        status = error.code or 500
        messages = {404: words.APP_NO_PAGE, 405: words.APP_ONLY_READ}
        general = words.APP_BAD_REQUEST if status < 500 else words.APP_BROKEN
        return self._help(status, messages.get(status, general))

    def _help(self, status: int, message: str) -> Response:
        """A page that says what is wrong and where to go instead."""
        try:
            published = self._source.current()
        except NothingPublishedError:
            said, newest = shell.NO_NOTICES, None
        else:
            choices = Choices(published.publication.years[-1])
            said, newest = shell.notices(published, choices), Address(outline.OVERVIEW, choices)
        page = markup.nodes(shell.help_page(said, newest, status, message))
        title = said.title(shell.help_title(status, published=newest is not None))
        content = shell.filled(self._without_charts(), title, page)
        answer = _answer(_zipped(content.encode(), _HTML))
        answer.status_code = status
        return answer

    # --- The document and its headers ----------------------------------------------------------

    def _document(self) -> str:
        """The document of a page with charts: Dash, the library that draws, and the way to it."""
        late = (
            '<div id="dash" aria-hidden="true">{%app_entry%}</div>',
            f'<p id="ikke-hentet" role="alert" hidden>{words.APP_FAILED}</p>',
            f'<noscript><p class="no-script">{words.NO_SCRIPT}</p></noscript>',
            # Before Dash's scripts, which else fetch the whole library.
            self._script("plotly-basic.min.js"),
            "{%config%}\n{%scripts%}\n{%renderer%}",
        )
        early = "\n".join((self._script("charts.js"), self._script("app.js"), shell.NO_CHARTS))
        return shell.template(self._styles(), early, "\n".join(late))

    def _without_charts(self) -> str:
        """The document of a page that has no charts, and therefore needs no Dash."""
        return shell.template(self._styles(), self._script("app.js"))

    def _script(self, name: str) -> str:
        return f'<script src="{self._address(name)}"></script>'

    def _styles(self) -> str:
        return "\n".join(
            f'<link rel="stylesheet" href="{self._address(name)}">'
            for name in ("page.css", "app.css")
        )

    def _address(self, name: str) -> str:
        return f"/statisk/{_version(self._static[name])}/{name}"

    def _finish(self, answer: Response) -> Response:
        """Give every answer its headers, and compress what the pages' scripts are made of."""
        for name, value in self._headers().items():
            answer.headers[name] = value
        answer.headers.setdefault("Cache-Control", "no-store")
        kind = (answer.mimetype or "").partition("/")
        compressible = kind[0] == "text" or kind[2] in ("javascript", "json")
        if (
            compressible
            and answer.status_code == 200
            and "Content-Encoding" not in answer.headers
            and request.accept_encodings["gzip"] > 0
        ):
            content = answer.get_data()
            if len(content) > _SMALL:
                answer.set_data(_compressed(content))
                answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Vary"] = "Accept-Encoding"
        return answer

    @lru_cache(maxsize=1)  # noqa: B019 - one app lives as long as its process
    def _headers(self) -> Mapping[str, str]:
        hashes = " ".join(self.app.csp_hashes())
        policy = {
            "default-src": "'self'",
            "script-src": f"'self' {hashes}",
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data: blob:",
            "object-src": "'none'",
            "base-uri": "'self'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        }
        return {
            "Content-Security-Policy": "; ".join(f"{name} {to}" for name, to in policy.items()),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }


def _close() -> None:
    """Let nobody do anything here but read."""
    if request.method not in _READ_ONLY:
        abort(405)
    if request.path.startswith(_CLOSED):
        abort(404)


def _query() -> Query:
    return dict(request.args.lists())


def _answer(made: Document) -> Response:
    zipped = bool(made.zipped) and request.accept_encodings["gzip"] > 0
    answer = Response(made.zipped if zipped else made.content, content_type=made.media_type)
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    if made.file_name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return answer


def _static(path: Path) -> Document:
    return _zipped(path.read_bytes(), _TYPES[path.suffix])


def _zipped(content: bytes, media_type: str) -> Document:
    # Without the time, so that equal pages are equal bytes.
    return Document(content, media_type, gzip.compress(content, 6, mtime=0))


@lru_cache(maxsize=64)
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, 6, mtime=0)


@lru_cache(maxsize=16)
def _version(of: Document) -> str:
    return hashlib.sha256(of.content).hexdigest()[:12]
