"""Dagster's event log in SQLite, with connections that stay open.

Dagster's own class creates an engine, opens a file and syncs it for every event, which took a third
of a build (docs/decisions/0018-small-builds.md). `dagster.yaml` of a home names this class instead.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from dagster import DagsterEventType
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, create_engine, event, exists, select
from sqlalchemy.pool import StaticPool

_MOST_KEPT = 4
"""How many databases stay open: the index, and those of the runs asked for last."""


class OpenEventLogStorage(SqliteEventLogStorage):
    """The event log, one SQLite database for each run and one index, each opened once.

    A commit is not synced to the disk by itself: a power cut may lose the last events of a run, but
    no database is damaged (SQLite's documentation of synchronous=NORMAL in WAL mode).
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open nothing yet; `base_dir` is the folder of the databases."""
        self._open: OrderedDict[str, Connection] = OrderedDict()
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Self:
        """Return the storage in the folder of Dagster's own, under the instance's `base_dir`."""
        folder = Path(config_value["base_dir"], "history", "runs")
        return cls(str(folder), inst_data)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has the table."""
        # Asked while the lock is held, so over a connection of its own, and once for each table.
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def holds_newest(self, run_id: str) -> bool:
        """Whether the run made the newest materialization of an asset, or of a partition of one."""
        made, later = SqlEventLogStorageTable.alias(), SqlEventLogStorageTable.alias()
        materialization = DagsterEventType.ASSET_MATERIALIZATION.value
        newer = exists().where(
            later.c.asset_key == made.c.asset_key,
            later.c.dagster_event_type == materialization,
            later.c.partition.is_not_distinct_from(made.c.partition),
            later.c.id > made.c.id,
        )
        newest = select(made.c.id).where(
            made.c.run_id == run_id, made.c.dagster_event_type == materialization, ~newer
        )
        with self.index_connection() as connection:
            return connection.execute(newest.limit(1)).first() is not None

    def delete_events(self, run_id: str) -> None:
        """Delete the database of a run, and all that the index has of the run.

        Dagster's own class keeps the emptied database, and what the index has of checks.
        """
        with self._db_lock:
            if run_id in self._open:
                self._close(run_id)
            self._initialized_dbs.discard(run_id)
        path = Path(self.path_for_shard(run_id))
        for suffix in ("", "-wal", "-shm"):
            path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
        checks = AssetCheckExecutionsTable.c
        # The index of the table holds the run but does not begin with it, so it is read whole, and
        # the rows are not.
        of_run = select(checks.id).where(checks.run_id == run_id).scalar_subquery()
        with self.index_connection() as connection:
            self.delete_events_for_run(connection, run_id)
            connection.execute(AssetCheckExecutionsTable.delete().where(checks.id.in_(of_run)))
        if self.supports_global_concurrency_limits:
            self.free_concurrency_slots_for_run(run_id)

    def dispose(self) -> None:
        """Close all databases."""
        super().dispose()
        with self._db_lock:
            for shard in list(self._open):
                self._close(shard)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard not in self._open:
                self._open[shard] = self._opened(shard)
            self._open.move_to_end(shard)
            while len(self._open) > _MOST_KEPT:
                self._close(next(iter(self._open)))
            connection = self._open[shard]
            with connection.begin():
                yield connection

    def _opened(self, shard: str) -> Connection:
        # The lock lets only one thread at a time use a connection.
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _sync_less)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine.connect()

    def _close(self, shard: str) -> None:
        connection = self._open.pop(shard)
        connection.close()
        connection.engine.dispose()


def _sync_less(connection: Any, _: object) -> None:
    connection.execute("pragma synchronous = normal")
