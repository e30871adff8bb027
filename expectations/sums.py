"""The rules on sums: the categories of a mart add up to the population that the mart divides."""

from __future__ import annotations

from assets.vocabulary import Table, vocabulary
from expectations.model import CRITICAL, Expectation


def sums() -> tuple[Expectation, ...]:
    """Return one rule for each mart whose categories add up to a population, or to part of one."""
    return tuple(
        _sum(table) for table in vocabulary().layer("marts") if table.divides and table.category
    )


def _sum(table: Table) -> Expectation:
    return Expectation(
        id=f"{table.name}_add_up",
        table=table.qualified_name,
        query=_query(table),
        severity=CRITICAL,
        sentence_nb=(
            f"Kategoriene i «{_within_quotes(table.label_nb)}» må til sammen bli alle under "
            f"{_whole_nb(table)}, for hvert kjønn og hver inndeling. Bygg året på nytt."
        ),
    )


def _whole_nb(table: Table) -> str:
    population = f"«{vocabulary().code_list('population')[table.divides].label_nb}»"
    only = [
        f"«{_within_quotes(vocabulary().code_list(of)[code].label_nb)}»"
        for of, code in table.divides_only.items()
    ]
    return " til ".join([population, *only])


def _within_quotes(label: str) -> str:
    return label.translate(str.maketrans("«»", "‘’"))


def _query(table: Table) -> str:
    """Return a query with a row for each sum of categories that is too large or too small."""
    by = [name for name in ("breakdown", "gender") if name in table.dimensions]
    columns = ", ".join(["year", *by])
    whole = f"marts.gender_split where population = '{table.divides}'"
    if table.divides_only:
        whole = f"marts.exit_outcomes where {_exits(table)}"
    if "breakdown" in by:
        # Each breakdown divides the whole population.
        codes = f"vocabulary.{table.column('breakdown').codes}"
        whole = f"(select * from {whole}) cross join (select code as breakdown from {codes})"
    return f"""
select year
from (
    select {columns}, n from {table.qualified_name}
    union all
    select {columns}, -n from {whole}
) as both_counts
group by {columns}
having sum(n) is distinct from 0
""".strip()


def _exits(table: Table) -> str:
    """Return the SQL condition on the outcome of the planned exits that a mart divides."""
    ((of, code),) = table.divides_only.items()
    if of == "outcome":
        return f"outcome = '{code}'"
    return f"outcome in (select code from vocabulary.outcome where {of} = '{code}')"
