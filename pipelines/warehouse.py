"""The warehouse: its connections, its schema, and how Dagster assets are stored in it.

One DuckDB file, encrypted when there is a key. It holds persons; no message of this module contains
any part of their cells.
"""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl

from assets.marts import same_part
from assets.rows import ON_DEMAND, Load, Rows
from assets.sql_statement import Query, View, YearlyQuery, read_sql
from assets.vocabulary import Table, ddl, vocabulary
from expectations.suites import tables_held_against
from pipelines.settings import KEY, KEY_FILE, warehouse_key

_LOCK_PATIENCE = 60.0
_LOCK_PAUSE = 0.2


class WarehouseBusyError(Exception):
    """Another process has held the warehouse for longer than this one waits."""


class WarehouseUnreadableError(Exception):
    """The file is not a database that this version of DuckDB can read, or not any more."""


class WarehouseUnwritableError(Exception):
    """The file did not take what was to be stored in it."""


class WarehouseKeyError(WarehouseUnreadableError):
    """The key does not fit the file, or one of the two is missing."""


class NothingLoadedError(Exception):
    """The warehouse holds no complete load, so there is nothing to count."""


class StorageError(Exception):
    """A table broke a constraint of the vocabulary. The message contains no value."""


@dataclass
class Warehouse:
    """The DuckDB file at `file`, created on first use with the schema of the vocabulary."""

    file: str
    _fits: bool = field(default=False, init=False, repr=False)
    _in_run: bool = field(default=False, init=False, repr=False)
    _held: duckdb.DuckDBPyConnection | None = field(default=None, init=False, repr=False)

    @contextmanager
    def held(self) -> Iterator[Warehouse]:
        """Keep the file open during this block, from its first use: opening it is slow."""
        self._in_run = True
        try:
            yield self
        finally:
            self._in_run = False
            if self._held is not None:
                self._held.close()
                self._held = None

    @property
    def path(self) -> Path:
        """Path of the database file."""
        return Path(self.file)

    @property
    def address(self) -> str:
        """The name by which this process makes one more connection while the file is open."""
        return _address(self.path)

    def is_ready(self) -> bool:
        """Whether the file exists, with the schema of the current vocabulary; changes nothing.

        Raises what `connect` raises.
        """
        if not self.path.exists():
            return False
        with _errors_told(self.path), closing(self._open()) as connection:
            return _fingerprint(connection) == ddl.fingerprint(vocabulary())

    def examine(self) -> int:
        """Read all of every table, and return how many there are; nothing is changed.

        Raises what `connect` raises, but waits for nobody, and NothingLoadedError.
        """
        with _errors_told(self.path), closing(self._open_to_read()) as connection:
            if _fingerprint(connection) != ddl.fingerprint(vocabulary()):
                raise NothingLoadedError(
                    f"{self.path} er laget av en annen utgave av programmet. Kjør nora build: "
                    "databasen lages på nytt."
                )
            tables = connection.execute(
                "select format('{}.{}', schema_name, table_name) from duckdb_tables() "
                f"where database_name = '{_ATTACHED}'"
            ).fetchall()
            for (table,) in tables:
                try:
                    connection.execute(
                        f"select bit_xor(hash(read)) from {table} as read"
                    ).fetchall()
                except (duckdb.InternalException, duckdb.SerializationException) as error:
                    raise _unreadable(self.path) from error
            return len(tables)

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the warehouse for reading and writing, and close it again.

        Waits for another process to release it; WarehouseBusyError when that takes too long. A
        warehouse made by another version of the program is emptied first: its content is made anew
        from the inbox. Raises WarehouseUnreadableError when the file is damaged, and OSError when
        the machine refuses to read or write it, also for what is done with the connection.
        """
        with _errors_told(self.path):
            if not self._fits:
                self._prepare()
            if self._in_run and self._held is None:
                self._held = self._open()
            connection = self._open() if self._held is None else _cursor(self._held)
            with closing(connection):
                yield connection

    @contextmanager
    def transaction(self, table: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the warehouse, and commit all changes to `table` at once, or none of them.

        Raises StorageError when a row breaks a constraint, WarehouseUnwritableError when the file
        does not take the changes, and what `connect` raises.
        """
        with self.connect() as connection:
            connection.begin()
            try:
                yield connection
            except (duckdb.IntegrityError, duckdb.DataError):
                connection.rollback()
                # DuckDB's own message quotes the row, or a value of it.
                raise StorageError(
                    f"En rad i {table} bryter med det tabellen er erklært å være. Meld fra."
                ) from None
            _commit(connection, self.path)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Return the rows of a query as a Polars frame."""
        with self.connect() as connection:
            return _frame(connection.execute(sql, parameters))

    def counted_until(self, day: date) -> dict[str, pl.DataFrame]:
        """Return the marts of the year of `day`, as they would have been counted on that day.

        Mart -> its rows, of all marts that are counted (assets/marts/same_part.py).
        """
        with self.connect() as connection:
            ((catalog,),) = connection.execute("select current_database()").fetchall()
            connection.execute(f"attach ':memory:' as {same_part.CATALOG}")
            try:
                connection.execute(f"use {same_part.CATALOG}")
                for statement in same_part.statements(catalog, day):
                    connection.execute(statement)
                return dict(_counted(connection, day.year))
            finally:
                connection.execute(f"use {catalog}")
                connection.execute(f"detach {same_part.CATALOG}")

    def write_check_results(self, results: pl.DataFrame) -> None:
        """Store check results, replacing the earlier ones of the same tables and years."""
        with self.transaction("quality.check_results") as connection:
            connection.register("new_results", results.to_arrow())
            connection.execute(
                "delete from quality.check_results as old where exists (from new_results as new "
                "where new.table_name = old.table_name and new.year is not distinct from old.year)"
            )
            connection.execute("insert into quality.check_results by name from new_results")

    def _prepare(self) -> None:
        if not self.is_ready():
            for path in (self.path, _log(self.path)):
                path.unlink(missing_ok=True)
            self._create()
        self._fits = True

    def _create(self) -> None:
        """Create the file under another name first: a killed process leaves nothing partial."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        try:
            with closing(_connected(fresh, _NEWEST)) as connection:
                connection.begin()
                for statement in ddl.create_warehouse(vocabulary()):
                    connection.execute(statement)
                connection.execute(
                    "create table vocabulary.fingerprint as select ? as fingerprint",
                    [ddl.fingerprint(vocabulary())],
                )
                _commit(connection, self.path)
            fresh.replace(self.path)
        finally:
            for left in (fresh, _log(fresh)):
                left.unlink(missing_ok=True)

    def _open_to_read(self) -> duckdb.DuckDBPyConnection:
        try:
            return _connected(self.path, ("read_only",))
        except duckdb.IOException as error:
            if _system_error(error) != errno.EAGAIN:
                raise
            raise WarehouseBusyError("Et annet program har databasen åpen.") from error

    def _open(self) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + _LOCK_PATIENCE
        while True:
            try:
                return _connected(self.path)
            except duckdb.IOException as error:
                if _system_error(error) != errno.EAGAIN:  # another process has locked the file
                    raise
                if time.monotonic() > deadline:
                    raise WarehouseBusyError(
                        "Et annet program har databasen åpen. Lukk det, eller vent til kjøringen "
                        "er ferdig, og prøv igjen."
                    ) from error
                time.sleep(_LOCK_PAUSE)


