"""Dagster's event log in SQLite, with connections that stay open.

Dagster's own class creates an engine, opens a file and syncs it for every event, which took a third
of a build (docs/decisions/0018-small-builds.md). `dagster.yaml` of a home names this class instead.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, create_engine, event
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
        """Return the storage that dagster.yaml describes."""
        return cls(inst_data=inst_data, **config_value)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has the table."""
        # Asked while the lock is held, so over a connection of its own, and once for each table.
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close all databases."""
        super().dispose()
        with self._db_lock:
            while self._open:
                self._close_oldest()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard not in self._open:
                self._open[shard] = self._opened(shard)
            self._open.move_to_end(shard)
            while len(self._open) > _MOST_KEPT:
                self._close_oldest()
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

    def _close_oldest(self) -> None:
        _, connection = self._open.popitem(last=False)
        connection.close()
        connection.engine.dispose()


def _sync_less(connection: Any, _: object) -> None:
    connection.execute("pragma synchronous = normal")
