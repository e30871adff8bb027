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

main_activities as (
    select
        months.counted_until,
        spells.person,
        spells.gender,
        min(spells.main_order) as main_order
    from spells
    inner join months on months.counted_until between spells.first_day and spells.last_day
    group by all
),

by_activity as (
    select
        months.year,
        months.month,
        activity_list.code as status,
        main_activities.gender,
        count(*) as n
    from main_activities
    inner join months on main_activities.counted_until = months.counted_until
    inner join activity_list on main_activities.main_order = activity_list.main_order::integer
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
