"""The current publication, and everything made from it: kept until a new one is published.

The published folder is a link that is replaced. Everything kept belongs to one target of the link,
so the next request sees a new publication, and nothing old is ever mixed into it.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from dashboards import open_data
from dashboards.app.address import Choices
from dashboards.open_data import csv_metadata
from dashboards.publication import Publication, PublicationError, read
from dashboards.report.content import Report, report
from dashboards.report.tables import Table

_MANIFEST = "manifest.json"
_KEPT = 400
_REPORTS = 60
_SMALL = 1000
"""Content of up to this many bytes is not worth compressing."""

_IS_TEXT = re.compile(r"text/|application/(json|javascript|csvm\+json|ld\+json)")
_WAITING = 4
"""The most readers at a time for whom a file is being made, or who wait for it."""

Made = TypeVar("Made")
_Version = tuple[int, int, int, int]


class BusyError(Exception):
    """Too many readers already wait for something to be made."""


class Kept(Generic[Made]):
    """Results made from one publication: the `size` most recently asked for.

    With `waiting`, at most that many readers are in `get` at a time for results not made yet.
    """

    def __init__(self, size: int, waiting: int | None = None) -> None:
        self._size = size
        self._places = None if waiting is None else threading.Semaphore(waiting)
        self._made: OrderedDict[Hashable, Made] = OrderedDict()
        self._lock = threading.Lock()
        # One at a time: ten readers of a new page wait for one making of it, instead of making ten.
        self._making = threading.RLock()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` returned for `key`, made once; an exception is not kept.

        Raises BusyError when too many readers already wait.
        """
        found = self._found(key)
        if found is None:
            with self._place(), self._making:
                found = self._found(key)
                if found is None:
                    found = make()
                    with self._lock:
                        self._made[key] = found
                        while len(self._made) > self._size:
                            self._made.popitem(last=False)
        return found

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Take one of the places for waiting readers, if their number is limited."""
        if self._places is None:
            yield
            return
        if not self._places.acquire(blocking=False):
            raise BusyError
        try:
            yield
        finally:
            self._places.release()

    def _found(self, key: Hashable) -> Made | None:
        with self._lock:
            found = self._made.get(key)
            if found is not None:
                self._made.move_to_end(key)
            return found


@dataclass(frozen=True)
class Document:
    """A page, a script or a file, with its type."""

    content: bytes
    media_type: str
    file_name: str = ""
    """The name to save it under; empty if it is shown instead."""
    has_version: bool = False
    """Whether its address changes with its content, so that browsers may keep it for good."""
    status: int = 200
    """The status of the answer."""
    link: str = ""
    """What describes it, as a Link header says it; empty if nothing does."""

    @cached_property
    def zipped(self) -> bytes:
        """The content by gzip; empty if it is small, or already packed."""
        if len(self.content) <= _SMALL or not _IS_TEXT.match(self.media_type):
            return b""
        # Without the time, so that equal pages are equal bytes.
        return gzip.compress(self.content, mtime=0)

    @cached_property
    def version(self) -> str:
        """A text that changes with the content, for an address that may be kept for good."""
        return hashlib.sha256(self.content).hexdigest()[:12]


class Published:
    """One publication in memory, and everything made from it."""

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        self.documents: Kept[Document] = Kept(_KEPT)
        # Separate from the pages, because files take long to make and pages must not wait for them.
        self.files: Kept[Document] = Kept(_KEPT, _WAITING)
        self._reports: Kept[Report] = Kept(_REPORTS)

    @cached_property
    def open_data(self) -> Mapping[str, Document]:
        """The files of the open data by their names; none for an audience that gets none."""
        return {
            name: Document(content, open_data.media_type(name), link=_described(name))
            for name, content in open_data.files(self.publication).items()
        }

    def report(self, choices: Choices) -> Report:
        """Every figure of a year with its rows, with the choices applied."""
        return self._reports.get(
            (choices.year, choices.compared_with, choices.by_gender),
            lambda: report(choices.seen(self.publication), choices.year),
        )

    def tables(self, choices: Choices) -> dict[str, Table]:
        """Every table of that report except the excerpts, by the id of its figure."""
        return {entry.id: entry.table for entry in self.report(choices).tables}


def _described(name: str) -> str:
    """The Link header of a file of the open data: CSV on the Web asks for the metadata of a CSV."""
    if not name.endswith(".csv"):
        return ""
    to = f"/{open_data.FOLDER}/{csv_metadata.FILE}"
    return f'<{to}>; rel="describedby"; type="{csv_metadata.MEDIA_TYPE}"'


class NothingPublishedError(Exception):
    """There is no publication, or none that can be read. The message contains no number."""


class Source:
    """The published folder of one audience."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # As text: the path is used by every request.
        self._manifest = str(folder / _MANIFEST)
        self._lock = threading.Lock()
        self._version: _Version | None = None
        self._current: Published | None = None
        self._problem = ""

    def current(self) -> Published:
        """Return the current publication. Raises NothingPublishedError when there is none."""
        version = self._seen()
        if version is None:
            raise NothingPublishedError
        with self._lock:
            if version != self._version:
                self._load(version)
            if self._current is None:
                raise NothingPublishedError(self._problem)
            return self._current

    def _seen(self) -> _Version | None:
        """The version of the publication in the folder; None when there is none."""
        try:
            manifest = os.stat(self._manifest)
        except OSError:
            return None
        # Through the link, to a file that is never written twice.
        return manifest.st_dev, manifest.st_ino, manifest.st_mtime_ns, manifest.st_size

    def _load(self, version: _Version) -> None:
        self._current, self._problem = None, ""
        try:
            publication = read(self._folder)
        except PublicationError as error:
            self._problem = str(error)
        else:
            self._current = Published(publication) if publication.years else None
        self._version = version
