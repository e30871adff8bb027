"""Many random registers, published for everyone and attacked: `python -m tests.disclosure.attack`.

The attacker has the published files and the documentation. Prints a line for each register in which
something was given away, and a sum; returns 1 if there was any.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tests.disclosure.attacker import attack
from tests.disclosure.corrections import SEQUENCES, Steps
from tests.disclosure.released import publish_steps
from tests.recount.registers import random_register

LAST_DAY = date(2021, 12, 31)


def main() -> int:
    """Attack the requested number of registers, of 50 to 2,000 people in 1 to 4, or 10, years."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registers", type=int, default=100)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--corrections", action="store_true", help="the sequences as well")
    parser.add_argument("--enough", type=int, default=100, help="findings for each register")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    given_away = undecided = 0
    for name, steps in _all(options.first_seed, options.registers, options.corrections):
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            folders = publish_steps(steps, Path(folder))
            published = time.monotonic()
            findings = attack(folders, options.enough)
            took = f"{published - began:.0f} s, attacked in {time.monotonic() - published:.0f} s"
        counts.update(findings.counts())
        undecided += findings.undecided
        given_away += bool(findings.lines)
        if findings.lines or findings.undecided:
            _say(f"{name}: published in {took}; {findings.undecided} undecided")
            for line in findings.lines[:5]:
                _say(f"    {line}")
    _say(f"{given_away} gave something away, {undecided} numbers undecided; {dict(counts)}")
    return 1 if given_away else 0


def _all(first_seed: int, registers: int, corrections: bool) -> Iterator[tuple[str, Steps]]:
    for seed in range(first_seed, first_seed + registers):
        rng = random.Random(f"attack {seed}")
        years = 10 if seed % 20 == 19 else rng.randint(1, 4)
        people = int(50 * 40 ** rng.random())
        register = random_register(seed, people, 2022 - years, 2021, LAST_DAY)
        yield f"{seed}: {people} people, {years} years", [(register, LAST_DAY)]
    for name, steps in SEQUENCES.items() if corrections else ():
        yield name, steps()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
