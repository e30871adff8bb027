"""The Dagster assets of a release: the publications of both audiences, their pages, and the forms.

One step makes all of them, because they are published together or not at all. The yearly report
package is written on request (reports.py).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from assets.definition import MONTHS, OWNERS, YEARS, asset_key
from assets.disclosure.history import Reason
from assets.published.exact import QUALITY
from assets.published.gate import hold_back
from assets.published.publications import Contents, internal, open_
from assets.published.revisions import Program
from assets.vocabulary import vocabulary
from assets.vocabulary.cell_lists import REVISIONS
from pipelines.durable import sha256
from pipelines.program import counting_digest, digest, program_digest
from pipelines.release_store import Draft, Release
from pipelines.reports import AUDIENCES, INTERNAL, OPEN, making_pages, writing

if TYPE_CHECKING:
    from dashboards.forms import Neighbours
    from dashboards.publication import Publication

ONLY_YEARS = "nora/years"
"""The tag of a run that publishes only some of the years of its range, separated by commas."""

HELD_BACK = "held_back.json"
"""The file of a release that lists the years that are held back from everyone, with the reasons."""

_MADE = ".made"
"""The file in a folder of pages that holds the digest of what they were made from."""

_AUDIT = "nobody_can_work_out_a_small_group"
_FORM = asset_key(f"reports.{INTERNAL}_monthly_form")

_DESCRIPTIONS = {
    f"published.{INTERNAL}": (
        "The aggregates that EST and NorA's leaders may see: exact numbers, no persons. One "
        "Parquet file for each mart, with margins as rows, and a manifest. A failed critical check "
        "leaves the last release as it was; years that are not rebuilt stay as published."
    ),
    f"published.{OPEN}": (
        "The aggregates of finished years that anyone may see: no small group can be worked out "
        "from them. Made from the exact publication; withheld numbers are NULL, with the status "
        "hidden. A published year is frozen, and corrected only if that reveals nobody."
    ),
    f"reports.{INTERNAL}": (
        "The dashboard as files: one self-contained HTML page for each published year, one with "
        "the printed figures and the records, an index, and the form of every month (which "
        "reports/internal_monthly_form writes one at a time). A year keeps its files while its "
        "numbers and those of the year before are as they were."
    ),
    f"reports.{OPEN}": (
        "The dashboard as files that anyone may see: one self-contained HTML page for each "
        "published year, and an index; and the open data: CSV on the Web, JSON-stat and DCAT. "
        "Small numbers are withheld."
    ),
}

_KINDS = {"published": {"parquet"}, "reports": {"html", "plotly"}}

_COUNTED = (
    "raw.deliveries",
    "records.build_day",
    *(f"quality.{name}" for name in QUALITY),
    *(table.qualified_name for table in vocabulary().layer("marts")),
)
_MADE_FROM = {
    f"published.{INTERNAL}": _COUNTED,
    f"published.{OPEN}": (f"published.{INTERNAL}",),
    **{f"reports.{audience}": (f"published.{audience}",) for audience in AUDIENCES},
}


@dg.multi_asset(
    name="release",
    specs=[
        dg.AssetSpec(
            asset_key(name),
            deps=[asset_key(one) for one in made_from],
            description=_DESCRIPTIONS[name],
            group_name=name.partition(".")[0],
            kinds=_KINDS[name.partition(".")[0]],
            owners=OWNERS,
        )
        for name, made_from in _MADE_FROM.items()
    ],
    check_specs=[
        dg.AssetCheckSpec(
            _AUDIT,
            asset=asset_key(f"published.{OPEN}"),
            description=(
                "Ingen skal kunne regne seg fram til en liten gruppe av det som publiseres, heller "
                "ikke med alle tabeller, år og tidligere utgaver. Ellers publiseres ingenting."
            ),
            blocking=True,
        )
    ],
    partitions_def=YEARS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    required_resource_keys={
        "warehouse",
        "releases",
        "vintages",
        "sendings",
        "forgotten",
        "reports",
    },
)
def release(
    context: dg.AssetExecutionContext,
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Publish the years of the run for both audiences, with all pages and forms."""
    # SciPy is slow to import, and only the audit needs it.
    from assets.published.proof import audit_folder, refuse

    keys = context.partition_keys
    years = [int(year) for year in context.run.tags.get(ONLY_YEARS, ",".join(keys)).split(",")]
    known = context.instance.get_dynamic_partitions(YEARS.name or "")
    warehouse, vintages = context.resources.warehouse, context.resources.vintages
    sendings = context.resources.sendings
    program = Program(
        counting_digest(),
        len(context.resources.forgotten.read().digests),
        sendings.record.read().revisions,
    )
    hold_back(warehouse.query("from quality.check_results"), years)
    with context.resources.releases.draft(AUDIENCES) as draft:
        exact = internal(
            warehouse,
            draft.before,
            years,
            context.run.run_id,
            is_whole_register=set(map(str, years)) >= set(known),
            program=program,
            sent=sendings.published(),
        )
        draft.publish(INTERNAL, exact.tables, exact.manifest)
        listed = draft.before.manifest(OPEN).get("vintages", {})
        protected = open_(exact, vintages.read(OPEN, listed))
        audit = audit_folder(draft.publish(OPEN, protected.tables, protected.manifest))
        refuse(audit)
        draft.write({HELD_BACK: json.dumps(protected.held_back)})
        with making_pages():
            written = {audience: _write_pages(draft, audience) for audience in AUDIENCES}
        draft.seal()
        # Every vintage that goes out must be kept, so they are kept before it does.
        for vintage in protected.fresh:
            vintages.keep(OPEN, vintage)
    # Once it is there for good: a list that is recorded too long would seem to be lost.
    sendings.record.note_revisions(exact.tables[REVISIONS].height)
    yield dg.AssetCheckResult(
        check_name=_AUDIT,
        asset_key=asset_key(f"published.{OPEN}"),
        passed=True,
        metadata={
            "rows": audit.cells,
            "hidden": audit.hidden,
            "unprinted": audit.unprinted,
            "narrowest": audit.narrowest if audit.narrowest is not None else "-",
            "breaches": len(audit.breaches),
        },
    )
    yield _materialized(f"published.{INTERNAL}", exact)
    yield _materialized(f"published.{OPEN}", protected, held_back=protected.held_back)
    for year, months in written[INTERNAL].items():
        for month in months:
            # The forms are part of the release, so their partitions are materialized as well.
            context.log_event(dg.AssetMaterialization(_FORM, partition=f"{year}-{month:02}"))
    for audience, years_written in written.items():
        index = context.resources.reports.index(audience)
        yield dg.MaterializeResult(
            asset_key=asset_key(f"reports.{audience}"),
            metadata={
                "index": dg.MetadataValue.path(str(index)),
                "years written": len(years_written),
            },
        )
    _lead_to_pages(context)


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
    required_resource_keys={"releases", "reports"},
)
def internal_monthly_form(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Write the forms of the months of the run for the audience `internal` anew."""
    from dashboards import publication

    with context.resources.releases.draft(AUDIENCES) as draft:
        draft.before.verify(draft.before.below(INTERNAL))
        source = publication.read(draft.before.folder / INTERNAL)
        for (year, month), beside in _months(source, context.partition_keys).items():
            with making_pages():
                forms = _forms(source, year, {month: beside})
            draft.write({f"reports/{INTERNAL}/{year}/{name}": one for name, one in forms.items()})
        draft.carry_rest()
    _lead_to_pages(context)
    return dg.MaterializeResult(metadata={"months": len(context.partition_keys)})


RELEASE = [release, internal_monthly_form]
"""The assets that are published together, and the form that is written anew on request."""


def held_back(current: Release) -> dict[int, Reason]:
    """Return the years that are held back from everyone in a release, with the reasons."""
    if HELD_BACK not in current.files:
        return {}
    return {int(year): Reason(why) for year, why in json.loads(current.read(HELD_BACK)).items()}


def _materialized(
    name: str, contents: Contents, held_back: Mapping[int, str] | None = None
) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(
        asset_key=asset_key(name),
        metadata={
            "years": contents.manifest["years"],
            "tables": len(contents.tables),
            "dagster/row_count": contents.rows,
            **({"held_back": json.dumps(held_back)} if held_back else {}),
        },
    )


def _write_pages(draft: Draft, audience: str) -> dict[int, list[int]]:
    """Write the pages and forms of an audience; return the years written anew with their months."""
    # Plotly and Babel's data are slow to import, and only this needs them.
    from dashboards import forms, open_data, pages, publication

    source = publication.read(draft.folder / audience)
    below = f"reports/{audience}"
    written = {}
    for year in source.years:
        behind = source.behind(year)
        listed = forms.neighbours(source, year)
        made_from = digest([program_digest(), behind.fingerprint(), listed])
        folder = f"{below}/{year}"
        if _carried(draft, folder, made_from):
            continue
        addresses = {month: forms.page_file(year, month) for month in listed}
        files = {
            pages.year_file(year): pages.render_year(behind, year, addresses),
            **{f"{year}/{name}": one for name, one in _forms(behind, year, listed).items()},
        }
        _write_noted(
            draft, folder, {f"{below}/{name}": one for name, one in files.items()}, made_from
        )
        written[year] = list(listed)
    overview = pages.render_overview(source)
    draft.write({f"{below}/{name}": page for name, page in overview.items()})
    folder = f"{below}/{open_data.FOLDER}"
    data = {f"{folder}/{name}": content for name, content in open_data.files(source).items()}
    made_from = digest((name, sha256(content)) for name, content in data.items())
    if data and not _carried(draft, folder, made_from):
        _write_noted(draft, folder, data, made_from)
    return written


def _carried(draft: Draft, folder: str, made_from: str) -> bool:
    """Take over a folder of the release before if it was made from the same, and is intact."""
    note = f"{folder}/{_MADE}"
    return (
        draft.before.is_intact(note)
        and draft.before.read(note).decode() == made_from
        and draft.carry(draft.before.below(folder))
    )


def _write_noted(
    draft: Draft, folder: str, files: Mapping[str, str | bytes], made_from: str
) -> None:
    """Write the files of a folder, and what they were made from."""
    draft.write({**files, f"{folder}/{_MADE}": made_from})


def _lead_to_pages(context: dg.AssetExecutionContext) -> None:
    """Let the folder of the reports lead to the pages of what is now published."""
    current = context.resources.releases.current()
    with writing("lenkene til sidene"):
        for audience in AUDIENCES:
            context.resources.reports.lead_to(audience, current)


def _forms(
    source: "Publication", year: int, listed: "Mapping[int, Neighbours]"
) -> dict[str, str | bytes]:
    """The files of months, which are listed with their neighbours, by path below the year."""
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
