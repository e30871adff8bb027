"""What whoever launches a run cannot choose: folders, files, limits, the day, the warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._config import ConfigTypeKind

from pipelines.definitions import definitions, resources
from pipelines.settings import Settings

FIELDS = {
    "home": {"folder": "elsewhere"},
    "lock": {"folder": "elsewhere"},
    "warehouse": {"file": "warehouse.duckdb"},
    "io_manager": {"warehouse": {"file": "warehouse.duckdb"}},
    "inbox": {"folder": "elsewhere"},
    "reader": {"limit": 10**12},
    "build_day": {"as_of": "2020-01-01"},
    "forgotten": {"file": "forgotten.json"},
    "accepted": {"file": "accepted.json"},
    "kept": {"warehouse": {"file": "warehouse.duckdb"}},
    "feedback": {"folder": "elsewhere"},
    "releases": {"folder": "elsewhere"},
    "vintages": {"folder": "elsewhere"},
    "sendings": {"folder": "elsewhere"},
    "reports": {"folder": "elsewhere"},
}
"""For each resource, what an attacker would send it elsewhere with."""

JOBS = ("load", "year", "everything", "report", "monthly_form", "send", "__ASSET_JOB")

DECLARED = {"sent__internal": {"year", "month", "day"}}
"""The only steps that take run config, and what they take: what was sent, and when."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "inbox", tmp_path / "home")


def test_every_resource_is_tried(settings: Settings) -> None:
    assert FIELDS.keys() == resources(settings).keys()


@pytest.mark.parametrize(
    "config",
    [{"resources": {name: {"config": fields}}} for name, fields in FIELDS.items()]
    + [{"resources": {"inbox": {"config": {"limit": 10**12}}}}],
    ids=str,
)
def test_no_resource_takes_run_config(settings: Settings, config: dict[str, Any]) -> None:
    job = definitions(settings).resolve_job_def("load")
    assert dg.validate_run_config(job, {}) is not None
    with pytest.raises(dg.DagsterInvalidConfigError, match="unexpected config entry"):
        dg.validate_run_config(job, config)


@pytest.mark.parametrize("job", JOBS)
def test_no_step_declares_other_run_config(settings: Settings, job: str) -> None:
    for node in definitions(settings).resolve_job_def(job).nodes:
        declared = node.definition.config_schema.as_field().config_type
        # Of a step without a declaration Dagster takes anything, and no step of ours reads it.
        if declared.kind != ConfigTypeKind.ANY:
            assert set(declared.fields) == DECLARED.get(node.name, set()), node.name
            assert all(field.description for field in declared.fields.values())
