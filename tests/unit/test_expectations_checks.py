"""The Dagster checks: what they are, what they stop, what they say of each year."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl
import pytest

from assets.definition import asset_key
from assets.vocabulary import vocabulary
from expectations.checks import STRUCTURE, asset_checks
from expectations.rules import rules
from tests.rules.mutations import RULES
from tests.rules.warehouse import YEARS, build, find

PARTITIONS = dg.DynamicPartitionsDefinition(name="year")
DOWNSTREAM = dg.AssetKey(["published", "internal"])
RANGE = {
    "dagster/asset_partition_range_start": "2019",
    "dagster/asset_partition_range_end": "2021",
}


class FileWarehouse:
    """A warehouse resource over a file made elsewhere, which keeps the results written to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = str(path)
        self.written: list[pl.DataFrame] = []

    def connect(self) -> AbstractContextManager[object]:
        return duckdb.connect(str(self.path))

    def write_check_results(self, results: pl.DataFrame) -> None:
        self.written.append(results)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clean") / "warehouse.duckdb"
    build(path)
    return path


@pytest.fixture
def warehouse(clean: Path, tmp_path: Path) -> FileWarehouse:
    return FileWarehouse(Path(shutil.copyfile(clean, tmp_path / "warehouse.duckdb")))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("year", [str(year) for year in YEARS])
        yield instance


def _stub(qualified_name: str) -> dg.AssetsDefinition:
    partitions = PARTITIONS if qualified_name.startswith("marts.") else None

    @dg.asset(key=asset_key(qualified_name), partitions_def=partitions)
    def stub() -> None:
        """Stand for a table that is already in the file."""

    return stub


def _run(
    warehouse: FileWarehouse, instance: dg.DagsterInstance, layer: str, **how: Any
) -> dg.ExecuteInProcessResult:
    tables = [_stub(table.qualified_name) for table in vocabulary().layer(layer)]

    @dg.asset(key=DOWNSTREAM, deps=tables)
    def internal() -> None:
        """Stand for the publication."""

    definitions = dg.Definitions(
        assets=[*tables, internal],
        asset_checks=[
            checks
            for checks in asset_checks(PARTITIONS)
            if any(key.asset_key.path[0] == layer for key in checks.check_keys)
        ],
        jobs=[dg.define_asset_job("everything")],
        resources={"warehouse": warehouse},
        executor=dg.in_process_executor,
    )
    job = definitions.resolve_job_def("everything")
    return job.execute_in_process(instance=instance, raise_on_error=False, **how)


def _run_checks_alone(
    warehouse: FileWarehouse, instance: dg.DagsterInstance
) -> dg.ExecuteInProcessResult:
    _, mart_checks = asset_checks(PARTITIONS)
    definitions = dg.Definitions(
        asset_checks=[mart_checks],
        jobs=[dg.define_asset_job("checks", selection=dg.AssetSelection.checks(mart_checks))],
        resources={"warehouse": warehouse},
        executor=dg.in_process_executor,
    )
    job = definitions.resolve_job_def("checks")
    return job.execute_in_process(instance=instance, raise_on_error=False)


def _evaluation(
    result: dg.ExecuteInProcessResult, name: str, table: str
) -> dg.AssetCheckEvaluation:
    (found,) = [
        one
        for one in result.get_asset_check_evaluations()
        if (one.check_name, one.asset_key) == (name, asset_key(table))
    ]
    return found


def _published(result: dg.ExecuteInProcessResult) -> bool:
    return DOWNSTREAM in [event.asset_key for event in result.get_asset_materialization_events()]


