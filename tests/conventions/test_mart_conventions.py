"""What a mart needs beside its two files: each test says what to add, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.disclosure.audit.quantities import PARTITIONS, quantity_of
from assets.vocabulary import TOTAL, Table, vocabulary
from tests.disclosure.attacker import places
from tests.disclosure.attacker.editions import Row
from tests.recount.oracle import MEASURES

PROJECT = Path(__file__).parents[2]
METHODOLOGY = (PROJECT / "docs" / "methodology.md").read_text(encoding="utf-8")
MARTS = vocabulary().layer("marts")
PLACES = [
    *sorted((PROJECT / "assets" / "marts").glob("*.toml")),
    *sorted((PROJECT / "assets" / "marts").glob("*.sql")),
    PROJECT / "docs" / "methodology.md",
    PROJECT / "tests" / "recount" / "oracle.py",
    PROJECT / "tests" / "recount" / "test_oracle.py",
]
COUNTS = [mart for mart in MARTS if mart.open and "n" in mart.measures]
"""The marts whose numbers of people everyone may see."""


def _somewhere(mart: Table) -> dict[str, str]:
    """The categories of a line that is not a total."""
    voc = vocabulary()
    place: dict[str, str] = {}
    for name in mart.dimensions:
        column = mart.column(name)
        if column.codes_by:
            place[name] = voc.categories_by(mart, column)[place[column.codes_by]][0]
        else:
            listed = voc.categories(mart, column) or ("a name",)
            place[name] = TOTAL if name == "gender" else listed[0]
    return place


def test_every_mart_has_its_two_files() -> None:
    folder = PROJECT / "assets" / "marts"
    named = {path.stem for path in folder.iterdir() if path.suffix in (".sql", ".toml")}
    files = {folder / f"{name}{suffix}" for name in named for suffix in (".sql", ".toml")}
    missing = sorted(path.name for path in files if not path.exists())
    assert missing == [], f"Write in assets/marts: {', '.join(missing)}."


@pytest.mark.parametrize("file", PLACES, ids=lambda file: file.name)
def test_nothing_is_left_to_do_of_what_make_new_mart_wrote(file: Path) -> None:
    assert "TODO" not in file.read_text(encoding="utf-8"), (
        f"Replace every TODO in {file.relative_to(PROJECT)}."
    )


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_methodology_defines_every_mart(mart: Table) -> None:
    assert f"| `{mart.name}` |" in METHODOLOGY, (
        f"Define `{mart.name}` in docs/methodology.md, in the list under “The tables”."
    )


@pytest.mark.parametrize(
    "mart", [mart for mart in MARTS if not mart.is_list], ids=lambda mart: mart.name
)
def test_oracle_counts_every_mart(mart: Table) -> None:
    assert MEASURES.get(mart.name) == mart.measures, (
        f"Count {mart.name} in tests/recount/oracle.py: a line of MEASURES, and its rows in marts()."
    )


@pytest.mark.parametrize("mart", COUNTS, ids=lambda mart: mart.name)
def test_audit_knows_whom_every_open_number_counts(mart: Table) -> None:
    is_known = quantity_of(mart.name, 2021, _somewhere(mart), "n", {}) is not None
    is_divided = mart.name in PARTITIONS or not (mart.divides and mart.category)
    gendered = "" if "gender" in mart.dimensions else ", by_gender=False"
    assert all([is_known, is_divided]), (
        "Add to PARTITIONS in assets/disclosure/audit/quantities.py: "
        f'Partition("{mart.name}", "{mart.category}", _of("{mart.divides}"){gendered}), unless its '
        "categories add up to something else; what counts the same people elsewhere goes to _NAMED."
    )


WHOLES_OF_THEIR_OWN = ("transition_cases", "partner_projects")
"""The marts that divide what no other mart counts: cases, and the candidates of a project."""


@pytest.mark.parametrize("mart", COUNTS, ids=lambda mart: mart.name)
def test_what_a_mart_divides_is_declared(mart: Table) -> None:
    assert mart.divides or not mart.category or mart.name in WHOLES_OF_THEIR_OWN, (
        f"Name in assets/marts/{mart.name}.toml, as `divides`, the population that its categories "
        "add up to; if they divide something that no other mart counts, add it to "
        "WHOLES_OF_THEIR_OWN in tests/conventions/test_mart_conventions.py."
    )


@pytest.mark.parametrize("mart", COUNTS, ids=lambda mart: mart.name)
def test_attacker_knows_whom_every_open_number_counts(mart: Table) -> None:
    row = Row(_somewhere(mart), "n", 5)
    assert places.place_of(mart.name, row) is not None, (
        f"Add to {'_BY_GENDER' if 'gender' in mart.dimensions else '_WITHOUT_GENDER'} in "
        "tests/disclosure/attacker/places.py: "
        f'"{mart.name}": ("{mart.category}", ("pop", "{mart.divides}")).'
    )
