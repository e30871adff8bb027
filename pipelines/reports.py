"""The Dagster assets that write pages and reports, from the published folder alone.

Pages for every year and the monthly form are written after each publication; the yearly report
package only on request.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from assets.definition import MONTHS, OWNERS, YEARS, asset_key
from pipelines.program import contents, digest, files_below, program_digest

if TYPE_CHECKING:
    from dashboards.forms import Neighbours
    from dashboards.publication import Publication

INTERNAL, OPEN = AUDIENCES = ("internal", "open")
"""The audiences of publications; each has a folder, pages and report packages of its own."""

NO_PICTURES, KEPT = "bilder mangler", "beholdt"
"""Names of the metadata of a package: why it has no pictures, and which files a person had changed
and are therefore kept under another name."""

_MANIFEST = "manifest.json"

_FORM = asset_key(f"reports.{INTERNAL}_monthly_form")

_PAGES = {
    INTERNAL: (
        "The dashboard as files: one self-contained HTML page for each published year, one with "
        "the printed figures and the records, an index, and the form of every month (which "
        "reports/internal_monthly_form writes one at a time). A year keeps its files while its "
        "numbers and those of the year before are as they were."
    ),
    OPEN: (
        "The dashboard as files that anyone may see: one self-contained HTML page for each "
        "published year, and an index. Small numbers are withheld."
    ),
}


class UnwrittenError(Exception):
    """The pages or a report package could not be written from the publication.

    The message says in Norwegian what to do. It contains the type of the cause, but not the
    message of the cause, which may quote a cell.
    """


@dataclass(frozen=True)
class ReportFolder:
    """HOME/reports, the folder of pages and report packages."""

    folder: str

    def index(self, audience: str) -> Path:
        """The page that links to every year."""
        return Path(self.folder) / audience / "index.html"

    def comparison(self, audience: str) -> Path:
        """The page with the printed figures and the records, if any are printed."""
        return self.index(audience).with_name("trykte-tall.html")

    def year(self, audience: str, year: int) -> Path:
        """The page of one year."""
        return self.package(audience, year) / f"nora-{year}.html"

    def package(self, audience: str, year: int) -> Path:
        """The folder of one year, with its page, its monthly forms and its report package."""
        return Path(self.folder) / audience / str(year)

    def write(self, folder: Path, files: Mapping[str, str | bytes]) -> None:
        """Write files by their path inside `folder`, each in one step."""
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            pending = path.with_name(f".{path.name}")
            pending.write_bytes(content.encode() if isinstance(content, str) else content)
            pending.replace(path)

    def replace(self, folder: Path, files: Mapping[str, str | bytes]) -> None:
        """Write files as `write` does, and delete all other files in their subfolders."""
        self.write(folder, files)
        written = {folder / name for name in files}
        for path in {path for one in written for path in one.parent.iterdir()} - written:
            if path.is_file() and path.parent != folder:
                path.unlink()

    def write_package(self, folder: Path, files: Mapping[str, bytes]) -> list[str]:
        """Write a report package over an earlier one, without losing the work of a person.

        A file that was changed since the earlier package was written is kept under another name;
        those names are returned. Files of the earlier package that this one lacks are deleted;
        files that no package contained stay.
        """
        listed = folder / _MANIFEST
        earlier = json.loads(listed.read_text(encoding="utf-8"))["files"] if listed.exists() else []
        written = {entry["name"]: entry["sha256"] for entry in earlier}
        kept = []
        for name in {**written, **files}:
            path = folder / name
            if not path.is_file() or name == _MANIFEST:
                continue
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == written.get(name):
                if name not in files:
                    path.unlink()
            elif content != files.get(name):
                numbered = (path.with_stem(f"{path.stem} (endret {n})") for n in count(1))
                free = next(other for other in numbered if not other.exists())
                path.rename(free)
                kept.append(str(free.relative_to(folder)))
        self.write(folder, files)
        return kept

    def is_current(self, audience: str, year: int, made_from: str) -> bool:
        """Whether the pages and forms of a year are still those that were made from `made_from`.

        `made_from` is a digest of what they are made from, as for `note`.
        """
        noted = self._note(audience, year)
        return noted.exists() and noted.read_text(encoding="utf-8") == self._made(
            audience, year, made_from
        )

    def note(self, audience: str, year: int, made_from: str) -> None:
        """Note what the pages and forms of a year, which were just written, are made from."""
        said = self._made(audience, year, made_from)
        self.write(self.package(audience, year), {self._note(audience, year).name: said})

    def _note(self, audience: str, year: int) -> Path:
        return self.package(audience, year) / ".made"

    def _made(self, audience: str, year: int, made_from: str) -> str:
        from dashboards.forms.files import FOLDER

        folder = self.package(audience, year)
        files = [self.year(audience, year), *files_below(folder / FOLDER)]
        return digest([made_from, *contents(folder, files)])

    def keep_only(self, audience: str, years: Sequence[int]) -> None:
        """Delete the folders of all other years."""
        for folder in self.index(audience).parent.iterdir():
            if folder.name.isdigit() and int(folder.name) not in years:
                shutil.rmtree(folder)


def _pages(audience: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=asset_key(f"reports.{audience}"),
        group_name="reports",
        description=_PAGES[audience],
        kinds={"html", "plotly"},
        owners=OWNERS,
        deps=[asset_key(f"published.{audience}")],
        required_resource_keys={"publications", "reports"},
    )
    def pages_of_audience(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        # Plotly and Babel's data are slow to import, and only this layer needs them.
        from dashboards import forms, pages

        reports = context.resources.reports
        source = _source(context, audience)
        with _writing("sider"):
            written = 0
            for year in source.years:
                folder = reports.package(audience, year)
                behind = source.behind(year)
                listed = forms.neighbours(source, year)
                made_from = digest([program_digest(), behind.fingerprint(), listed])
                if reports.is_current(audience, year, made_from):
                    continue
                addresses = {month: forms.page_file(year, month) for month in listed}
                page = pages.render_year(behind, year, addresses)
                reports.write(folder, {reports.year(audience, year).name: page})
                reports.replace(folder, _forms(behind, year, listed))
                reports.note(audience, year, made_from)
                written += 1
                for month in listed:
                    # The forms are written here too, so their partitions are materialized as well.
                    context.log_event(
                        dg.AssetMaterialization(_FORM, partition=f"{year}-{month:02}")
                    )
            reports.write(reports.index(audience).parent, pages.render_overview(source))
            reports.keep_only(audience, source.years)
        index = reports.index(audience)
        return dg.MaterializeResult(
            metadata={
                "index": dg.MetadataValue.path(str(index)),
                "years": len(source.years),
                "years written": written,
            }
        )

    return pages_of_audience


@dg.asset(
    key=_FORM,
    group_name="reports",
    description=(
        "The form that goes to EST each month, as a page and as a workbook of one page: rows 12 "
        "and 13, referrals, starts and exits of the month and since 1 January."
    ),
    kinds={"html", "excel"},
    owners=OWNERS,
    deps=[asset_key(f"published.{INTERNAL}")],
    partitions_def=MONTHS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    required_resource_keys={"publications", "reports"},
)
def internal_monthly_form(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Write the forms of the months of the run for the audience `internal`."""
    reports = context.resources.reports
    source = _source(context, INTERNAL)
    for (year, month), beside in _months(source, context.partition_keys).items():
        reports.write(reports.package(INTERNAL, year), _forms(source, year, {month: beside}))
    return dg.MaterializeResult(metadata={"months": len(context.partition_keys)})


