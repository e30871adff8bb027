-- grain: one person active at the end of one month (the current month: of the day of the build)
-- A person is active while at least one referral has started and not ended. On the day of an exit
-- the person is no longer active.
with

months as (select * from intermediate.months),

events as (select * from intermediate.events),

-- The sum includes all events of a day, so it is the number of referrals at the end of the day.
stretches as (
    select
        participant_id,
        gender,
        day as first_day,
        coalesce(lead(day) over days_of_person, 'infinity') as next_day,
        sum(case event when 'started' then 1 else -1 end) over days_of_person as ongoing_referrals
    from events
    where event in ('started', 'planned_exits', 'dropouts')
    window days_of_person as (partition by participant_id order by day)
),

final as (
    select
        months.year,
        months.month,
        months.is_last_of_year,
        stretches.participant_id,
        stretches.gender
    from months
    inner join stretches
        on stretches.first_day <= months.counted_until
        and stretches.next_day > months.counted_until
    where stretches.ongoing_referrals > 0
)

select * from final
