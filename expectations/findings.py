"""The findings: rows that are loaded although they may be a mistake.

They are found by the rules on records of severity warning and info, and in reading (raw.findings).
The text of one query is made here; pipelines/findings.py runs it.
"""

from __future__ import annotations

from itertools import starmap

from assets.raw import problems
from assets.sql_statement import Query
from assets.vocabulary import Table, vocabulary
from expectations.model import Expectation
from expectations.rules import rules


def finding_rules() -> tuple[Expectation, ...]:
    """Return the rules whose violations are rows of quality.findings."""
    return tuple(rule for rule in rules() if rule.rows)


def sentences() -> dict[str, str]:
    """Return the sentence of every rule that finds rows, by the rule's id."""
    return {rule.id: rule.sentence_nb for rule in finding_rules()} | {
        "struck_out": problems.STRUCK_OUT,
        "deletion_names_a_row": problems.IDLE_DELETION,
        "same_person_is_alike": problems.UNLIKE_PERSONS,
    }


def findings_query() -> Query:
    """Return the query for the rows of quality.findings.

    It reads the layer records, raw.findings, the IDs in raw.participants, raw.referrals and
    raw.exits, quality.rejected_rows, quality.later_rows, quality.register_findings and the code
    lists. A finding is about a row of the register, so one about a row that was rejected or
    replaced is left out. So is one that records.decisions calls correct, and one that misses a
    referral or an exit whose row was rejected. A finding about two rows is answered from either
    side.
    """
    # A row that deletes is no row of the register, and can be in doubt all the same.
    deleting = (
        "select distinct sheet, delivery, row, null::varchar as key, null::varchar as second_key\n"
        "from quality.register_findings where rule = 'deletion_names_a_row'"
    )
    places = "\nunion all\n".join([*map(_places, vocabulary().sheets()), deleting])
    delivered = "\nunion all\n".join(starmap(_delivered, DELIVERED_IDS.items()))
    read = f"""
with

places as (
{places}
),

delivered as (
{delivered}
)
""".strip()
    return Query(f"{read},\n{_FINDINGS}", {"doubtful_rows": f"{read},\n{_doubtful_rows()}"})


def _doubtful_rows() -> str:
    """What the rules and the reading found, before it is known which of it counts."""
    sheets = ",\n".join(map(_rule_sheet, finding_rules()))
    found = "\nunion all by name\n".join(
        [
            *map(_found_by, finding_rules()),
            "select *, message as sentence from raw.findings",
            "select *, message as sentence from quality.register_findings",
        ]
    )
    return f"""
rule_sheets (rule, sheet) as (
values
{sheets}
),

found as (
{found}
)

select * from found
""".strip()


_FINDINGS = """
lacking_rules (rule, sheet) as (
values
('participant_has_referral', 'Henvisninger'),
('one_referral_at_a_time', 'Avslutninger'),
('referral_followed_by_start_or_exit', 'Avslutninger'),
('stay_within_two_years', 'Avslutninger')
),

-- What a rejected row names, with each rule that would miss the row.
lacking as (
    select lacking_rules.rule, delivered.id as key
    from delivered
    inner join lacking_rules using (sheet)
    semi join (from quality.rejected_rows where healed_by is null)
        using (sheet, delivery, row)
),

final as (
    select distinct
        found.rule,
        found.severity,
        found.delivery,
        found.sheet,
        found.row,
        found.field,
        found.sentence || coalesce(
            format(' Den andre raden er rad {} i {}.', other.row, other.delivery), ''
        ) as message
    from doubtful_rows as found
    inner join places using (sheet, delivery, row)
    left join places as other
        on found.sheet = other.sheet
        and found.other_key = other.key
    where not exists (
        select 1
        from lacking
        where lacking.rule = found.rule and lacking.key = places.key
    )
    and not exists (
        select 1
        from lacking
        where lacking.rule = found.rule and lacking.key = found.other_key
    )
    and not exists (
        select 1
        from records.decisions
        where decisions.decision = 'correct'
            and decisions.rule = found.rule
            and (
                decisions.key = places.key
                and decisions.other_key in ('none', coalesce(found.other_key, places.second_key))
                or decisions.key = found.other_key
                and decisions.other_key in ('none', places.key)
            )
    )
)

select * from final
""".strip()


DELIVERED_IDS = {
    "participants": "participant_id",
    "referrals": "participant_id",
    "exits": "referral_id",
}
"""Sheets that are read as they were delivered, too: which IDs their rows name."""


def _delivered(name: str, column: str) -> str:
    """The IDs that the rows of a sheet name, good or bad; a number is its digits."""
    sheet = vocabulary().table(f"records.{name}").sheet
    return (
        f"select {_literal(sheet or '')} as sheet, {_literal(column)} as named,"
        f" regexp_replace({column}, '^([0-9]+)[.,]0+$', '\\1') as id,"
        f" delivery, delivery_row as row\nfrom raw.{name}"
    )


def _found_by(rule: Expectation) -> str:
    sheet = vocabulary().table(rule.table).sheet
    return (
        f"select {_literal(rule.id)} as rule, {_literal(rule.severity)} as severity, "
        f"{_literal(sheet or '')} as sheet, {_literal(rule.sentence_nb)} as sentence, *\n"
        f"from (\n{rule.rows}\n)"
    )


def _rule_sheet(rule: Expectation) -> str:
    return f"({_literal(rule.id)}, {_literal(vocabulary().table(rule.table).sheet or '')})"


def _places(table: Table) -> str:
    key, second = table.key[0], "".join(table.key[1:2]) or "null"
    return (
        f"select {_literal(table.sheet or '')} as sheet, delivery, delivery_row as row,"
        f" {key}::varchar as key, {second}::varchar as second_key\nfrom {table.qualified_name}"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
