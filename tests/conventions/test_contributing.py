"""CONTRIBUTING.md, followed step by step on a scratch copy of the project, as a newcomer would.

Nothing but the files that a part names may change, and what is left out is said by name.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
GUIDE = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NAME = "start_benefits"
CONVENTIONS = "tests/conventions/test_mart_conventions.py"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A copy of what is under version control, or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PROJECT / name, tmp_path / name)
    return tmp_path


def python(scratch: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, as the Makefile does."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=scratch,
        env={**os.environ, "PYTHONPATH": str(scratch), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def checked(scratch: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run some of its tests there."""
    return python(scratch, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *arguments)


def make_docs(scratch: Path) -> None:
    """What `make docs` does."""
    python(scratch, "-m", "assets.vocabulary.json_schemas").check_returncode()
    made = python(scratch, "-m", "assets.vocabulary.dictionary")
    made.check_returncode()
    (scratch / "docs" / "data_dictionary.md").write_text(made.stdout, encoding="utf-8")


def changed(scratch: Path) -> set[str]:
    """The files that are new or other than in the project."""
    files = {
        path.relative_to(scratch)
        for path in scratch.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.parts[0].startswith(".")
    }
    return {
        str(path)
        for path in files
        if not (PROJECT / path).exists()
        or not filecmp.cmp(scratch / path, PROJECT / path, shallow=False)
    }


def named(part: str) -> set[str]:
    """The files that a part of the guide names."""
    text = GUIDE.partition(f"## {part}\n")[2].partition("\n## ")[0].replace("<name>", NAME)
    return set(re.findall(r"`([\w/]+/[\w.<>]+\.\w+)`", text))


def rewrite(scratch: Path, name: str, *changes: tuple[str, str]) -> None:
    """Replace texts that are there."""
    path = scratch / name
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, (name, old)
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def write_a_mart(scratch: Path) -> None:
    """Steps 1 to 5 of a mart that counts starts by benefit."""
    python(scratch, "-m", "bench.new_mart", NAME).check_returncode()
    rewrite(
        scratch,
        f"assets/marts/{NAME}.toml",
        ("TODO: the title of its chart", "Ytelse ved oppstart"),
        ('label_en = "TODO"', 'label_en = "Starts by benefit"'),
        ("TODO: what is counted, by what.", "Starts of the year by benefit and gender."),
        ("TODO: what the number means, for its readers.", "Oppstarter i året, etter ytelse."),
        ('definition_en = "TODO"', 'definition_en = "Starts of the year, by benefit."'),
        ("TODO: as «droppet ut», in «Ingen droppet ut i 2021.»", "startet"),
        ("TODO: what to write about it, as «hvorfor noen ikke fullførte.»", "hvem som startet."),
        ('divides = "referred"', 'divides = "started"'),
    )
    rewrite(
        scratch,
        f"assets/marts/{NAME}.sql",
        ("TODO: what is counted", "counts starts dated in the year"),
        (
            "on years.year = year(referrals.referred_on)",
            "on years.year = year(referrals.started_on)\n"
            "        and years.counted_until >= referrals.started_on",
        ),
    )
    rewrite(
        scratch,
        "tests/recount/oracle.py",
        (
            f'raise NotImplementedError("TODO: count {NAME}, without looking at its SQL.")',
            "started = ((c.referral.benefit, c.person.gender) for c in _started(cases, year))\n"
            f'    return {{"{NAME}": _counted(("benefit", "gender"), started)}}["{NAME}"]',
        ),
    )
    rewrite(
        scratch,
        "tests/recount/test_oracle.py",
        ("    # TODO: count them by hand in the register of hand_counted.py.\n", ""),
        (
            f'lines("{NAME}", "benefit", "gender", "n") == set()',
            f'{{line[0] for line in lines("{NAME}")}} == {{2019, 2020, 2021}}',
        ),
    )
    rewrite(scratch, "docs/methodology.md", (f"`{NAME}` | TODO |", f"`{NAME}` | starts in Y |"))
    rewrite(
        scratch,
        "assets/disclosure/audit/quantities.py",
        (
            "PARTITIONS = {\n    partition.table: partition\n    for partition in (\n",
            "PARTITIONS = {\n    partition.table: partition\n    for partition in (\n"
            f'        Partition("{NAME}", "benefit", _of("started")),\n',
        ),
    )
    rewrite(
        scratch,
        "tests/disclosure/attacker/places.py",
        (
            '    "referral_benefits": ("benefit", ("pop", "referred")),\n',
            '    "referral_benefits": ("benefit", ("pop", "referred")),\n'
            f'    "{NAME}": ("benefit", ("pop", "started")),\n',
        ),
    )
    make_docs(scratch)


def make_demo(scratch: Path) -> None:
    """What `make demo` does."""
    python(scratch, "-m", "data.generator.generate").check_returncode()


