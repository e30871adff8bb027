"""The Dagster asset that freezes what was sent, from what is published; the command runs it too."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from assets.day import today
from assets.definition import OWNERS, asset_key
from pipelines import durable
from pipelines.release_store import Release
from pipelines.reports import INTERNAL, ReportFolder, package_key
from pipelines.sendings import NotSentError, Sending

SENT = asset_key("sent.internal")
"""The key of the asset."""

NAME = "sending"
"""The name of the metadata that says which sending was frozen."""


class SentConfig(dg.Config):
    """What was sent, and when."""

    year: int = Field(description="The year of the form or package that was sent, such as 2021.")
    month: int | None = Field(
        default=None,
        ge=1,
        le=12,
        description=(
            "The month of the monthly form, from 1 to 12. Leave it out for the yearly package."
        ),
    )
    day: str = Field(
        default="",
        description="The day on which it was sent, such as 2021-04-05. Leave it out for today.",
    )


@dg.asset(
    key=SENT,
    group_name="sent",
    description=(
        "What was sent: the monthly form, or the yearly package, frozen with the day on which it "
        "was sent. Materialize it when you have sent the form; what is published later is compared "
        "with it, and every page that shows a number that was sent and is now another says so. "
        "Nothing is ever replaced: what is sent anew is frozen beside it. Only for what is "
        "published now."
    ),
    kinds={"json"},
    owners=OWNERS,
    deps=[
        asset_key(f"published.{INTERNAL}"),
        asset_key(f"reports.{INTERNAL}_monthly_form"),
        package_key(INTERNAL),
    ],
    required_resource_keys={"releases", "reports", "sendings"},
)
def sent(context: dg.AssetExecutionContext, config: SentConfig) -> dg.MaterializeResult[None]:
    """Freeze the form of a month, or the package of a year, as it is published now."""
    release = context.resources.releases.current()
    files = (
        _form(release, config.year, config.month)
        if config.month
        else _package(context.resources.reports, release, config.year)
    )
    sending: Sending = context.resources.sendings.keep(
        release, config.year, config.month, _day(config.day), files
    )
    return dg.MaterializeResult(
        metadata={
            NAME: sending.name,
            "sent on": sending.sent_on.isoformat(),
            "file": dg.MetadataValue.path(str(context.resources.sendings.path(sending))),
        }
    )


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text) if text else today()
    except ValueError:
        raise NotSentError(f"{text} er ingen dag. Skriv den som 2021-04-05.") from None
    if day > today():
        raise NotSentError(f"{text} er ikke kommet ennå, så ingenting kan være sendt den dagen.")
    return day


def _form(release: Release, year: int, month: int) -> dict[str, str]:
    """The files of a month's form with their SHA-256, as they were published."""
    # The forms import Babel, which is slow.
    from dashboards.forms.files import page_file, workbook_file

    below = f"reports/{INTERNAL}/{year}"
    names = [f"{below}/{file(year, month)}" for file in (page_file, workbook_file)]
    return {name: release.files[name] for name in names if name in release.files}


def _package(reports: ReportFolder, release: Release, year: int) -> dict[str, str]:
    """The files of a year's package with their SHA-256, as they are now: people write in them.

    Raises NotSentError when there is no package, or its numbers are not those that are published.
    """
    of_year = release.manifest(INTERNAL).get("by_year", {}).get(str(year))
    if of_year is None:
        return {}
    folder = reports.package(INTERNAL, year)
    made = _read(folder / "manifest.json")
    if made is None:
        raise NotSentError(
            f"Det er ingen rapportpakke for {year} i {folder}. Kjør nora report --year {year}, og "
            "send den."
        )
    if made.get("run_id") != of_year["run_id"]:
        raise NotSentError(
            f"Rapportpakken for {year} har andre tall enn dem som er publisert nå. Kjør nora "
            f"report --year {year}, se over pakken, og send den."
        )
    paths = [folder / str(one["name"]) for one in made["files"]]
    return {
        str(path.relative_to(folder)): durable.sha256(path.read_bytes())
        for path in paths
        if path.is_file()
    }


def _read(path: Path) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return found
