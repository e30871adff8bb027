"""Tells the command of NORA_ON_FAILURE that a build has failed or that a delivery is missing.

The command gets one line of JSON on standard input. It holds no error and no name of a file, which
may name a person: what happened, where, when, and the job or command.
"""

from __future__ import annotations

import json
import socket
import subprocess
from datetime import UTC, datetime

from pipelines.settings import ON_FAILURE, Settings

BUILD_FAILED = "build_failed"
DELIVERY_MISSING = "delivery_missing"

_PATIENCE = 30
"""Seconds that the command gets."""


class AlarmError(Exception):
    """The command could not be told. The message says in Norwegian why."""


def tell(settings: Settings, event: str, text: str, **about: str | int) -> None:
    """Tell the command of an event, with a Norwegian sentence; do nothing if there is no command.

    Raises AlarmError when the command cannot be run, fails, or takes too long.
    """
    if not settings.on_failure:
        return
    now = datetime.now(UTC).isoformat(timespec="seconds")
    where = {"host": socket.gethostname(), "home": str(settings.home)}
    line = json.dumps(
        {"event": event, "at": now, **where, **about, "text": text}, ensure_ascii=False
    )
    try:
        subprocess.run(
            settings.on_failure,
            input=f"{line}\n",
            encoding="utf-8",
            # The output of nora build ends with a line of its own.
            stdout=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise AlarmError(
            f"Varselet ble ikke sendt: kommandoen i {ON_FAILURE} {_how(error)}. Rett den, og prøv "
            f"den for hånd: {settings.on_failure[0]}"
        ) from error


def build_failed(settings: Settings, **about: str | int) -> None:
    """Tell that a build has failed; raises AlarmError."""
    text = (
        "NorA: en bygging feilet. Kjør nora doctor for å se hvorfor, eller se under Runs i Dagster."
    )
    tell(settings, BUILD_FAILED, text, **about)


def _how(error: Exception) -> str:
    match error:
        case subprocess.TimeoutExpired():
            return f"var ikke ferdig etter {_PATIENCE} sekunder"
        case subprocess.CalledProcessError():
            return f"endte med kode {error.returncode}"
        case _:
            return "kan ikke kjøres"
