"""A small clean warehouse without constraints, so that a mutation can break whatever it likes.

Tables and code lists are those of the vocabulary, views and marts those of the .sql files. The
register is made up: 24 persons, 2019 to September 2021, every kind of exit and every outcome.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.vocabulary import vocabulary
from assets.vocabulary.ddl import DUCKDB_TYPES, SCHEMAS, create_code_list

YEARS = (2019, 2020, 2021)
AS_OF = "2021-09-15"

_ASSETS = Path(__file__).parents[2] / "assets"

_REGISTER = f"""
insert into records.build_day values (date '{AS_OF}');

insert into raw.deliveries values ('register.xlsx', repeat('0', 64), true, false);

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
"""


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
            if table.layer not in ("raw", "records", "marts"):
                continue
            columns = ", ".join(f"{one.name} {DUCKDB_TYPES[one.type]}" for one in table.columns)
            connection.execute(f"create table {table.qualified_name} ({columns})")
        connection.execute(_REGISTER)
        for view in words.layer("intermediate"):
            query = (_ASSETS / "intermediate" / f"{view.name}.sql").read_text(encoding="utf-8")
            connection.execute(f"create view {view.qualified_name} as {query}")
        for mart in words.layer("marts"):
            query = (_ASSETS / "marts" / f"{mart.name}.sql").read_text(encoding="utf-8")
            columns = ", ".join(one.name for one in mart.columns)
            connection.execute(
                f"insert into {mart.qualified_name} select {columns} from ({query})",
                {"years": list(YEARS)},
            )
