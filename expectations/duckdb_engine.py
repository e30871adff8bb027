"""Great Expectations on DuckDB: SQLAlchemy dialect, execution engine and fluent data source.

To be dropped when Great Expectations brings a DuckDB engine of its own (its issues 10738 and
11579). Nothing is patched: each class extends a class that is made to be extended. No rule and
no table is known here. Importing this module imports Great Expectations, which takes seconds.
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
from sqlalchemy.dialects import postgresql, registry
from sqlalchemy.dialects.postgresql.base import PGDialect, PGExecutionContext
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.pool import NullPool


class _LooksAtFile(PGExecutionContext):
    """Lets each cursor look at the file that is open, where it may be attached to another one."""

    def create_cursor(self) -> DBAPICursor:
        """Return a cursor whose names are those of the file."""
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
        """Ask the server nothing: PostgreSQL's questions have no answer here."""

    # Every statement reads and commits itself. DuckDB raises where there is nothing to end.
    def do_commit(self, dbapi_connection: DBAPIConnection) -> None:
        """End nothing."""

    def do_rollback(self, dbapi_connection: DBAPIConnection) -> None:
        """Take nothing back."""


registry.register(DuckDBDialect.name, __name__, DuckDBDialect.__name__)


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Runs the metrics of expectations as SQL in one DuckDB file; `connection_string` is its path.

    For an encrypted file it is the name of the database in memory that this process has attached
    the file to, so that the key stays with the one who did.

    Must be closed: DuckDB lets no other process at the file while a connection is open. The file
    is opened as the rest of the process opens it, for DuckDB refuses to open a file twice in one
    process with different settings.
    """

    def __init__(self, connection_string: str, name: str | None = None, **_: Any) -> None:
        """Open the file; other settings of a data source have no meaning here."""
        self._database = duckdb.connect(connection_string)
        engine = sqlalchemy.create_engine(
            f"{DuckDBDialect.name}://",
            # Great Expectations connects several times, and opening a file costs 20 ms.
            creator=self._database.cursor,
            poolclass=NullPool,
        )
        super().__init__(name=name, engine=engine, create_temp_table=False)
        # How Great Expectations finds the operator for regular expressions.
        self.dialect_module = postgresql

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
    connection_string: str  # a path is taken as it stands: no ${...} is substituted in it

    @property
    def execution_engine_type(self) -> _EngineType:
        """The engine that runs the metrics."""
        return DuckDBExecutionEngine

    def get_engine(self) -> sqlalchemy.Engine:
        """Return the SQLAlchemy engine of the execution engine: there is no second one."""
        return self.get_execution_engine().engine
