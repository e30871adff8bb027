"""HOME/reports, and the Dagster assets that write report packages into it, from what is published.

The pages and the monthly forms are part of each release (publish.py); HOME/reports leads to them.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self

import dagster as dg

from assets.definition import OWNERS, YEARS, asset_key
from pipelines import durable
from pipelines.release_store import Release, ReleaseStore
from pipelines.settings import Settings

INTERNAL, OPEN = AUDIENCES = ("internal", "open")
"""The audiences of publications; each has a folder, pages and report packages of its own."""

NO_PICTURES, KEPT = "bilder mangler", "beholdt"
"""Names of the metadata of a package: why it has no pictures, and which files a person had changed
and are therefore kept under another name."""

_MANIFEST = "manifest.json"


class UnwrittenError(Exception):
    """The pages or a report package could not be written from the publication.

    The message says in Norwegian what to do. It contains the type of the cause, but not the
    message of the cause, which may quote a cell.
    """


class PagesError(Exception):
    """The pages could not be made, so nothing is published; messages as for UnwrittenError."""


@dataclass(frozen=True)
class ReportFolder:
    """HOME/reports: the report packages, and links to the pages and forms of the current release.

    `published` is the folder of the pages of the current release, one folder for each audience.
    """

    folder: str
    published: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the reports of a home."""
        return cls(str(settings.reports), str(ReleaseStore.of(settings).pages))

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

    def lead_to(self, audience: str, current: Release) -> None:
        """Let the folder of an audience lead to the pages and forms of the current release.

        Links to what is no longer published are removed; report packages stay.
        """
        folder = self.index(audience).parent
        published = Path(self.published) / audience
        below = f"reports/{audience}"
        paths = [Path(name).relative_to(below) for name in current.below(below)]
        shown = [path for path in paths if not path.name.startswith(".")]
        entries = {Path(*path.parts[:2]) for path in shown}
        for entry in entries:
            path = folder / entry
            if (published / entry).is_dir() and path.is_dir() and not path.is_symlink():
                # Forms that an earlier version of the program wrote here.
                shutil.rmtree(path)
            target = Path(os.path.relpath(published / entry, path.parent))
            if not path.is_symlink() or path.readlink() != target:
                durable.link(path, target)
        for path in [*folder.glob("*"), *folder.glob("*/*")]:
            if path.is_symlink() and path.relative_to(folder) not in entries:
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
        for name, content in files.items():
            durable.replace(folder / name, content)
        return kept


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
        required_resource_keys={"releases", "reports"},
    )
    def package_of_audience(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        from dashboards import publication
        from dashboards.report.package import package

        reports = context.resources.reports
        source = publication.read(context.resources.releases.path(audience))
        metadata: dict[str, dg.MetadataValue] = {}
        for year in map(int, context.partition_keys):
            folder = reports.package(audience, year)
            with writing("rapportpakken"):
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


PACKAGES = [_package(audience) for audience in AUDIENCES]
"""The assets that write the report packages of each audience."""


@contextmanager
def writing(what: str) -> Iterator[None]:
    """Raise UnwrittenError for any error that prevents `what` from being written.

    It is for what is written after the numbers are published.
    """
    try:
        yield
    except Exception as error:
        raise UnwrittenError(
            f"Tallene er publisert, men {what} kunne ikke skrives, så det som ligger der, kan "
            "være eldre enn tallene. Se etter at disken har plass og at ingen har en av filene "
            "åpen, og kjør kommandoen en gang til. Hjelper ikke det, er det en feil i programmet "
            f"({type(error).__name__}): Dagster viser den under Runs."
        ) from error


@contextmanager
def making_pages() -> Iterator[None]:
    """Raise PagesError for any error but those of the disk that prevents pages from being made."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise PagesError(
            "Sidene kunne ikke lages, så ingenting er publisert. Det er en feil i programmet "
            f"({type(error).__name__}): Dagster viser den under Runs."
        ) from error
