"""Whole builds of registers of 1,000 participants and more: how their cost grows.

`python -m bench.growth` measures each beside two others: the floor, a process that only imports
Dagster and Great Expectations, and DuckDB alone, which loads the same files and counts seven marts
(bare.py). It writes the figures into docs/performance.md, between two marks, and draws them.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bench.build import BARE_IMPORT, BUILD, LIMIT
from bench.loglog import Panel, picture
from bench.process import PROJECT, Cost, KilledError, TimeLimitError, run
from bench.register import AS_OF

PAGE = PROJECT / "docs" / "performance.md"
PICTURE = PAGE.parent / "images" / "growth.svg"
BEGIN = "<!-- figures: python -m bench.growth writes from here -->"
END = "<!-- to here -->"

OURS, BARE, FLOOR = "nora build", "DuckDB alone", "bare import"
_HEADER = f"""\
| participants | process | CPU s | {OURS}, times it | wall s | peak MiB | MiB of largest child |
|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Machine:
    """On what, when, and beside how much else it was measured."""

    cores: int
    gibibytes: float
    python: str
    duckdb: str
    load: float
    """The number of processes that wanted a core in the minute before, on average."""
    day: str


@dataclass(frozen=True)
class Measured:
    """The processes of one size: the cost of each, or in words why there is none."""

    participants: int
    costs: dict[str, Cost | str]


class UnmarkedError(Exception):
    """The page has no place for the figures."""


def this_machine() -> Machine:
    """Return the facts of this machine at this moment."""
    return Machine(
        cores=os.cpu_count() or 1,
        gibibytes=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30,
        python=platform.python_version(),
        duckdb=version("duckdb"),
        load=os.getloadavg()[0],
        day=time.strftime("%Y-%m-%d"),
    )


def measure(participants: int, seed: int, limit: float) -> Measured:
    """Draw a register, then measure the floor, DuckDB alone and the build, each at most `limit`."""
    with tempfile.TemporaryDirectory() as folder:
        inbox, bare, home = (Path(folder, name) for name in ("inbox", "bare", "home"))
        inbox.mkdir()
        bare.mkdir()
        run([sys.executable, "-m", "bench.register", inbox, str(participants), str(seed)], LIMIT)
        commands: dict[str, list[str | Path]] = {
            FLOOR: [*BARE_IMPORT],
            BARE: [sys.executable, "-m", "bench.bare", inbox, bare],
            OURS: [*BUILD, "--inbox", inbox, "--home", home, "--as-of", str(AS_OF)],
        }
        costs = {name: _cost(command, limit) for name, command in commands.items()}
    return Measured(participants, {name: costs[name] for name in (OURS, BARE, FLOOR)})


def _cost(command: Sequence[str | Path], limit: float) -> Cost | str:
    try:
        return run(command, limit).cost
    except TimeLimitError:
        return f"more than {limit:,.0f} s of wall"
    except KilledError:
        return "ended by the system"


def table(measured: Sequence[Measured]) -> str:
    """Return the figures as a table in Markdown."""
    return "\n".join([_HEADER, *(line for one in measured for line in _lines(one))])


def _lines(measured: Measured) -> Iterator[str]:
    ours = measured.costs[OURS]
    for name, cost in measured.costs.items():
        start = f"| {measured.participants:,} | {name} |"
        if isinstance(cost, str):
            yield f"{start} {cost} | - | - | - | - |"
            continue
        ratio = "-" if ours is cost or isinstance(ours, str) else f"{ours.cpu / cost.cpu:.1f}"
        yield (
            f"{start} {cost.cpu:.1f} | {ratio} | {cost.wall:.1f} "
            f"| {_mebibytes(cost.peak)} | {_mebibytes(cost.child)} |"
        )


def _mebibytes(peak: float) -> str:
    return f"{peak:,.0f}" if peak else "-"


def generated(machine: Machine, measured: Sequence[Measured]) -> str:
    """Return what the page says between its marks."""
    return f"""\
{BEGIN}
Measured on {machine.day}: {machine.cores} cores, {machine.gibibytes:.1f} GiB of memory, Python \
{machine.python}, DuckDB {machine.duckdb}. Load at the start: {machine.load:.1f}.

{table(measured)}

![{_described(measured)}](images/{PICTURE.name})
{END}"""


def _described(measured: Sequence[Measured]) -> str:
    sizes = ", ".join(f"{one.participants:,}" for one in measured)
    return (
        f"Two charts with logarithmic axes by participants ({sizes}): CPU seconds and peak memory "
        f"of {OURS}, {BARE} and {FLOOR}. The numbers are those of the table."
    )


def replaced(page: str, part: str) -> str:
    """Return the page with this part between its marks, and all else as it was.

    Raises UnmarkedError.
    """
    before, found, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise UnmarkedError(f"the page must have the lines {BEGIN} and {END}")
    return before + part + after


def drawn(measured: Sequence[Measured]) -> str:
    """Return the picture of CPU seconds and peak memory, as SVG."""
    panels = []
    # With as many digits as in the table.
    for title, attribute, digits in (
        ("CPU seconds", "cpu", 1),
        ("Peak memory of the process, MiB", "peak", 0),
    ):
        lines = {
            name: [
                (one.participants, round(value, digits))
                for one in measured
                if isinstance(cost := one.costs[name], Cost) and (value := getattr(cost, attribute))
            ]
            for name in (OURS, BARE, FLOOR)
        }
        panels.append(Panel(title, {name: points for name, points in lines.items() if points}))
    return picture("The cost of a build by the size of the register", "participants", panels)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the figures, and write the page and the picture."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument(
        "--participants", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000]
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=600, help="seconds for one process")
    options = parser.parse_args(arguments)
    machine = this_machine()
    # A warm-up: what is imported is read from the disk before the first is measured.
    run(BARE_IMPORT, options.limit)
    print(f"load {machine.load:.1f}\n{_HEADER}", flush=True)
    measured = []
    for participants in options.participants:
        measured.append(measure(participants, options.seed, options.limit))
        print("\n".join(_lines(measured[-1])), flush=True)
    page = replaced(PAGE.read_text(encoding="utf-8"), generated(machine, measured))
    PICTURE.write_text(drawn(measured), encoding="utf-8")
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
