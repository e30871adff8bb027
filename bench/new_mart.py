"""Begin a new mart: `make new-mart NAME=starts_by_benefit`.

Writes the two files of the mart and the stubs of its oracle, its test and its definition, with TODO
in each place to fill in; tests/conventions/test_mart_conventions.py fails as long as one is left.
The next steps are in CONTRIBUTING.md.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from assets.vocabulary import vocabulary

PROJECT = Path(__file__).parents[1]
MARTS = PROJECT / "assets" / "marts"

_TOML = """#:schema ../vocabulary/schemas/mart.schema.json

place = {place}
label_nb = "TODO: the title of its chart"
label_en = "TODO"
description = "TODO: what is counted, by what."
definition_nb = "TODO: what the number means, for its readers."
definition_en = "TODO"
dimensions = ["benefit", "gender"]
measures = ["n"]
margins = ["benefit", "gender"]
divides = "referred"
derived_from = ["intermediate.years", "records.referrals", "records.participants"]
empty_nb = "TODO: as «droppet ut», in «Ingen droppet ut i 2021.»"

[figures.{name}]
cue_nb = "TODO: what to write about it, as «hvorfor noen ikke fullførte.»"
percents = true
section = {{ id = "henvisninger", place = 1000 }}
chapter = {{ id = "henvisninger-og-deltakere", place = 1000 }}
headings = [{{ id = "ytelser", place = 1000 }}]
"""

_SQL = """-- grain: year, benefit, gender
-- TODO: what is counted
with

years as (select * from intermediate.years where list_contains($years, year)),

referrals as (select * from records.referrals),

participants as (select * from records.participants),

final as (
    select years.year, referrals.benefit, participants.gender, count(*) as n
    from years
    inner join referrals on years.year = year(referrals.referred_on)
    inner join participants on referrals.participant_id = participants.participant_id
    group by all
)

select * from final
"""

_ORACLE = """

def _{name}(cases: list[Case], year: int) -> list[Row]:
    raise NotImplementedError("TODO: count {name}, without looking at its SQL.")
"""

_TEST = """

def test_{name}_by_hand() -> None:
    # TODO: count them by hand in the register of hand_counted.py.
    assert lines("{name}", "benefit", "gender", "n") == set()
"""


def new_mart(name: str) -> list[Path]:
    """Write the files and stubs of a mart and return their paths.

    Raises ValueError when the name is taken or not valid.
    """
    marts = vocabulary().layer("marts")
    oracle = PROJECT / "tests" / "recount" / "oracle.py"
    is_taken = name in {mart.name for mart in marts} or f"def _{name}(" in oracle.read_text("utf-8")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or is_taken:
        raise ValueError(
            f"no new mart can be called {name!r}: lower case, and neither a mart nor a function of "
            "tests/recount/oracle.py is called so"
        )
    toml, sql = MARTS / f"{name}.toml", MARTS / f"{name}.sql"
    toml.write_text(_TOML.format(name=name, place=10 * len(marts) + 1000), encoding="utf-8")
    sql.write_text(_SQL, encoding="utf-8")
    _insert(oracle, '    "key_figures": ("value",),\n', f'    "{name}": ("n",),\n')
    call = f'            "{name}": _{name}(cases, year),\n'
    _insert(oracle, '            "key_figures": _key_figures(cases, year),\n', call)
    _insert(oracle, "", _ORACLE.format(name=name))
    test = oracle.with_name("test_oracle.py")
    _insert(test, "", _TEST.format(name=name))
    methodology = PROJECT / "docs" / "methodology.md"
    _insert(methodology, "| `key_figures` |", f"| `{name}` | TODO |\n")
    return [toml, sql, oracle, test, methodology]


def _insert(path: Path, before: str, text: str) -> None:
    """Insert text before the line that begins with `before`, or at the end if `before` is empty."""
    content = path.read_text(encoding="utf-8")
    place = content.index(before) if before else len(content)
    path.write_text(content[:place] + text + content[place:], encoding="utf-8")


if __name__ == "__main__":
    try:
        written = new_mart(*sys.argv[1:2] or [""])
    except ValueError as error:
        sys.exit(f"make new-mart NAME=...: {error}")
    sys.stdout.write("Written; each has a TODO:\n")
    for path in written:
        sys.stdout.write(f"  {path.relative_to(PROJECT)}\n")
    sys.stdout.write("For the next steps, see “Add a mart” in CONTRIBUTING.md.\n")