def _package(audience: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=package_key(audience),
        group_name="reports",
        description=(
            "The yearly report package: a workbook with every table and native charts, a Word "
            "document to write the annual report around, CSV files, a manifest, and, where a "
            "Chromium is found, pictures and the year as a tagged PDF."
        ),
        kinds={"excel", "word", "csv"},
        owners=OWNERS,
        deps=[asset_key(f"published.{audience}")],
        partitions_def=YEARS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"publications", "reports"},
    )
    def package_of_audience(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        from dashboards.report.package import package

        reports = context.resources.reports
        source = _source(context, audience)
        metadata: dict[str, dg.MetadataValue] = {}
        for year in map(int, context.partition_keys):
            folder = reports.package(audience, year)
            with _writing("rapportpakken"):
                made = package(source, year)
                kept = reports.write_package(folder, made.files)
            if made.missing:
                # A machine without a browser gets the rest, and a notice of what is missing.
                metadata[NO_PICTURES] = dg.MetadataValue.text(" ".join(made.missing))
            if kept:
                metadata[KEPT] = dg.MetadataValue.text(", ".join(kept))
            metadata[str(year)] = dg.MetadataValue.path(str(folder))
        return dg.MaterializeResult(metadata=metadata)

    return package_of_audience


def package_key(audience: str) -> dg.AssetKey:
    """Return the key of the asset that writes an audience's report packages."""
    return asset_key(f"reports.{audience}_package")


PAGES = [_pages(audience) for audience in AUDIENCES]
"""The assets that write the pages of each audience."""

PACKAGES = [_package(audience) for audience in AUDIENCES]
"""The assets that write the report packages of each audience."""


@contextmanager
def _writing(what: str) -> Iterator[None]:
    """Raise UnwrittenError for any error that prevents `what` from being written."""
    try:
        yield
    except Exception as error:
        raise UnwrittenError(
            f"Tallene er publisert, men {what} kunne ikke skrives, så det som ligger der, kan "
            "være eldre enn tallene. Se etter at disken har plass og at ingen har en av filene "
            "åpen, og kjør kommandoen en gang til. Hjelper ikke det, er det en feil i programmet "
            f"({type(error).__name__}): Dagster viser den under Runs."
        ) from error


def _source(context: dg.AssetExecutionContext, audience: str) -> "Publication":
    from dashboards import publication

    return publication.read(context.resources.publications.current(audience))


def _forms(
    source: "Publication", year: int, listed: "Mapping[int, Neighbours]"
) -> dict[str, str | bytes]:
    """The files of months, which are listed with their neighbours."""
    from dashboards import forms

    pages = {
        forms.page_file(year, month): forms.render_month_page(source, year, month, beside)
        for month, beside in listed.items()
    }
    workbooks = {
        forms.workbook_file(year, month): forms.month_workbook(source, year, month)
        for month in listed
    }
    return {**pages, **workbooks}


def _months(source: "Publication", keys: Sequence[str]) -> "dict[tuple[int, int], Neighbours]":
    """The months of partitions (2021-03), with their neighbours; KeyError if one is unpublished."""
    from dashboards import forms

    asked = [(int(key[:4]), int(key[5:])) for key in keys]
    around = {year: forms.neighbours(source, year) for year in {year for year, _ in asked}}
    return {(year, month): around[year][month] for year, month in asked}
