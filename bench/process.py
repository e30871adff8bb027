"""Runs one process within a time and returns what it cost, its children included."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
_QUIET = {"GX_ANALYTICS_ENABLED": "false", "DAGSTER_DISABLE_TELEMETRY": "yes"}
_INTERVAL = 0.1
"""Seconds between two looks at the memory of a process and its children."""


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds, CPU seconds (user and system) and memory in MiB."""

    wall: float
    cpu: float
    """With that of the children that it waited for."""
    peak: float = 0.0
    """Of the process; 0 when it ended before the first look, or the system does not tell."""
    child: float = 0.0
    """Of the largest child (or child's child); 0 when there was none, or likewise."""


@dataclass(frozen=True)
class Ended:
    """A process that succeeded: its cost, what it printed, and the peak the system kept, in MiB."""

    cost: Cost
    text: str
    highest: float
    """Of the process, of a child, or of what began it, whichever was largest."""


class FailedError(Exception):
    """The process failed; the message holds what it printed."""


class TimeLimitError(Exception):
    """The process took longer than it may, and was ended with its children."""


class KilledError(Exception):
    """Something else ended the process, as the system does when memory runs out."""


def run(command: Sequence[str | Path], limit: float) -> Ended:
    """Run a command in the project's folder; it is ended after `limit` seconds.

    Raises FailedError, TimeLimitError or KilledError.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        start = time.perf_counter()
        # No `with`: wait4 waits for the process, and only it gives the cost of this one alone.
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=PROJECT,
            env={**os.environ, **_QUIET},
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        watch = _Watch(process.pid, start + limit)
        watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            # In a session of its own, it has not heard of it.
            os.killpg(process.pid, signal.SIGKILL)
            raise
        wall = time.perf_counter() - start
        watch.end()
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        text = printed.read()
    if watch.has_killed:
        raise TimeLimitError
    if process.returncode < 0:
        raise KilledError(f"{' '.join(map(str, command))}: signal {-process.returncode}\n{text}")
    if process.returncode:
        raise FailedError(f"{' '.join(map(str, command))}\n{text}")
    unit = 1 if sys.platform == "darwin" else 1024
    peak = watch.peaks.pop(process.pid, 0.0)
    cost = Cost(wall, usage.ru_utime + usage.ru_stime, peak, max(watch.peaks.values(), default=0.0))
    return Ended(cost, text, usage.ru_maxrss * unit / 2**20)


class _Watch(threading.Thread):
    """Looks at a process and its children until it ends, and ends them when it takes too long.

    The peak of a child that the system keeps is never below its parent's at its start, which is
    why it is looked at instead.
    """

    def __init__(self, pid: int, deadline: float) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.deadline = deadline
        self.peaks: dict[int, float] = {}
        """MiB by process. The last look counts: until a child has begun, it has its parent's."""
        self.has_killed = False
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(_INTERVAL):
            for pid in _family(self.pid):
                if peak := _peak(pid):
                    self.peaks[pid] = peak
            if time.perf_counter() > self.deadline:
                self.has_killed = True
                with suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)
                return

    def end(self) -> None:
        self._ended.set()
        self.join()


def _family(pid: int | str) -> Iterator[int]:
    """Give the process and all that descend from it, where the system lists them."""
    yield int(pid)
    # Processes come and go while they are looked at.
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in thread.read_text().split():
                yield from _family(child)


def _peak(pid: int) -> float:
    """Return the highest memory of a process until now, in MiB; 0 when nothing tells."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0
