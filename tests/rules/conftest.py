"""The clean warehouse, made once, and a copy of it with one mutation."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.rules.warehouse import build, find


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a warehouse in which everything is as it must be."""
    path = tmp_path_factory.mktemp("clean") / "warehouse.duckdb"
    build(path)
    return path


@pytest.fixture
def mutated(clean: Path, tmp_path: Path) -> Callable[..., Path]:
    """Copy the clean warehouse, run SQL on the copy and find its findings; return its path."""

    def mutate(sql: str, *, finds: bool = True) -> Path:
        path = tmp_path / "warehouse.duckdb"
        shutil.copyfile(clean, path)
        with duckdb.connect(str(path)) as connection:
            connection.execute(sql)
            if finds:
                find(connection)
        return path

    return mutate
