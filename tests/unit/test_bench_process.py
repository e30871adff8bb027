"""bench.process gives the cost of one process with its children, within a time."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from bench.process import FailedError, KilledError, TimeLimitError, run

_KEEPS = "import time; kept = b'x' * ({} * 2**20); time.sleep(1)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_cost_includes_the_children_that_were_waited_for() -> None:
    busy = "import time\nwhile time.process_time() < 0.5: pass"
    ended = run(
        python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"), 60
    )
    assert ended.cost.cpu >= 0.5


@pytest.mark.skipif(sys.platform != "linux", reason="no other system lists children in /proc")
def test_memory_of_a_process_and_of_its_largest_child_are_told_apart() -> None:
    child = f"subprocess.run([sys.executable, '-c', {_KEEPS.format(100)!r}])"
    alone = run(python(_KEEPS.format(200)), 60).cost
    assert alone.peak > 200
    assert alone.child == 0
    # The child begins as a copy of a parent that holds more than it ever will.
    both = run(python(f"import subprocess, sys; kept = b'x' * (300 * 2**20); {child}"), 60).cost
    assert both.peak > 300
    assert 100 < both.child < 200


def test_process_that_fails_takes_too_long_or_is_killed_is_no_figure() -> None:
    with pytest.raises(FailedError, match="A table is missing"):
        run(python("raise SystemExit('A ' + 'table is missing')"), 60)
    with pytest.raises(TimeLimitError):
        run(python("import time; time.sleep(60)"), 0.5)
    with pytest.raises(KilledError, match="signal 9"):
        run(python("import os; os.kill(os.getpid(), 9)"), 60)


def test_children_of_a_process_that_takes_too_long_end_with_it(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    child = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with pytest.raises(TimeLimitError):
        run(python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"), 3)
    pid = int(told.read_text())
    for _ in range(100):
        if not _runs(pid):
            return
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the child runs on")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that nobody has waited for yet is dead all the same.
    status = Path(f"/proc/{pid}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())
