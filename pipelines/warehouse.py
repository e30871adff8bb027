"""The warehouse: its connections, its schema, and how Dagster assets are stored in it.

One DuckDB file. It holds persons; nothing of their cells leaves this module in a message.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl
from pydantic import Field, PrivateAttr

from assets.statements import View, YearlyQuery
from assets.vocabulary import ddl, vocabulary
from expectations.suites import tables_held_against

_LOCK_PATIENCE = 60.0
_LOCK_PAUSE = 0.2


class WarehouseBusyError(Exception):
    """Another process has held the warehouse for longer than we are willing to wait."""


class WarehouseUnreadableError(Exception):
    """The file is no database that this version of DuckDB can open."""


class NothingLoadedError(Exception):
    """The warehouse holds no complete load, so there is nothing to count."""


class StorageError(Exception):
    """A table broke a constraint of the vocabulary. The message repeats no value."""


class Warehouse(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The DuckDB file at `file`, created on first use with the schema of the vocabulary."""

    file: str = Field(description="Path of the database file.")
    _fits: bool = PrivateAttr(default=False)
    _in_run: bool = PrivateAttr(default=False)
    _held: duckdb.DuckDBPyConnection | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """From its first use on, hold the file open for the whole run: to open it is slow."""
        self._in_run = True

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Let go of the file."""
        self._in_run = False
        if self._held is not None:
            self._held.close()
            self._held = None

    @property
    def path(self) -> Path:
        """Path of the database file."""
        return Path(self.file)

    def is_ready(self) -> bool:
        """Whether the file is there, with the schema of today's vocabulary; changes nothing."""
        if not self.path.exists():
            return False
        connection = self._open()
        try:
            return _fingerprint(connection) == ddl.fingerprint(vocabulary())
        finally:
            connection.close()

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the warehouse for reading and writing, and close it again.

        Waits for another process to let go of it; WarehouseBusyError when it does not. A
        warehouse made by another version of the program is emptied first: what it held is made
        anew from the inbox.
        """
        if not self._fits:
            self._prepare()
        if self._in_run and self._held is None:
            self._held = self._open()
        connection = self._open()
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def transaction(self, table: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the warehouse and commit all that is done to `table` at once, or nothing of it.

        Raises StorageError when a row breaks a constraint.
        """
        with self.connect() as connection:
            connection.begin()
            try:
                yield connection
            except duckdb.ConstraintException:
                connection.rollback()
                # DuckDB's own message quotes the row.
                raise StorageError(
                    f"En rad i {table} bryter med det tabellen er erklært å være. Meld fra."
                ) from None
            connection.commit()

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Return the rows of a query as a Polars frame."""
        with self.connect() as connection:
            return _frame(connection.execute(sql, parameters))

    def write_check_results(self, results: pl.DataFrame) -> None:
        """Store check results, in place of the earlier ones of the same tables and years."""
        with self.transaction("quality.check_results") as connection:
            connection.register("new_results", results.to_arrow())
            connection.execute(
                "delete from quality.check_results as old where exists (from new_results as new "
                "where new.table_name = old.table_name and new.year is not distinct from old.year)"
            )
            connection.execute("insert into quality.check_results by name from new_results")

    def _prepare(self) -> None:
        if not self.is_ready():
            self.path.unlink(missing_ok=True)
            self._create()
        self._fits = True

    def _create(self) -> None:
        """Create the file under another name first, so that a killed process leaves no half."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        with duckdb.connect(fresh) as connection:
            connection.begin()
            for statement in ddl.create_warehouse(vocabulary()):
                connection.execute(statement)
            connection.execute(
                "create table vocabulary.fingerprint as select ? as fingerprint",
                [ddl.fingerprint(vocabulary())],
            )
            connection.commit()
        fresh.replace(self.path)

    def _open(self) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + _LOCK_PATIENCE
        while True:
            try:
                return duckdb.connect(self.path)
            except duckdb.IOException as error:
                if "lock" not in str(error).lower():
                    raise WarehouseUnreadableError(
                        f"{self.path} kan ikke åpnes som en database. Slett filen og bygg på "
                        "nytt: den har ingenting som ikke også ligger i innboksen."
                    ) from error
                if time.monotonic() > deadline:
                    raise WarehouseBusyError(
                        "Et annet program har databasen åpen. Lukk det, eller vent til kjøringen "
                        "er ferdig, og prøv igjen."
                    ) from error
                time.sleep(_LOCK_PAUSE)


