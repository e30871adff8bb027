"""What Dagster is told: every asset described, every table an asset, nothing slow imported."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Set
from pathlib import Path

import dagster as dg
import pytest

from assets.definition import MONTHS, YEARS
from assets.vocabulary import vocabulary
from pipelines.code_location import defs
from pipelines.jobs import EVERYTHING, LOAD, MONTHLY_FORM, REPORT, SEND, YEAR
from pipelines.reports import AUDIENCES, package_key

PROJECT = Path(__file__).parents[2]
SPECS = {spec.key: spec for spec in sorted(defs.resolve_all_asset_specs(), key=lambda s: s.key)}
TABLES = {
    tuple(table.qualified_name.split(".")): table
    for layer in ("raw", "records", "reference", "intermediate", "marts", "quality")
    for table in vocabulary().layer(layer)
    # Every check writes to it: it is no step of its own.
    if table.name != "check_results"
}
RAW = {("raw", table.name) for table in vocabulary().sheets()}
FILES = {
    ("quality", "feedback"),
    *((layer, audience) for layer in ("published", "reports") for audience in AUDIENCES),
    ("reports", "internal_monthly_form"),
    *(("reports", f"{audience}_package") for audience in AUDIENCES),
    ("sent", "internal"),
}
SLOW = [
    *("great_expectations", "pandas", "plotly", "babel", "pycountry", "scipy", "altair"),
    *("docx", "kaleido"),
]


def test_assets_are_the_tables_and_the_files_that_people_get() -> None:
    assert {tuple(key.path) for key in SPECS} == set(TABLES) | RAW | FILES


@pytest.mark.parametrize("key", SPECS, ids=lambda key: key.to_user_string())
def test_asset_has_a_group_owners_kinds_and_words(key: dg.AssetKey) -> None:
    spec = SPECS[key]
    assert spec.group_name == key.path[0]
    assert spec.owners
    assert spec.kinds
    assert spec.description
    assert len(spec.description) > len("One row is one thing.")


@pytest.mark.parametrize("path", TABLES, ids=".".join)
def test_asset_of_a_table_shows_its_columns(path: tuple[str, ...]) -> None:
    shown = SPECS[dg.AssetKey(list(path))].metadata["dagster/column_schema"]
    shown = getattr(shown, "value", shown)
    assert isinstance(shown, dg.TableSchema)
    columns = {column.name: column for column in shown.columns}
    assert list(columns) == [column.name for column in TABLES[path].columns]
    assert all(column.description for column in columns.values())
    for column in TABLES[path].columns:
        assert ("personal" in columns[column.name].tags) == column.personal


@pytest.mark.parametrize(
    "path", [path for path in TABLES if TABLES[path].derived_from], ids=".".join
)
def test_asset_depends_on_what_its_table_is_derived_from(path: tuple[str, ...]) -> None:
    upstream = {dep.asset_key.to_user_string() for dep in SPECS[dg.AssetKey(list(path))].deps}
    assert upstream == {name.replace(".", "/") for name in TABLES[path].derived_from}


def test_marts_publications_and_reports_are_partitioned_by_year_and_the_form_by_month() -> None:
    by_name = {key: spec.partitions_def for key, spec in SPECS.items()}
    for key, partitions in by_name.items():
        if key.path[-1] == "internal_monthly_form":
            assert partitions == MONTHS
        elif key.path[0] in ("marts", "published", "reports"):
            assert partitions == YEARS
        else:
            assert partitions is None


def test_jobs_are_one_for_everything_one_for_a_year_and_those_of_reports_on_demand() -> None:
    jobs = {job.name: job for job in defs.resolve_all_job_defs() if not job.name.startswith("__")}
    assert set(jobs) == {job.name for job in (LOAD, YEAR, EVERYTHING, REPORT, MONTHLY_FORM, SEND)}
    keys = {name: job.asset_layer.executable_asset_keys for name, job in jobs.items()}
    on_demand = {
        REPORT.name: {package_key(audience) for audience in AUDIENCES},
        MONTHLY_FORM.name: {dg.AssetKey(["reports", "internal_monthly_form"])},
        SEND.name: {dg.AssetKey(["sent", "internal"])},
    }
    assert {name: keys[name] for name in on_demand} == on_demand
    assert keys[EVERYTHING.name] == set(SPECS).difference(*on_demand.values())
    assert {key.path[0] for key in keys[YEAR.name]} == {"marts", "published", "reports"}
    assert all(job.description for job in jobs.values())


def needed(keys: Set[str], made: Mapping[str, dg.ResourceDefinition]) -> set[str]:
    """The keys of resources, and of all that these require."""
    return set(keys).union(*(needed(made[key].required_resource_keys, made) for key in keys))


@pytest.mark.parametrize("job", defs.resolve_all_job_defs(), ids=lambda job: job.name)
def test_every_step_holds_the_lock_of_the_home(job: dg.JobDefinition) -> None:
    assert job.nodes
    for node in job.nodes:
        step = node.definition
        assert isinstance(step, dg.OpDefinition)
        stored_by = {out.io_manager_key for out in step.output_defs}
        assert "lock" in needed(step.required_resource_keys | stored_by, job.resource_defs), (
            step.name
        )


def test_loading_the_definitions_imports_nothing_slow() -> None:
    code = (
        "import sys, pipelines.code_location;"
        f"print([name for name in {SLOW!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_workspace_points_at_the_definitions() -> None:
    from dagster._core.workspace.load_target import WorkspaceFileTarget

    (origin,) = WorkspaceFileTarget(paths=[str(PROJECT / "workspace.yaml")]).create_origins()
    assert origin.location_name == "nora"
    assert origin.loadable_target_origin.module_name == "pipelines.code_location"
