"""Ends everything that `nora serve` has started, whatever happens to `nora serve` itself.

Runs as a process of its own, the leader of the process group in which the servers and their runs
are. It reads from a pipe that only `nora serve` holds the other end of: when that is closed, by its
end, by SIGKILL or by a crash, all others of the group are asked to end, and then killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 15
"""Seconds that the servers, and a run that is under way, get to end by themselves."""

_PAUSE = 0.1


def main() -> None:
    """Wait for the end of `nora serve`, end its group, and remove the folder of its socket."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdin.buffer.read()
    until = time.monotonic() + PATIENCE
    os.killpg(0, signal.SIGTERM)
    while any(_others()) and time.monotonic() < until:
        time.sleep(_PAUSE)
    for process in _others():
        os.kill(process, signal.SIGKILL)
    shutil.rmtree(sys.argv[1], ignore_errors=True)


def _others() -> Iterator[int]:
    """The processes of this group that have not ended, but for this one."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The name, in brackets, may hold anything.
            state, _, group, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(group) == os.getpgrp() and state != "Z" and int(folder.name) != os.getpid():
            yield int(folder.name)


if __name__ == "__main__":
    main()