_ATTACHED = "warehouse"
"""The name of the file in the database that it is attached to, and of one that is opened alone."""

_OFFLINE = (
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
)
"""Nothing is fetched from the network, whatever a query asks for."""

_PHYSICAL = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
_MEMORY = f"set memory_limit = '{min(4_000_000_000, _PHYSICAL // 2)}B'"
"""Most of what does not fit is written beside the file for the time of the query. With a quarter of
this, a register of ten million persons could not be searched for doubtful rows."""

_NO_NETWORK = "set disabled_filesystems = 'HTTPFileSystem,S3FileSystem,HuggingFaceFileSystem'"
"""Only the cryptography of the extension httpfs is used."""


_NEWEST = ("storage_version 'latest'",)
"""How a new file is laid out: texts take a third less time to write than in the older layout."""


def _connected(path: Path, options: Sequence[str] = ()) -> duckdb.DuckDBPyConnection:
    """Open the file, with the key if there is one; WarehouseKeyError when it does not fit.

    `options` are those of a new file.
    """
    # DuckDB accepts a key only when a file is attached, refuses to attach a file twice, and tells
    # the number of a system error only to an open connection. So all connections of the process
    # share one database in memory, identified by its name.
    connection = duckdb.connect(_address(path))
    try:
        if not _is_attached(connection):
            _attach(connection, path, options)
        connection.execute(f"use {_ATTACHED}")
    except BaseException:
        connection.close()
        raise
    return connection


