"""The Dagster asset that writes the pages people open, from the published folder alone."""

import shutil
from pathlib import Path

import dagster as dg

from assets.definition import OWNERS, asset_key

AUDIENCE = "internal"


class ReportFolder(dg.ConfigurableResource):  # type: ignore[type-arg]
    """HOME/reports, where pages and report packages are written."""

    folder: str

    def index(self, audience: str) -> Path:
        """The page that links to every year."""
        return Path(self.folder) / audience / "index.html"

    def year(self, audience: str, year: int) -> Path:
        """The page of one year."""
        return Path(self.folder) / audience / str(year) / f"nora-{year}.html"

    def write(self, audience: str, index: str, years: dict[int, str]) -> None:
        """Write the index and the page of each year, each file in one step; drop other years."""
        for year, page in years.items():
            _write(self.year(audience, year), page)
        _write(self.index(audience), index)
        for folder in self.index(audience).parent.iterdir():
            if folder.name.isdigit() and int(folder.name) not in years:
                shutil.rmtree(folder)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pending = path.with_name(f".{path.name}")
    pending.write_text(text, encoding="utf-8")
    pending.replace(path)


@dg.asset(
    key=asset_key(f"reports.{AUDIENCE}"),
    group_name="reports",
    description=(
        "The dashboard as files: one self-contained HTML page for each published year, and an "
        "index. Written anew for every year, because each page stands beside the year before."
    ),
    kinds={"html", "plotly"},
    owners=OWNERS,
    deps=[asset_key(f"published.{AUDIENCE}")],
    required_resource_keys={"publications", "reports"},
)
def internal_pages(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Write the pages for the audience `internal`."""
    # Plotly and Babel's data are slow to import, and only this step needs them.
    from dashboards import pages, publication

    reports = context.resources.reports
    source = publication.read(context.resources.publications.current(AUDIENCE))
    years = {year: pages.render_year(source, year) for year in source.years}
    reports.write(AUDIENCE, pages.render_index(source), years)
    index = reports.index(AUDIENCE)
    return dg.MaterializeResult(
        metadata={"index": dg.MetadataValue.path(str(index)), "pages": len(years)}
    )
