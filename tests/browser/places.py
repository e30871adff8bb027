"""Which pages are looked at. A site's root is given by the fixture `roots`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A page: the site it belongs to, and its address seen from the root of the site."""

    site: str
    path: str

    def __str__(self) -> str:
        return f"{self.site}:{self.path or '/'}"


STATIC = tuple(
    Place("static", path)
    for path in (
        "index.html",
        "trykte-tall.html",
        "2019/nora-2019.html",
        "2020/nora-2020.html",
        "2021/nora-2021.html",
        "2021/skjema/nora-2021-06.html",
    )
)
"""The files that a build of the demo writes; of the forms, which are all alike, one."""

EVERY = STATIC
"""Every page that must be accessible, whatever site it belongs to."""
