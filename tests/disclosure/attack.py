"""Many random registers, published for everyone and attacked: `python -m tests.disclosure.attack`.

The attacker has the published files and the rule. Prints a line for each register in which the
search needed the audit's help, or something was given away; and what there was in all.
"""

from __future__ import annotations

import argparse
import random
import sys
from datetime import date

from assets.published.audit import audit
from assets.published.release import release
from assets.published.vintages import Rule
from tests.disclosure.publications import (
    SMALLEST_BASE,
    THRESHOLD,
    assert_true,
    random_tables,
    shown_share,
)


def main() -> None:
    """Attack as many registers as asked for, of 50 to 2,000 people in 1 to 4 years."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registers", type=int, default=100)
    parser.add_argument("--first-seed", type=int, default=0)
    options = parser.parse_args()
    given_away = helped = 0
    shares = []
    for seed in range(options.first_seed, options.first_seed + options.registers):
        rng = random.Random(f"attack {seed}")
        people, years = int(50 * 40 ** rng.random()), rng.randint(1, 4)
        exact = random_tables(seed, people, years)
        about = {year: {"synthetic": True} for year in range(2022 - years, 2022)}
        released = release(exact, about, (), Rule(THRESHOLD, SMALLEST_BASE), date(2022, 1, 31))
        found = audit(released.tables, THRESHOLD, tied_years=released.tied_years).breaches
        assert_true(exact, released.tables)
        shares.append(shown_share(exact, released.tables))
        given_away += bool(found)
        if released.tries > 1 or found or released.held_back:
            helped += 1
            told = f"{released.tries} tries, held back {list(released.held_back)}"
            _say(f"{seed}: {people} people, {years} years, {told}, given away {len(found)}")
    _say(
        f"{options.registers} registers: {given_away} gave something away, {helped} needed the "
        f"audit's help; shown of the counts of {THRESHOLD} and more: "
        f"{min(shares):.0%} to {max(shares):.0%}"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
