"""What an error of a command says to those who read it, and what is left to Dagster.

What the machine does is put into words in faults.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.errors import DagsterAssetCheckFailedError

from assets.disclosure.audit.quantities import UnknownQuantityError
from assets.published.gate import GateError
from assets.quality.receipts import SuspiciousDeliveryError
from expectations.model import ExpectationNotRunError
from pipelines import backup, build, faults, instance, preflight
from pipelines.accepted import AcceptedUnreadableError
from pipelines.forgotten import ForgottenUnreadableError
from pipelines.home_record import HomeRecordError
from pipelines.inbox import EmptyInboxError, InboxChangedError, InboxUnreadableError
from pipelines.lock import HomeBusyError
from pipelines.release_store import PublicationError, ReleaseDamagedError, UnsyncedError
from pipelines.reports import PagesError
from pipelines.sendings import NotSentError, SendingLostError
from pipelines.settings import Settings
from pipelines.vintages import VintageLostError
from pipelines.warehouse import (
    NothingLoadedError,
    StorageError,
    WarehouseBusyError,
    WarehouseUnreadableError,
    WarehouseUnwritableError,
)


class ProgramError(Exception):
    """A step of a build raised an error of the program, and Dagster has it."""


_FOR_STAFF = (
    AcceptedUnreadableError,
    EmptyInboxError,
    backup.BackupError,
    ExpectationNotRunError,
    ForgottenUnreadableError,
    GateError,
    HomeBusyError,
    HomeRecordError,
    InboxChangedError,
    InboxUnreadableError,
    NothingLoadedError,
    NotSentError,
    PagesError,
    PublicationError,
    ReleaseDamagedError,
    SendingLostError,
    StorageError,
    SuspiciousDeliveryError,
    UnknownQuantityError,
    UnsyncedError,
    VintageLostError,
    WarehouseBusyError,
    WarehouseUnreadableError,
    WarehouseUnwritableError,
    ProgramError,
    build.RejectedError,
    build.UnknownYearError,
    instance.HomeUnwritableError,
    preflight.NotReadyError,
)
"""The errors whose message says what happened, and what to do."""


@contextmanager
def left_to_dagster(opened: dg.DagsterInstance, settings: Settings) -> Iterator[None]:
    """Raise ProgramError for an error of the program that Dagster keeps; it may quote a cell."""
    before = _newest_run(opened)
    try:
        yield
    except DagsterAssetCheckFailedError:
        raise
    except Exception as error:
        failed = None if in_words(error, settings) else _newest_run(opened)
        if failed in (None, before):
            raise
        raise ProgramError(
            f"En feil i programmet stanset byggingen ({type(error).__name__}). Meld fra. Kjør nora "
            f"serve for å se den: den står under Runs i Dagster, i kjøring {failed[:8]}."
        ) from error


def _newest_run(opened: dg.DagsterInstance) -> str | None:
    return next((run.run_id for run in opened.get_runs(limit=1)), None)


def in_words(error: Exception, settings: Settings) -> str | None:
    """Return what an error says to staff; None when it is an error of the program."""
    return str(error) if isinstance(error, _FOR_STAFF) else faults.in_words(error, settings)
