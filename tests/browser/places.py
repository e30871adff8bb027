"""Which pages are looked at. A site's root is given by the fixture `roots`."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.outline import DATA, DATA_IN_ENGLISH, PAGES
from dashboards.pages import DATA_FILES


@dataclass(frozen=True)
class Place:
    """A page: the site it belongs to, and its address seen from the root of the site.

    `status` is what a server answers there.
    """

    site: str
    path: str
    status: int = 200

    def __str__(self) -> str:
        return f"{self.site}:{self.path or '/'}"


STATIC = tuple(
    Place("static", path)
    for path in (
        "index.html",
        "trykte-tall.html",
        "2019/nora-2019.html",
        "2021/nora-2021.html",
        "2021/skjema/nora-2021-06.html",
    )
)
"""Of the files that a build of the demo writes, one of each kind; of the years, the first, which
stands beside no other, and the last, which is made of the same as the one between them."""

LIVE = (
    *(Place("live", f"{page.name}?aar=2021") for page in PAGES),
    Place("live", "avslutninger?aar=2021&sammenlign=2019&kjonn=nei"),
    Place("live", "trykte-tall?aar=2020"),
    Place("live", "kvalitet?aar=2019"),
    Place(
        "live",
        "tabell?tabell=exit_outcomes&rad=outcome&kolonne=gender&andel=kolonne&vis_aar=2020&vis_aar=2021",
    ),
    Place("live", "tabell?tabell=monthly_form&kolonne=gender"),
    Place("live", "tall/exit_outcomes?aar=2021"),
    Place("live", "tall/work_exit_share?aar=2021&sammenlign=2019&kjonn=nei"),
    Place("live", "finnes-ikke", status=404),
)
"""Every page of the live dashboard; one with all its choices and with marks of rejected rows, one
with nothing to show, one that tells of rejected rows; and a wrong address."""

CHARTS = (
    *(Place("static", f"{year}/nora-{year}.html") for year in (2021, 2020, 2019)),
    *(Place("live", f"{page.name}?aar=2021&sammenlign=2019") for page in PAGES if page.figures),
)
"""Every chart there is: those of each year, beside the year before or beside none, and those of the
last year beside a year before that."""

LIVE_FEW = (
    *(place for place in LIVE if place.path in ("?aar=2021", "deltakere?aar=2021")),
    *(place for place in LIVE if place.path == "manedsskjema?aar=2021" or place.status == 404),
    *(place for place in LIVE if place.path.startswith(("tabell?tabell=exit", "tall/exit"))),
)
"""Of those: cards and charts, charts with many rows, the widest table, the wrong address, the form of a
reader's own table, and a number followed. For what takes long."""

OPEN = (
    *(Place("open", page.name) for page in (DATA, DATA_IN_ENGLISH)),
    *(Place("open_static", name) for name in DATA_FILES.values()),
)
"""The pages about the open data, of the live dashboard for everyone and beside its files."""

EVERY = (*STATIC, *LIVE, *OPEN)
"""Every page that must be accessible, whatever site it belongs to."""

MANY_STATES = (
    *(place for place in STATIC if place.path.endswith("nora-2021.html")),
    *LIVE_FEW,
    OPEN[0],
    *(place for place in STATIC if "2019" not in place.path and "nora-2021.html" not in place.path),
)
"""The pages that are looked at in every state there is: what they are made of is in all others."""
