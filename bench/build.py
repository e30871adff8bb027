"""The whole build of the demo, compared with a bare import of Dagster and Great Expectations.

`python -m bench.build` prints the seconds of both and their ratio. The marts of a large register
are measured in marts.py.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent
_QUIET = {"GX_ANALYTICS_ENABLED": "false", "DAGSTER_DISABLE_TELEMETRY": "yes"}
_BUILD = ("-m", "pipelines.cli", "build", "--inbox", "data/demo", "--as-of", "2021-12-31")
_IMPORT = ("-c", "import dagster, great_expectations")


@dataclass(frozen=True)
class Cost:
    """The time that one process took, in seconds; `cpu` is user plus system time."""

    wall: float
    cpu: float


def cost_of(*arguments: str) -> Cost:
    """Run Python with `arguments` in the project's folder and return the time it took.

    Raises CalledProcessError, with the output of the process, when it fails.
    """
    cpu, start = _cpu_of_children(), time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env={**os.environ, **_QUIET},
        check=True,
        capture_output=True,
    )
    return Cost(time.perf_counter() - start, _cpu_of_children() - cpu)


def build() -> Cost:
    """Build the demo in a new home."""
    with tempfile.TemporaryDirectory() as home:
        return cost_of(*_BUILD, "--home", home)


def bare_import() -> Cost:
    """Import Dagster and Great Expectations, and do nothing."""
    return cost_of(*_IMPORT)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the two alternately, after a warm-up, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.build", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args(arguments).rounds
    build()
    bare_import()
    # Alternately, so that other work on the machine affects both.
    pairs = [(build(), bare_import()) for _ in range(rounds)]
    print(f"{rounds} alternating rounds after a warm-up; seconds: min / median / max")
    for name in ("wall", "cpu"):
        builds, imports = zip(
            *((getattr(b, name), getattr(i, name)) for b, i in pairs), strict=True
        )
        ratios = [b / i for b, i in zip(builds, imports, strict=True)]
        print(f"{name:4}  nora build    {_spread(builds)}")
        print(f"{name:4}  bare import   {_spread(imports)}")
        print(f"{name:4}  ratio by pair {_spread(ratios)}")


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _spread(values: Sequence[float]) -> str:
    return " / ".join(f"{value:6.2f}" for value in (min(values), median(values), max(values)))


if __name__ == "__main__":
    main()
