"""What may stand in the files of the repository, and that generated files are up to date."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TEXT_SUFFIXES = {
    ".cfg", ".css", ".csv", ".html", ".in", ".ini", ".js", ".json", ".lock", ".md", ".py", ".sh",
    ".sql", ".svg", ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip
NAMED_TEXT = {"Makefile", "LICENSE", ".gitignore", "run"}
MACHINE_FOLDERS = ["root", "home", "work", "tmp", "Users", "mnt"]
REGISTRIES = ["pypi" + ".org", "python" + "hosted", "art" + "ifactory", "nex" + "us", "dev" + "pi"]
LOCKS = ("requirements.lock", "requirements-dev.lock", "bench/peers/dbt/requirements.lock")


def repository_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [PROJECT / name for name in listed.stdout.split("\0") if name]


def texts() -> list[tuple[Path, str]]:
    return [
        (path, path.read_text(encoding="utf-8"))
        for path in repository_files()
        if path.exists() and (path.suffix in TEXT_SUFFIXES or path.name in NAMED_TEXT)
    ]


def test_no_file_names_a_path_of_a_machine() -> None:
    # A folder at the root of the file system with something behind it, as no word or URL has.
    pattern = re.compile(rf"(?<![\w.)}}\]*>/-])/(?:{'|'.join(MACHINE_FOLDERS)})/[\w.-]")
    assert [
        f"{path.relative_to(PROJECT)}: {found.group()}"
        for path, text in texts()
        for found in pattern.finditer(text)
    ] == []


def test_no_file_names_a_package_registry() -> None:
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, REGISTRIES))})", re.IGNORECASE)
    assert [
        f"{path.relative_to(PROJECT)}: {found.group()}"
        for path, text in texts()
        for found in pattern.finditer(text)
    ] == []


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_every_package_by_hash_and_names_no_address(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--?(?:index|extra-index|find-links|i|f)\b", text, re.MULTILINE)
    entries = [
        entry
        for entry in re.sub(r"\\\n\s*", " ", text).splitlines()
        if entry.strip() and not entry.lstrip().startswith("#")
    ]
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9][a-z0-9._-]*(\[[a-z,]+\])?==\S+", entry)
        assert re.search(r" --hash=sha256:[0-9a-f]{64}\b", entry)


def test_what_the_tests_need_is_locked_to_the_same_versions() -> None:
    pinned = [
        set(re.findall(r"^(\S+==\S+)", (PROJECT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in LOCKS[:2]
    ]
    assert pinned[0] <= pinned[1]


def test_data_dictionary_is_the_one_of_the_vocabulary() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "assets.vocabulary.dictionary"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    committed = (PROJECT / "docs" / "data_dictionary.md").read_text(encoding="utf-8")
    # A boolean, because pytest draws the difference of two long texts, and that takes minutes.
    is_current = committed == made.stdout
    assert is_current, "Run `make docs`, and commit docs/data_dictionary.md."


def test_every_module_says_first_what_lives_in_it() -> None:
    assert [
        str(path.relative_to(PROJECT))
        for path, text in texts()
        if path.suffix == ".py" and text.strip() and not text.startswith('"""')
    ] == []
