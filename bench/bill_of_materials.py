"""Writes a bill of materials and a list of licences of the program, from requirements.lock.

`bom.json` is CycloneDX, with the hashes of the lock; `licences.md` lists name, version and licence.
The same lock and the same installed packages give the same bytes: there are no times or random
numbers in them.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import uuid
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from pipelines.settings import PROJECT

_PROGRAM = "nora-reporting"
_LOCK = PROJECT / "requirements.lock"
_ENTRY = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,-]+\])?==(\S+)((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NOT_INSTALLED = "ikke installert her"
_UNKNOWN = "ukjent"


class Package(NamedTuple):
    """A package of the lock, with the SHA-256 of every file that may be installed."""

    name: str
    version: str
    hashes: Sequence[str]
    licence: str


def packages(lock: str) -> Iterator[Package]:
    """Yield the packages named in the text of a lock, in order."""
    for name, version, rest in _ENTRY.findall(lock):
        yield Package(name, version, _HASH.findall(rest), _licence(name))


def _licence(name: str) -> str:
    """The licence stated by an installed package: an expression, a classifier, or a name."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return _NOT_INSTALLED
    said = about.get_all("License-Expression", [])
    classifiers = [
        one.rpartition(" :: ")[2]
        for one in about.get_all("Classifier", [])
        if one.startswith("License :: ") and one != "License :: OSI Approved"
    ]
    # Some packages put the whole text of the licence there; its first line is the name.
    named = [text.strip().partition("\n")[0] for text in about.get_all("License", [])]
    return "; ".join(said or classifiers or filter(None, named)) or _UNKNOWN


def bill_of_materials(lock: str) -> str:
    """Return the bill of materials of a lock, as CycloneDX 1.6 in JSON."""
    components = [_component(package) for package in packages(lock)]
    program = Component(
        name=_PROGRAM,
        version=metadata.version(_PROGRAM),
        type=ComponentType.APPLICATION,
        bom_ref=_PROGRAM,
    )
    bom = Bom(
        serial_number=uuid.UUID(bytes=hashlib.sha256(lock.encode()).digest()[:16], version=4),
        components=components,
    )
    bom.metadata.timestamp = None  # type: ignore[assignment]  # left out, so that nothing varies
    bom.metadata.component = program
    bom.register_dependency(program, components)
    written: str = JsonV1Dot6(bom).output_as_string(indent=1)
    return written + "\n"


def _component(package: Package) -> Component:
    is_known = package.licence not in (_NOT_INSTALLED, _UNKNOWN)
    url = PackageURL("pypi", name=package.name, version=package.version)
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=url.to_string(),
        purl=url,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in package.hashes],
        licenses=[LicenseFactory().make_from_string(package.licence)] if is_known else [],
    )


def licence_list(lock: str) -> str:
    """Return the licences of a lock's packages as a table in Markdown."""
    rows = (f"| {one.name} | {one.version} | {one.licence} |" for one in packages(lock))
    return "\n".join(["| pakke | versjon | lisens |", "|---|---|---|", *rows, ""])


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both files into a folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.bill_of_materials", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args(arguments).folder
    lock = _LOCK.read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("bom.json", bill_of_materials(lock)), ("licences.md", licence_list(lock))):
        (folder / name).write_text(text, encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    main()