def _cursor(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """One more connection to the database of `connection`."""
    cursor = connection.cursor()
    cursor.execute(f"use {_ATTACHED}")
    return cursor


def _address(path: Path) -> str:
    return f":memory:{path}"


def _log(path: Path) -> Path:
    """The file in which DuckDB keeps what it has not yet written into the one at `path`."""
    return path.with_name(f"{path.name}.wal")


@contextmanager
def _errors_told(path: Path) -> Iterator[None]:
    """Raise OSError when the machine refuses to read or write the file.

    WarehouseUnreadableError when the file is read, but is no database, or a damaged one.
    """
    try:
        yield
    except duckdb.InvalidInputException:
        if not warehouse_key():
            raise
        # The error is not shown: it might quote the statement that attaches, and with it the key.
        raise WarehouseKeyError(
            f"Nøkkelen passer ikke til {path}, eller filen er skadet. Sett {KEY} eller {KEY_FILE} "
            "til den som databasen ble bygd med. Er den tapt, eller hjelper ikke det, flytt filen "
            "bort og kjør nora build: den har ingenting som ikke også ligger i innboksen."
        ) from None
    except duckdb.OutOfMemoryException as error:
        # What does not fit into memory is written beside the file, as long as there is room.
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
    except duckdb.IOException as error:
        number = _system_error(error)
        if number is None or path.is_dir():
            raise _unreadable(path) from error
        raise OSError(number, os.strerror(number), str(path)) from error


def _unreadable(path: Path) -> WarehouseUnreadableError:
    files = " og ".join(str(one) for one in (path, _log(path)) if one.exists())
    return WarehouseUnreadableError(
        f"{path} er skadet, eller er ingen database som dette programmet kan lese. Flytt bort "
        f"{files}, og kjør nora build: databasen lages på nytt, for den har ingenting som ikke "
        "også ligger i innboksen."
    )


def _system_error(error: duckdb.Error) -> int | None:
    """The number of the system error in an error of DuckDB (errors_as_json), if there is one."""
    _, brace, said = str(error).partition("{")
    try:
        number = json.loads(brace + said).get("errno")
    except ValueError:
        return None
    return None if number is None else int(number)


def _commit(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    try:
        connection.commit()
    except duckdb.TransactionException as error:
        # DuckDB does not pass on the number of the system error, so let the system raise it again.
        with tempfile.TemporaryFile(dir=path.parent) as beside:
            beside.write(bytes(_BLOCK))
        raise WarehouseUnwritableError(
            f"{path} kunne ikke skrives ferdig: disken er trolig full, eller en grense er nådd "
            "(ulimit). Rydd plass, eller meld fra til den som drifter maskinen, og kjør kommandoen "
            "igjen."
        ) from error


_BLOCK = 1 << 18
"""Bytes of a block of DuckDB: the least by which a file grows."""


def _is_attached(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(
        "select 1 from duckdb_databases() where database_name = ?", [_ATTACHED]
    )
    return found.fetchone() is not None


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, options: Sequence[str]) -> None:
    """Attach the file to a database in memory that is still empty."""
    key = warehouse_key()
    settings = [*_OFFLINE, _MEMORY, "set errors_as_json = true"]
    # What does not fit into memory is written beside the file: if that has a key, under another.
    settings.append(f"set temp_directory = {_literal(f'{path}.tmp')}")
    if key:
        _load_cryptography(connection)
        settings += [_NO_NETWORK, "set temp_file_encryption = true"]
        options = [*options, f"encryption_key {_as_bytes(key)}"]
    for setting in settings:
        connection.execute(setting)
    chosen = f" ({', '.join(options)})" if options else ""
    try:
        connection.execute(f"attach {_literal(str(path))} as {_ATTACHED}{chosen}")
    except duckdb.CatalogException:
        # The error is not shown: it might quote the statement, and with it the key.
        raise WarehouseKeyError(
            f"Det er satt en nøkkel, men {path} er ikke kryptert. Slett filen og bygg på nytt, så "
            "blir den det: den har ingenting som ikke også ligger i innboksen. Skal den ikke være "
            f"kryptert, fjern {KEY} og {KEY_FILE}."
            if key
            else f"{path} er kryptert, og det er ikke satt noen nøkkel. Sett {KEY}, eller "
            f"{KEY_FILE} til en fil med nøkkelen i."
        ) from None


def _load_cryptography(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the extension that DuckDB needs to write an encrypted file, from its package."""
    package = importlib.util.find_spec("duckdb_extension_httpfs")
    version = connection.execute("select library_version from pragma_version()").fetchone()
    for folder in (package and package.submodule_search_locations) or ():
        for name in version or ():
            extension = Path(folder, "extensions", name, "httpfs.duckdb_extension")
            if extension.is_file():
                # DuckDB loads only extensions that it has signed itself.
                connection.execute(f"load {_literal(str(extension))}")
                return
    raise WarehouseKeyError(
        "Det er satt en nøkkel, men tillegget som DuckDB krypterer med, er ikke installert. "
        "Installer pakken duckdb-extension-httpfs i samme versjon som duckdb."
    )


def _as_bytes(key: str) -> str:
    """A literal of the key's bytes: DuckDB reads a key in the same way as a blob, with escapes."""
    return (
        "'"
        + "".join(
            chr(byte) if 32 <= byte < 127 and chr(byte) not in "\\'" else f"\\x{byte:02X}"
            for byte in key.encode()
        )
        + "'"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_STORED = {table.qualified_name for table in vocabulary().layer("intermediate") if table.stored}
"""Tables that are gone while a load is under way."""


@dataclass(frozen=True)
class WarehouseIOManager(dg.IOManager):
    """Stores each asset as the table or view of its key, layer.name.

    Writing a table deletes its check results, and those of every mart that counts it or is compared
    with it. The start of a load deletes the build day; its end empties the marts, and drops what an
    earlier load counted from its records. Everything deleted is made again when the load, the marts
    and the checks have run.
    """

    warehouse: Warehouse

    def handle_output(
        self, context: dg.OutputContext, obj: Rows | pl.DataFrame | View | Query | YearlyQuery
    ) -> None:
        """Replace the table, the view, or the rows of the query's years."""
        name = ".".join(context.asset_key.path)
        with self.warehouse.transaction(name) as connection:
            if isinstance(obj, View):
                _replace_view(connection, name, obj)
            elif isinstance(obj, Query):
                _replace_counts(connection, name, obj)
            elif isinstance(obj, YearlyQuery):
                _replace_years(connection, name, obj)
            else:
                _replace_rows(connection, name, obj.take() if isinstance(obj, Rows) else obj)
            # The rows of a view are those of its tables, and counting them would compute it.
            counted = not isinstance(obj, View)
            rows = (
                connection.execute(f"select count(*) from {name}").fetchone() if counted else None
            )
        if rows:
            context.add_output_metadata({"dagster/row_count": rows[0]})

    def load_input(self, context: dg.InputContext) -> pl.DataFrame | Load:
        """Return the whole table as a Polars frame, or a function that does, if ON_DEMAND."""
        load = partial(self.warehouse.query, f"from {'.'.join(context.asset_key.path)}")
        return load if context.definition_metadata == ON_DEMAND else load()


def _replace_rows(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    if name == "records.build_day":
        # The counts of an earlier load are not true of this one.
        for mart in vocabulary().layer("marts"):
            connection.execute(f"delete from {mart.qualified_name}")
        for table in _STORED:
            connection.execute(f"drop table if exists {table}")
    if name.startswith("raw."):
        # The list of deliveries is written last: without it, none counts as read.
        connection.execute("delete from raw.deliveries")
    if not name.startswith("reference."):
        # Every table of the deliveries is written anew, and the day of the build last.
        connection.execute("delete from records.build_day")
    connection.register("new_rows", frame.to_arrow())
    connection.execute(f"delete from {name}")
    connection.execute(f"insert into {name} by name from new_rows")
    connection.unregister("new_rows")
    declared = vocabulary().tables.get(name)  # the raw twins are made from other tables
    if (
        declared
        and ddl.is_key_looked_for(declared)
        and connection.execute(f"{ddl.repeated_keys(declared)} limit 1").fetchone()
    ):
        raise duckdb.ConstraintException(f"a key of {name} is repeated")
    _forget_checks(
        connection, "table_name = $name or starts_with(table_name, 'marts.')", {"name": name}
    )


def _replace_view(connection: duckdb.DuckDBPyConnection, name: str, view: View) -> None:
    connection.execute(f"create or replace view {name} as {view.sql}")
    for statement in ddl.comments(vocabulary().table(name), "view"):
        connection.execute(statement)


def _replace_counts(connection: duckdb.DuckDBPyConnection, name: str, query: Query) -> None:
    connection.execute(f"drop table if exists {name}")
    for statement in ddl.create_table(vocabulary(), vocabulary().table(name)):
        connection.execute(statement)
    insert(connection, name, query)


def insert(connection: duckdb.DuckDBPyConnection, name: str, query: Query) -> None:
    """Insert the rows of a query into the table `name` (`layer.name`)."""
    for temporary, sql in query.temporary.items():
        connection.execute(f"create temp table {temporary} as {sql}")
    connection.execute(f"insert into {name} by name select * from ({query.sql})")
    for temporary in query.temporary:
        connection.execute(f"drop table temp.{temporary}")


def _replace_years(connection: duckdb.DuckDBPyConnection, name: str, query: YearlyQuery) -> None:
    if not _is_loaded(connection, vocabulary().table(name)):
        raise NothingLoadedError(
            "Ingenting er lest inn, eller innlesingen ble avbrutt. Kjør jobben load."
        )
    years = {"years": list(query.years)}
    gone = "list_contains($years, year) or year not in (select year from intermediate.years)"
    connection.execute(f"delete from {name} where {gone}", years)
    # In the order of the column's own type: an enumeration would be in that of its codes.
    key = [vocabulary().table(name).column(column) for column in vocabulary().table(name).key]
    order = ", ".join(f"{column.name}::{ddl.DUCKDB_TYPES[column.type]}" for column in key)
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


def _counted(
    connection: duckdb.DuckDBPyConnection, year: int
) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows of a year of every mart that is counted; each is stored for those that read it."""
    for mart in same_part.counted_marts():
        rows = connection.execute(read_sql(mart), {"years": [year]}).to_arrow_table()
        connection.register("counted", rows)
        connection.execute(f"create table {mart.qualified_name} as from counted")
        connection.unregister("counted")
        yield mart.name, pl.DataFrame(rows)


def _is_loaded(connection: duckdb.DuckDBPyConnection, mart: Table) -> bool:
    """Whether a load has written the records, and what `mart` counts from that is stored."""
    tables = "select table_schema || '.' || table_name from information_schema.tables"
    found = {name for (name,) in connection.execute(tables).fetchall()}
    is_there = found >= _STORED & _sources(mart)
    return is_there and connection.execute("from records.build_day").fetchone() is not None


def _sources(table: Table) -> set[str]:
    """All tables that `table` is derived from, directly or by way of others."""
    found = set(table.derived_from)
    return found.union(*(_sources(vocabulary().table(name)) for name in found))


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
