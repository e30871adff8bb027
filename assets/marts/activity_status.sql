-- grain: year, month, status, gender
-- Persons active at the end of the month, each under one activity of the stay: the first by
-- main_order. Those without any are counted as the rest of the active, under the programme's own.
with

months as (select * from intermediate.months where list_contains($years, year)),

active as (select * from intermediate.active_participants where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

referrals as (select *, row_number() over () as number from records.referrals),

activities as (select * from records.activities),

activity_list as (select * from vocabulary.activity),

numbered as (
    select *, row_number() over (order by counted_until)::integer as number
    from months
),

-- On the day of the exit, the person is no longer active.
spells as (
    select
        referral_cases.person,
        referral_cases.gender,
        activity_list.main_order::integer as main_order,
        greatest(activities.started_on, referral_cases.started_on) as first_day,
        coalesce(
            least(activities.ended_on, referral_cases.exited_on - 1), date '9999-12-31'
        ) as last_day
    from activities
    inner join activity_list on activities.activity = activity_list.code
    inner join referrals on activities.referral_id = referrals.referral_id
    inner join referral_cases on referrals.number = referral_cases.referral
    where referral_cases.started_on is not null
),

-- The months at whose ends the person had the activity, if there are any.
monthly as (
    select
        spells.person,
        spells.gender,
        spells.main_order,
        first_month.number as first_number,
        last_month.number as last_number
    from spells
    asof inner join numbered as first_month on spells.first_day <= first_month.counted_until
    asof inner join numbered as last_month on spells.last_day >= last_month.counted_until
    where first_number <= last_number
),

-- Between two of these nothing changes for the person, so that no month is looked at by itself.
changes as (
    select person, first_number as number from monthly
    union
    select person, last_number + 1 as number from monthly
),

runs as (
    select
        person,
        number as first_number,
        lead(number) over (partition by person order by number) as next_number
    from changes
),

main_activities as (
    select
        runs.person,
        monthly.gender,
        runs.first_number,
        runs.next_number,
        min(monthly.main_order) as main_order
    from runs
    inner join monthly
        on runs.person = monthly.person
        and runs.first_number between monthly.first_number and monthly.last_number
    group by all
),

grouped as (
    select gender, first_number, next_number, main_order, count(*) as n
    from main_activities
    group by all
),

by_activity as (
    select
        numbered.year,
        numbered.month,
        activity_list.code as status,
        grouped.gender,
        sum(grouped.n)::bigint as n
    from grouped
    inner join numbered
        on grouped.first_number <= numbered.number
        and grouped.next_number > numbered.number
    inner join activity_list on grouped.main_order = activity_list.main_order::integer
    group by all
),

counts as (
    select year, month, status, gender, n
    from by_activity
    union all
    select year, month, 'nora_programme' as status, gender, -n as n
    from by_activity
    union all
    select year, month, 'nora_programme' as status, gender, n
    from active
),

final as (
    select year, month, status, gender, sum(n)::bigint as n
    from counts
    group by all
    having sum(n) <> 0
)

select * from final
