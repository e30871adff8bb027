"""Great Expectations on DuckDB: SQLAlchemy dialect, execution engine and fluent data source.

To be removed when Great Expectations has a DuckDB engine of its own (its issues 10738 and 11579).
Nothing is patched: each class extends a class that is meant to be extended. This module knows no
rule and no table. Importing it imports Great Expectations, which takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Literal

import duckdb
import sqlalchemy
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDialect, PGExecutionContext
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.pool import NullPool


class _LooksAtFile(PGExecutionContext):
    """Points each cursor at the file, which may be attached to a database in memory."""

    def create_cursor(self) -> DBAPICursor:
        """Return a cursor that resolves names in the file."""
        cursor = super().create_cursor()
        cursor.execute("select database_name from duckdb_databases() where path is not null")
        ((name,),) = cursor.fetchall()
        quoted = name.replace('"', '""')
        cursor.execute(f'use "{quoted}"')
        return cursor


class DuckDBDialect(PGDialect):
    """PostgreSQL's SQL, which DuckDB follows, over DuckDB's own Python driver, for reading."""

    name = "duckdb"
    driver = "duckdb"
    execution_ctx_cls = _LooksAtFile
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """Return DuckDB's module, which follows the Python database API."""
        return duckdb

    def initialize(self, connection: sqlalchemy.Connection) -> None:
        """Do nothing: DuckDB cannot answer PostgreSQL's initial queries."""

    # Every statement only reads, and commits itself. DuckDB raises if there is no transaction.
    def do_commit(self, dbapi_connection: DBAPIConnection) -> None:
        """Do nothing."""

    def do_rollback(self, dbapi_connection: DBAPIConnection) -> None:
        """Do nothing."""


registry.register(DuckDBDialect.name, __name__, DuckDBDialect.__name__)


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Runs the metrics of expectations as SQL in one DuckDB file; `connection_string` is its path.

    For a file that this process has attached to a database in memory it is the name of that, so
    that no key is needed here.

    The engine must be closed: DuckDB keeps other processes out of the file while a connection is
    open.
    """

    def __init__(self, connection_string: str, name: str | None = None, **_: Any) -> None:
        """Open the file; other settings of a data source are ignored."""
        self._database = duckdb.connect(connection_string)
        engine = sqlalchemy.create_engine(
            f"{DuckDBDialect.name}://",
            # Great Expectations connects several times, and opening a file costs 20 ms.
            creator=self._database.cursor,
            poolclass=NullPool,
        )
        super().__init__(name=name, engine=engine, create_temp_table=False)

    @contextmanager
    def get_connection(self) -> Iterator[sqlalchemy.Connection]:
        """Yield the one connection, and leave it open.

        Great Expectations fetches rows of a result after this context has ended.
        """
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection

    def close(self) -> None:
        """Close the file, so that other processes may open it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self.engine.dispose()
        self._database.close()


_EngineType = type[SqlAlchemyExecutionEngine]


class DuckDBDatasource(SQLDatasource):
    """A DuckDB file, as `context.data_sources.add_duckdb(name, connection_string=path)`."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    connection_string: str  # a plain path: no ${...} is substituted in it

    @property
    def execution_engine_type(self) -> _EngineType:
        """The engine that runs the metrics."""
        return DuckDBExecutionEngine

    def get_engine(self) -> sqlalchemy.Engine:
        """Return the SQLAlchemy engine of the execution engine: there is no second one."""
        return self.get_execution_engine().engine
