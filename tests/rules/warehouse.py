"""A small clean warehouse without constraints, so that a mutation can break whatever it likes.

Tables and code lists are those of the vocabulary, views and marts those of the .sql files. The
register is made up: 24 persons, 2019 to September 2021, every kind of exit and every outcome. The
printed figures are those of the reports, with the register's own numbers in place of the printed.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.reference.printed_figures import printed_figures
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.ddl import DUCKDB_TYPES, SCHEMAS, create_code_list
from expectations.findings import DELIVERED_IDS, findings_query
from pipelines.warehouse import insert

YEARS = (2019, 2020, 2021)
AS_OF = "2021-09-15"

_ASSETS = Path(__file__).parents[2] / "assets"

_REGISTER = f"""
insert into records.build_day values (date '{AS_OF}');

insert into raw.deliveries values
    (1, 'register.xlsx', repeat('0', 64), true, false, null, null);

insert into records.participants
select
    'p' || i, 1970 + i, if(i % 3 = 0, 'male', 'female'), ['SO', 'SY', 'ER', 'ET'][1 + i % 4],
    'a2', 'primary', 'register.xlsx', i + 1
from range(1, 25) as persons(i);

insert into records.referrals
select
    'r' || i, 'p' || i, date '2019-01-10' + (i * 30)::integer, ['nav_local', 'other'][1 + i % 2],
    if(i % 5 = 0, null, 'arstad'), '1', ['kvp', 'social_assistance'][1 + i % 2],
    if(i in (6, 12, 18), null, date '2019-01-10' + (i * 30 + 14)::integer), 'register.xlsx', i + 1
from range(1, 25) as referrals(i);

insert into records.exits
select
    'r' || i, date '2019-01-10' + (i * 30 + 100)::integer,
    case
        when i in (6, 12, 18) then 'no_show'
        when i in (5, 10, 15) then 'dropout'
        else 'planned'
    end,
    case
        when i in (5, 6, 10, 12, 15, 18) then null
        else ['A', 'AD', 'UT', 'AS', 'AP', 'AN', 'SU'][1 + i % 7]
    end,
    if(i in (5, 10, 15), 'health', null),
    null, null, null, null, null, null, 'register.xlsx', i + 1
from range(1, 21) as exits(i);

update records.exits
set industry = 'retail', position_pct = 80, employed_after_6m = if(referral_id = 'r7', 'yes', 'no')
where outcome in ('A', 'AD');

update records.exits set other_detail = 'institution' where referral_id = 'r19';

-- What is not recorded counts as unknown.
update records.exits set position_pct = null where referral_id = 'r14';
update records.participants set education = null where participant_id = 'p2';

insert into records.activities
select
    'r' || i, 'work_training', date '2019-01-10' + (i * 30 + 20)::integer,
    date '2019-01-10' + (i * 30 + 60)::integer, null, 'register.xlsx', i + 1
from range(1, 4) as activities(i);

insert into records.transition_cases values
    ('c1', date '2019-05-02', 'started_nora', 'r1', 'register.xlsx', 2),
    ('c2', date '2020-05-02', 'advice_only', null, 'register.xlsx', 3);

insert into records.partner_projects values
    ('Broen', 'k1', 'female', 'nora', date '2020-02-01', 'job_elsewhere', 'register.xlsx', 2),
    ('Broen', 'k2', 'male', 'nora', date '2021-02-01', 'none', 'register.xlsx', 3);

insert into records.group_sessions values
    (date '2019-05-02', 'walk_and_talk', 0, 15, 'register.xlsx', 2),
    (date '2020-03-04', 'walk_and_talk', 4, 13, 'register.xlsx', 3),
    (date '2020-03-05', 'working_life', 10, 20, 'register.xlsx', 4),
    (date '2020-03-12', 'working_life', 12, 9, 'register.xlsx', 5);

insert into records.survey_waves values
    ('Vår 2020', date '2020-04-01', 40, 30, 'register.xlsx', 2),
    ('Vår 2021', date '2021-04-01', 0, 0, 'register.xlsx', 3);

