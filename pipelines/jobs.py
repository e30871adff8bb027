"""The jobs: the assets and checks that run together."""

from __future__ import annotations

import dagster as dg

from assets.definition import asset_key
from assets.vocabulary import vocabulary
from pipelines.reports import AUDIENCES, package_key

_loaded = dg.AssetSelection.groups("raw", "records", "quality", "reference", "intermediate")
# The records are checked again: a year may be counted long after the load.
_record_checks = dg.AssetSelection.checks_for_assets(
    *(asset_key(table.qualified_name) for table in vocabulary().sheets())
)
PUBLISHED = dg.AssetSelection.groups("published") | dg.AssetSelection.assets(
    *(asset_key(f"reports.{audience}") for audience in AUDIENCES)
)
"""The release in which a year that is counted goes out."""

COUNTED = dg.AssetSelection.groups("marts") | PUBLISHED
"""What a year is counted in, and the release in which it goes out."""
_yearly = COUNTED | _record_checks

LOAD = dg.define_asset_job(
    "load",
    _loaded,
    description=(
        "Read the inbox into records, set aside what is not good, check the rest, and list the "
        "years of the register."
    ),
)
YEAR = dg.define_asset_job(
    "year",
    _yearly,
    description="Count one year (or several) from the records, check, publish, write pages.",
)
EVERYTHING = dg.define_asset_job(
    "everything",
    _loaded | _yearly,
    description="Load the inbox, then count, check and publish the years chosen.",
)
REPORT = dg.define_asset_job(
    "report",
    dg.AssetSelection.assets(*map(package_key, AUDIENCES)),
    description="Write the report packages of one year (or several) from what is published.",
)
MONTHLY_FORM = dg.define_asset_job(
    "monthly_form",
    dg.AssetSelection.assets(asset_key("reports.internal_monthly_form")),
    description="Print the form of one month (or several) from what is published.",
)
SEND = dg.define_asset_job(
    "send",
    dg.AssetSelection.assets(asset_key("sent.internal")),
    description="Freeze the form of a month, or the package of a year, as sent on a day.",
)

BUILDING = (LOAD.name, YEAR.name, EVERYTHING.name)
"""The jobs that a build is made of."""