COLUMN = """
[driving_licence]
type = "code"
codes = "licence"
label_nb = "Førerkort"
label_en = "Driving licence"
description = "Whether the person may drive a car."
description_nb = "Om personen kan kjøre bil."
personal = true
"""


@pytest.mark.slow
def test_a_code_and_a_column_take_the_files_that_the_guide_names(scratch: Path) -> None:
    codes = scratch / "assets" / "vocabulary" / "codes"
    with (codes / "activity.csv").open("a", encoding="utf-8") as file:
        file.write("job_club,Jobbklubb,Job club,,12\n")
    with (codes.parent / "columns.toml").open("a", encoding="utf-8") as file:
        file.write(COLUMN)
    lines = ("code,label_nb,label_en,aliases", "yes,Ja,Yes,", "no,Nei,No,", "")
    (codes / "licence.csv").write_text("\n".join(lines), encoding="utf-8")
    rewrite(
        scratch,
        "assets/vocabulary/tables.toml",
        (
            '"norwegian_level", "education"]\nrequired = ["birth_year"',
            '"norwegian_level", "education", "driving_licence"]\nrequired = ["birth_year"',
        ),
    )
    rewrite(
        scratch,
        "data/generator/people.py",
        (
            "    norwegian_level: str | None = None\n",
            '    norwegian_level: str | None = None\n    driving_licence: str = "yes"\n',
        ),
    )
    checks = (
        "tests/conventions/test_repository.py",
        "tests/unit/test_vocabulary.py",
        "tests/unit/test_workbook.py",
        "tests/recount/test_demo_figures.py",
        "-k",
        "dictionary or committed or sound_row or rows_carry",
    )
    said = checked(scratch, *checks).stdout
    assert "Run `make docs`, and commit docs/data_dictionary.md." in said
    assert "Run `make demo`, and commit data/demo." in said
    make_demo(scratch)
    make_docs(scratch)
    said = checked(scratch, *checks).stdout
    assert " failed" not in said, said[-3000:]
    files = {
        name.replace("<list>", listed)
        for part, listed in (
            ("Add a code or a spelling", "activity"),
            ("Add a column to the form", "licence"),
        )
        for name in named(part)
    }
    assert {name for name in changed(scratch) - files if not name.startswith("data/demo/")} == set()


def test_a_mart_takes_the_files_that_the_guide_names(scratch: Path) -> None:
    write_a_mart(scratch)
    touched = changed(scratch)
    assert touched <= named("Add a mart")
    assert {f"assets/marts/{NAME}.sql", f"assets/marts/{NAME}.toml"} <= touched
    said = checked(
        scratch,
        CONVENTIONS,
        "tests/conventions/test_sql_conventions.py",
        "tests/conventions/test_repository.py",
        "tests/recount/test_oracle.py",
        "tests/recount/test_against_oracle.py::test_marts_are_what_the_oracle_counts[5-40-2019-2023]",
        "tests/rules/test_rules.py",
        "-k",
        f"{NAME} or oracle or dictionary",
    )
    assert said.returncode == 0, said.stdout[-3000:]
    built = python(
        scratch, "-m", "pipelines.cli", "build", "--inbox", "data/demo", "--as-of", "2021-12-31",
        "--home", str(scratch / ".home"), "--year", "2021",
    )  # fmt: skip
    assert built.returncode == 0, built.stderr[-3000:]
    for audience in ("internal", "open"):
        folder = scratch / ".home" / "reports" / audience
        page = (folder / "2021" / "nora-2021.html").read_text(encoding="utf-8")
        assert "Ytelse ved oppstart" in page


def test_what_is_left_out_of_a_mart_is_said_by_name(scratch: Path) -> None:
    write_a_mart(scratch)
    left_out = {
        "docs/methodology.md",
        "tests/recount/oracle.py",
        "assets/disclosure/audit/quantities.py",
        "tests/disclosure/attacker/places.py",
    }
    for name in left_out:
        shutil.copyfile(PROJECT / name, scratch / name)
    (scratch / "assets" / "marts" / f"{NAME}.sql").unlink()
    said = checked(scratch, CONVENTIONS).stdout
    assert {name for name in left_out if name in said} == left_out
    assert f"Write in assets/marts: {NAME}.sql." in said
    rewrite(scratch, f"assets/marts/{NAME}.toml", ('"henvisninger", place', '"henvisning", place'))
    said = python(scratch, "-c", "import dashboards.outline").stderr
    assert f"{NAME}.toml [figures.{NAME}]: no section henvisning; there are " in said


def test_a_new_mart_that_is_not_finished_is_no_green_build(scratch: Path) -> None:
    written = python(scratch, "-m", "bench.new_mart", NAME).stdout
    said = checked(scratch, CONVENTIONS).stdout
    todo = set(re.findall(r"  (\S+)\n", written))
    assert todo == {name for name in named("Add a mart") if f"Replace every TODO in {name}" in said}
    again = python(scratch, "-m", "bench.new_mart", NAME)
    assert again.returncode == 1
    assert f"no new mart can be called '{NAME}'" in again.stderr
