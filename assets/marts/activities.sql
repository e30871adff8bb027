-- grain: year, activity, gender
-- counts distinct persons with the activity some day in the year, up to the day of the build
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

activities as (select * from records.activities),

spells as (
    select
        activities.activity,
        referral_cases.participant_id,
        referral_cases.gender,
        activities.started_on,
        coalesce(activities.ended_on, referral_cases.exited_on) as ended_on
    from activities
    inner join referral_cases on activities.referral_id = referral_cases.referral_id
),

final as (
    select
        years.year,
        spells.activity,
        spells.gender,
        count(distinct spells.participant_id) as n
    from years
    inner join spells
        on spells.started_on <= years.counted_until
        and (spells.ended_on is null or spells.ended_on >= years.first_day)
        and (spells.ended_on is null or spells.ended_on >= spells.started_on)
    group by all
)

select * from final
