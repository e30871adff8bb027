-- grain: one person with one activity on some day of one year, up to the day of the build
-- An activity without a last day lasts until the exit; if it begins after the exit, it has no days.
with

years as (select * from intermediate.years),

referral_cases as (select * from intermediate.referral_cases),

activities as (select * from records.activities),

spells as (
    select
        activities.activity,
        referral_cases.participant_id,
        referral_cases.gender,
        activities.started_on as first_day,
        coalesce(activities.ended_on, referral_cases.exited_on, 'infinity') as last_day
    from activities
    inner join referral_cases on activities.referral_id = referral_cases.referral_id
),

final as (
    select distinct
        years.year,
        spells.participant_id,
        spells.activity,
        spells.gender
    from years
    inner join spells
        on spells.first_day <= years.counted_until and spells.last_day >= years.first_day
    where spells.last_day >= spells.first_day
)

select * from final