def test_definitions_load_without_the_heavy_libraries() -> None:
    heavy = ("great_expectations", "pandas", "sqlalchemy", "babel", "plotly")
    code = (
        "import sys\n"
        "from assets.definition import YEARS\n"
        "from expectations.checks import asset_checks\n"
        "asset_checks(YEARS)\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_each_table_has_its_structure_and_each_rule_its_check() -> None:
    specs = {spec.key: spec for checks in asset_checks(PARTITIONS) for spec in checks.check_specs}
    tables = [*vocabulary().layer("records"), *vocabulary().layer("marts")]
    structures = {dg.AssetCheckKey(asset_key(one.qualified_name), STRUCTURE) for one in tables}
    by_rule = {dg.AssetCheckKey(asset_key(rule.table), rule.id): rule for rule in rules()}
    assert set(specs) == structures | set(by_rule)
    assert all(specs[key].blocking for key in structures)
    for key, rule in by_rule.items():
        assert specs[key].blocking == (rule.severity == "critical")
        assert specs[key].description == rule.sentence_nb


def test_clean_records_pass_and_are_published(
    warehouse: FileWarehouse, instance: dg.DagsterInstance
) -> None:
    result = _run(warehouse, instance, "records")
    assert result.success
    assert all(one.passed for one in result.get_asset_check_evaluations())
    assert _published(result)
    (written,) = warehouse.written
    assert set(written["run_id"]) == {result.run_id}
    assert set(written["year"]) == {None}


def test_critical_failure_is_written_and_stops_what_comes_after(
    warehouse: FileWarehouse, instance: dg.DagsterInstance
) -> None:
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(RULES["exit_not_before_start"])
    result = _run(warehouse, instance, "records")
    assert not result.success
    assert not _published(result)
    found = _evaluation(result, "exit_not_before_start", "records.exits")
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert found.metadata["brudd"].value == 1
    (written,) = warehouse.written
    assert written.filter(~pl.col("success"))["expectation"].to_list() == ["exit_not_before_start"]


def test_warning_fails_its_check_alone_and_info_passes_with_its_count(
    warehouse: FileWarehouse, instance: dg.DagsterInstance
) -> None:
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(RULES["age_plausible_at_referral"])
        connection.execute(RULES["work_exit_has_industry"])
        find(connection)
    result = _run(warehouse, instance, "records")
    assert result.success
    assert _published(result)
    warning = _evaluation(result, "age_plausible_at_referral", "records.participants")
    assert (warning.passed, warning.severity) == (False, dg.AssetCheckSeverity.WARN)
    info = _evaluation(result, "work_exit_has_industry", "records.exits")
    assert (info.passed, info.metadata["brudd"].value) == (True, 1)


def test_run_over_several_years_says_which_year_failed(
    warehouse: FileWarehouse, instance: dg.DagsterInstance
) -> None:
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(RULES["followed_up_within_due"])
    result = _run(warehouse, instance, "marts", tags=RANGE)
    assert not result.success
    assert not _published(result)
    found = _evaluation(result, "followed_up_within_due", "marts.job_retention")
    assert found.metadata["brudd per år"].value == {"2019": 0, "2020": 1, "2021": 0}
    (written,) = warehouse.written
    assert set(written["year"]) == set(YEARS)


def test_run_of_one_year_checks_that_year(
    warehouse: FileWarehouse, instance: dg.DagsterInstance
) -> None:
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(RULES["followed_up_within_due"])
    result = _run(warehouse, instance, "marts", partition_key="2021")
    assert result.success
    (written,) = warehouse.written
    assert set(written["year"]) == {2021}


def test_run_without_a_year_checks_them_all(
    warehouse: FileWarehouse, instance: dg.DagsterInstance
) -> None:
    assert _run_checks_alone(warehouse, instance).success
    (written,) = warehouse.written
    assert set(written["year"]) == set(YEARS)


def test_run_without_any_year_fails(warehouse: FileWarehouse) -> None:
    with dg.DagsterInstance.ephemeral() as empty:
        assert not _run_checks_alone(warehouse, empty).success
    assert warehouse.written == []


def test_one_mart_alone_is_checked_alone(
    warehouse: FileWarehouse, instance: dg.DagsterInstance
) -> None:
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("insert into marts.caseload from marts.caseload where year = 2020")
    only = [asset_key("marts.caseload")]
    result = _run(warehouse, instance, "marts", partition_key="2020", asset_selection=only)
    structure = _evaluation(result, STRUCTURE, "marts.caseload")
    assert structure.metadata["ikke oppfylt"].value == ["unique:year,month"]
    (written,) = warehouse.written
    assert set(written["table_name"]) == {"marts.caseload"}