class WarehouseIOManager(dg.ConfigurableIOManager):
    """Stores each asset as the table or view of its key, layer.name.

    A table that is written has lost its check results, and so has every mart that counts it or is
    weighed against it; a load that begins has lost its build day, and one that ends empties the
    marts. What is lost is there again once the load, the marts and the checks have run.
    """

    warehouse: Warehouse

    def handle_output(
        self, context: dg.OutputContext, obj: pl.DataFrame | View | YearlyQuery
    ) -> None:
        """Replace the table, the view, or the rows of the query's years."""
        name = ".".join(context.asset_key.path)
        with self.warehouse.transaction(name) as connection:
            if isinstance(obj, View):
                _replace_view(connection, name, obj)
            elif isinstance(obj, YearlyQuery):
                _replace_years(connection, name, obj)
            else:
                _replace_rows(connection, name, obj)
            rows = connection.execute(f"select count(*) from {name}").fetchone()
        if rows and not isinstance(obj, View):
            context.add_output_metadata({"dagster/row_count": rows[0]})

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """Return the whole table as a Polars frame."""
        return self.warehouse.query(f"from {'.'.join(context.asset_key.path)}")


def _replace_rows(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    if name == "records.build_day":
        # What was counted of an earlier load is no longer true of this one.
        for mart in vocabulary().layer("marts"):
            connection.execute(f"delete from {mart.qualified_name}")
    if not name.startswith("reference."):
        # Of the deliveries every table is written anew, and the day of the build last.
        connection.execute("delete from records.build_day")
    connection.register("new_rows", frame.to_arrow())
    connection.execute(f"delete from {name}")
    connection.execute(f"insert into {name} by name from new_rows")
    _forget_checks(
        connection, "table_name = $name or starts_with(table_name, 'marts.')", {"name": name}
    )


def _replace_view(connection: duckdb.DuckDBPyConnection, name: str, view: View) -> None:
    connection.execute(f"create or replace view {name} as {view.sql}")
    for statement in ddl.comments(vocabulary().table(name), "view"):
        connection.execute(statement)


def _replace_years(connection: duckdb.DuckDBPyConnection, name: str, query: YearlyQuery) -> None:
    if not connection.execute("from records.build_day").fetchone():
        raise NothingLoadedError(
            "Ingenting er lest inn, eller innlesingen ble avbrutt. Kjør jobben load."
        )
    years = {"years": list(query.years)}
    gone = "list_contains($years, year) or year not in (select year from intermediate.years)"
    connection.execute(f"delete from {name} where {gone}", years)
    order = ", ".join(vocabulary().table(name).key)
    connection.execute(
        f"insert into {name} by name select * from ({query.sql}) order by {order}", years
    )
    counted_from = [mart for mart in vocabulary().layer("marts") if name in mart.derived_from]
    stale = {
        "tables": [
            name,
            *(mart.qualified_name for mart in counted_from),
            *tables_held_against(name),
        ]
    }
    _forget_checks(connection, f"list_contains($tables, table_name) and ({gone})", years | stale)


def _forget_checks(
    connection: duckdb.DuckDBPyConnection,
    condition: str,
    parameters: Mapping[str, Any] | None = None,
) -> None:
    connection.execute(f"delete from quality.check_results where {condition}", parameters)


def _fingerprint(connection: duckdb.DuckDBPyConnection) -> str | None:
    found = connection.execute(
        "select 1 from information_schema.tables "
        "where table_schema = 'vocabulary' and table_name = 'fingerprint'"
    ).fetchone()
    row = connection.execute("from vocabulary.fingerprint").fetchone() if found else None
    return row[0] if row else None


def _frame(relation: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return pl.DataFrame(relation.to_arrow_table())
