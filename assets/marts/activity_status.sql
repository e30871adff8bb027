-- grain: year, month, status, gender
-- Persons active at the end of the month, each under one activity of the stay: the first by
-- main_order. Those without any are counted as the rest of the active, under the programme's own.
with

months as (select * from intermediate.months where list_contains($years, year)),

active as (select * from intermediate.active_participants where list_contains($years, year)),

participants as (select * from records.participants),

referrals as (select * from records.referrals),

exits as (select * from records.exits),

activities as (select * from records.activities),

activity_list as (select * from vocabulary.activity),

-- On the day of the exit, the person is no longer active.
spells as (
    select
        referrals.participant_id,
        participants.gender,
        activity_list.main_order::integer as main_order,
        greatest(activities.started_on, referrals.started_on) as first_day,
        least(activities.ended_on, exits.exited_on - 1) as last_day
    from activities
    inner join activity_list on activities.activity = activity_list.code
    inner join referrals on activities.referral_id = referrals.referral_id
    inner join participants on referrals.participant_id = participants.participant_id
    left join exits on referrals.referral_id = exits.referral_id
    where referrals.started_on is not null
),

main_activities as (
    select
        months.year,
        months.month,
        spells.participant_id,
        spells.gender,
        min(spells.main_order) as main_order
    from spells
    inner join months
        on months.counted_until >= spells.first_day
        and months.counted_until <= coalesce(spells.last_day, months.counted_until)
    group by all
),

counts as (
    select
        main_activities.year,
        main_activities.month,
        activity_list.code as status,
        main_activities.gender,
        count(*) as n
    from main_activities
    inner join activity_list on main_activities.main_order = activity_list.main_order::integer
    group by all
    union all
    select year, month, 'nora_programme' as status, gender, n
    from active
    union all
    select year, month, 'nora_programme' as status, gender, -count(*) as n
    from main_activities
    group by all
),

final as (
    select year, month, status, gender, sum(n)::bigint as n
    from counts
    group by all
    having sum(n) <> 0
)

select * from final
