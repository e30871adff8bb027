"""JSON Schemas of the TOML files, which let an editor complete and check its input.

`python -m assets.vocabulary.json_schemas` writes them to the folder `schemas`; a test compares them
with the declarations. A TOML file names its schema in the first line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from assets.vocabulary.declarations import COLUMNS, MART, TABLES

SCHEMAS = Path(__file__).parent / "schemas"


def schemas() -> dict[str, str]:
    """Return schema file name -> JSON Schema as text, for each kind of TOML file."""
    kinds: Mapping[str, TypeAdapter[Any]] = {"columns": COLUMNS, "tables": TABLES, "mart": MART}
    return {
        f"{name}.schema.json": json.dumps(kind.json_schema(), indent=1, ensure_ascii=False) + "\n"
        for name, kind in kinds.items()
    }


def main() -> None:
    """Write the schemas."""
    for name, text in schemas().items():
        (SCHEMAS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
