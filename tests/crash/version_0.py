"""Turns a home into one that version 0 of the program has left (pipelines/upgrade.py)."""

from __future__ import annotations

import json
import shutil

from pipelines.settings import Settings


def as_version_0(settings: Settings) -> None:
    """Give a home of today the layout of version 0."""
    published = settings.published
    release = (published / "current").resolve()
    held_back = (release / "held_back.json").read_text(encoding="utf-8")
    for audience in ("internal", "open"):
        (published / audience).unlink()
        (published / ".publications").mkdir(exist_ok=True)
        shutil.copytree(release / audience, published / ".publications" / f"{audience}-1")
        (published / audience).symlink_to(f".publications/{audience}-1")
        if settings.reports.is_dir():
            shutil.rmtree(settings.reports / audience)
            shutil.copytree(release / "reports" / audience, settings.reports / audience)
    (published / "current").unlink()
    shutil.rmtree(published / ".releases")
    (settings.vintages / "open" / "held_back.json").write_text(held_back, encoding="utf-8")
    for path in settings.vintages.glob("*/*/*/vintage.json"):
        said = json.loads(path.read_text(encoding="utf-8"))
        del said["files"]
        path.write_text(json.dumps(said), encoding="utf-8")
    settings.record.unlink()
