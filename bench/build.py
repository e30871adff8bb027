"""The whole build of the demo, compared with a bare import of Dagster and Great Expectations.

`python -m bench.build` prints the seconds of both and their ratio. The marts of a large register
are measured in marts.py.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from statistics import median

from bench.process import Cost, run

LIMIT = 1800
"""The most seconds of one process."""

BUILD = (sys.executable, "-m", "pipelines.cli", "build")
BARE_IMPORT = (sys.executable, "-c", "import dagster, great_expectations")
_DEMO = ("--inbox", "data/demo", "--as-of", "2021-12-31")


def build_demo(home: str) -> Cost:
    """Build the demo in this home."""
    return run([*BUILD, *_DEMO, "--home", home], LIMIT).cost


def build() -> Cost:
    """Build the demo in a new home."""
    with tempfile.TemporaryDirectory() as home:
        return build_demo(home)


def bare_import() -> Cost:
    """Import Dagster and Great Expectations, and do nothing."""
    return run(BARE_IMPORT, LIMIT).cost


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


def _spread(values: Sequence[float]) -> str:
    return " / ".join(f"{value:6.2f}" for value in (min(values), median(values), max(values)))


if __name__ == "__main__":
    main()