-- Nobody counsels in 2021, and 2022 is planned.
insert into records.staffing values
    (2019, 'department_head', 1, 1, 'register.xlsx', 2),
    (2019, 'counsellor', 4, 3.5, 'register.xlsx', 3),
    (2020, 'counsellor', 5, 5, 'register.xlsx', 4),
    (2020, 'counsellor_part_time', 1, 0.2, 'register.xlsx', 5),
    (2020, 'student_spring', 2, null, 'register.xlsx', 6),
    (2021, 'hr', 1, 1, 'register.xlsx', 7),
    (2022, 'counsellor', 6, 6, 'register.xlsx', 8);

insert into records.savings values
    (2019, 2500000, 2487312.5, 'register.xlsx', 2),
    (2020, 5000000, 0, 'register.xlsx', 3),
    (2022, 5000000, null, 'register.xlsx', 4);

insert into records.decisions values
    ('age_plausible_at_referral', 'p9', 'none', 'correct', date '2021-09-01', 'register.xlsx', 2);
"""

_PRINTED_AS_COUNTED = """
update reference.printed_figures as printed
set published = derived + if(also_printed is null, 0, 1),
    also_printed = if(also_printed is null, null, derived)
from marts.printed_comparison as compared
where printed.report = compared.year
    and printed.section = compared.section
    and printed.figure = compared.figure
    and printed.breakdown = compared.breakdown
    and printed.unit = compared.unit
    and compared.derived is not null;

-- A share of nobody, and countries that nobody comes from.
delete from reference.printed_figures as printed
using marts.printed_comparison as compared
where printed.report = compared.year
    and printed.section = compared.section
    and printed.figure = compared.figure
    and printed.breakdown = compared.breakdown
    and printed.unit = compared.unit
    and compared.derived is null
    and compared.status = 'different';

delete from marts.printed_comparison;
"""
"""The reports of this register: right, but where those of NorA contradict themselves."""


def build(database: Path) -> None:
    """Write the clean warehouse to a new file."""
    words = vocabulary()
    # The smallest blocks: the file is copied for every mutation.
    with duckdb.connect(str(database), config={"default_block_size": "16384"}) as connection:
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        for name in words.code_lists:
            for statement in create_code_list(words.code_list(name)):
                connection.execute(statement)
        for table in words.tables.values():
            if table.layer == "intermediate":
                continue
            columns = ", ".join(f"{one.name} {DUCKDB_TYPES[one.type]}" for one in table.columns)
            connection.execute(f"create table {table.qualified_name} ({columns})")
        connection.execute(_REGISTER)
        for name, column in DELIVERED_IDS.items():
            connection.execute(
                f"create table raw.{name} as select delivery, delivery_row, {column} "
                f"from records.{name}"
            )
        for view in words.layer("intermediate"):
            query = (_ASSETS / "intermediate" / f"{view.name}.sql").read_text(encoding="utf-8")
            kind = "table" if view.stored else "view"
            connection.execute(f"create {kind} {view.qualified_name} as {query}")
        connection.register("printed", printed_figures())
        connection.execute("insert into reference.printed_figures by name from printed")
        for mart in words.layer("marts"):
            _fill(connection, mart)
        connection.execute(_PRINTED_AS_COUNTED)
        _fill(connection, words.table("marts.printed_comparison"))
        find(connection)


def find(connection: duckdb.DuckDBPyConnection) -> None:
    """Put what is doubtful among the records into quality.findings, as a load does."""
    connection.execute("delete from quality.findings")
    insert(connection, "quality.findings", findings_query())


def _fill(connection: duckdb.DuckDBPyConnection, mart: Table) -> None:
    query = (_ASSETS / "marts" / f"{mart.name}.sql").read_text(encoding="utf-8")
    columns = ", ".join(one.name for one in mart.columns)
    connection.execute(
        f"insert into {mart.qualified_name} select {columns} from ({query})",
        {"years": list(YEARS)},
    )
