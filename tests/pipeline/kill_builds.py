"""Kills whole builds of the demo at random moments, as many as you ask for.

`python -m tests.pipeline.kill_builds --kills 100 --seed 1` ends with an error at the first promise
that is broken. After each kill the publication must be whole and `nora verify` content; after the
last, one more build must give the numbers of a home that nobody has touched.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.pipeline.homes import DEMO, DEMO_DAY, Home, nora
from tests.pipeline.test_killed import MARTS, Reader, run_and_kill


def main() -> None:
    """Kill builds, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        untouched, home = Home(Path(folder) / "untouched"), Home(Path(folder) / "home")
        began = time.monotonic()
        assert untouched.build().code == 0
        length = time.monotonic() - began
        untouched.copied_to(home.path)
        command = ["-m", "pipelines.cli", "build", "--inbox", str(DEMO), "--as-of", DEMO_DAY]
        command += ["--home", str(home.path)]
        published = set()
        for number in range(1, options.kills + 1):
            # Else the build sees that nothing is new, and does nothing.
            (home.path / "built.json").unlink(missing_ok=True)
            delay = rng.uniform(0, 0.9 * length)
            run_and_kill(command, "", delay)
            reader = Reader(home.internal)
            reader.check()
            said = nora("verify", "--home", str(home.path))
            assert (reader.wrong, said.code) == ([], 0), (number, delay, said.out)
            published.add(home.manifest()["run_id"])
            sys.stderr.write(f"{number} of {options.kills}, killed after {delay:.1f} s\n")
        assert home.build().code == 0
        assert home.tables() == untouched.tables()
        assert all(home.published(mart).equals(untouched.published(mart)) for mart in MARTS)
    sys.stdout.write(
        f"{options.kills} builds killed within {length:.0f} s, {len(published) - 1} of them after "
        "they had published; the publication was whole after each, and the last build as the first\n"
    )


if __name__ == "__main__":
    main()
