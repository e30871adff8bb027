"""The verdict on a publication: on its single rows, and on all its rows as one system.

Breaches by single rows are found in `rows` and `zeros`, those by rows together in `judgement`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.disclosure.audit import annual_reports
from assets.disclosure.audit.known import Known
from assets.disclosure.audit.quantities import reading
from assets.disclosure.audit.rows import incomplete, malformed, unfounded
from assets.disclosure.audit.suppositions import Ties
from assets.disclosure.audit.zeros import undivided
from assets.disclosure.inference.judgement import Judgement
from assets.disclosure.inference.promises import Breach, Promise
from assets.disclosure.inference.system import System
from assets.disclosure.inference.vintages import Vintages, shown
from assets.vocabulary import HIDDEN

SENSITIVE = (
    "dropout_reason",
    "outcome",
    "outcome_group",
    "benefit",
    "other_detail",
    "norwegian_level",
    "education",
)
"""Default code lists in which no category may hold all of a population."""


@dataclass(frozen=True)
class Audit:
    """The result of an audit.

    `cells` and `hidden` count the rows of the publication, `unprinted` the numbers that exist
    without a row. `narrowest` is the smallest span among the withheld numbers, as far as the proof
    needed it; None where no number is withheld. The promise is kept when `breaches` is empty.
    """

    cells: int
    hidden: int
    unprinted: int
    breaches: tuple[Breach, ...]
    narrowest: int | None


@dataclass(frozen=True)
class Stated:
    """The statements of a manifest: threshold, ties by year, and sensitive code lists."""

    threshold: int
    ties: Ties
    sensitive: tuple[str, ...]


def read(folder: Path) -> tuple[dict[str, pl.DataFrame], Stated]:
    """Return the tables of a finished publication by name, and the statements of its manifest.

    KeyError when the manifest lacks them.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    tables = {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    disclosure = manifest["disclosure"]
    ties = {
        int(year): {tie: tuple(genders) for tie, genders in of_year.items()}
        for year, of_year in disclosure["ties"].items()
    }
    return tables, Stated(int(disclosure["threshold"]), ties, tuple(disclosure["sensitive"]))


def audit(
    tables: Mapping[str, pl.DataFrame],
    threshold: int,
    earlier: Sequence[Mapping[str, pl.DataFrame]] = (),
    *,
    ties: Ties | None = None,
    sensitive: Collection[str] = SENSITIVE,
    figures: Sequence[annual_reports.Figure] | None = None,
) -> Audit:
    """Check a publication against the promise of `threshold`, together with `earlier` ones.

    `tables` are the published marts by name: `year`, dimensions, `n` (or `measure` and `value`),
    `status`. `ties` gives by year the genders whose persons and records agree, as the publication
    states them; None is the strictest: every tie that the numbers admit is supposed. `sensitive`
    names the code lists in which no category may hold all of a population. `figures` are printed
    figures of these people; None means those of the annual reports, for the years in which the
    publication shows enough of them.

    The numbers of an earlier publication are known too, except in a year where the two show
    different numbers: that year counts as two, and every difference between them is judged.
    """
    present = reading(tables)
    known, contradictions = shown(present)
    breaches = [
        *malformed(tables, present, threshold),
        *incomplete(present),
        *undivided(present, known, sensitive),
        *contradictions,
        *unfounded(present, known, threshold),
    ]
    readings = [present, *map(reading, earlier)]
    of_reports = (
        annual_reports.believed([(one, shown(one)[0]) for one in readings])
        if figures is None
        else tuple(figures)
    )

    known_of_all = Known(threshold, ties, of_reports)

    def judgement(*, apart: bool) -> Judgement:
        vintages = Vintages(readings, apart=apart)
        system = System(vintages, known_of_all, threshold)
        return Judgement(system, lambda: System(vintages, known_of_all, threshold, is_blind=True))

    judged = judgement(apart=False)
    found = list(judged.breaches())
    if earlier and any(breach.promise is Promise.CONTRADICTION for breach in found):
        # The publications agree number by number, but cannot be of the same records.
        judged = judgement(apart=True)
        found = list(judged.breaches())
    return Audit(
        cells=len(present.cells),
        hidden=sum(cell.status == HIDDEN for cell in present.cells),
        unprinted=judged.unprinted,
        breaches=tuple(dict.fromkeys([*breaches, *found])),
        narrowest=judged.narrowest,
    )
