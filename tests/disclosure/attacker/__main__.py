"""Attack published folders, in order: `python -m tests.disclosure.attacker FOLDER ...`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.disclosure.attacker import attack


def main() -> int:
    """Print a line for each finding and their number; return 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--enough", type=int, help="stop after this many numbers worked out")
    parser.add_argument("--guess", action="store_true", help="assume more")
    options = parser.parse_args()
    findings = attack(options.folders, options.enough, options.guess)
    lines = [*map(str, findings.lines), *(f"not so: {why}" for why in findings.untrue)]
    counts = ", ".join(f"{kind}: {n}" for kind, n in findings.counts().items())
    lines.append(f"{findings.judged} numbers judged, {findings.undecided} undecided. {counts}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if findings.lines else 0


if __name__ == "__main__":
    sys.exit(main())
