-- grain: one person with one activity some day of one year, up to the day of the build
with

years as (select * from intermediate.years),

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
    select distinct
        years.year,
        spells.participant_id,
        spells.activity,
        spells.gender
    from years
    inner join spells
        on spells.started_on <= years.counted_until
        and (spells.ended_on is null or spells.ended_on >= years.first_day)
        and (spells.ended_on is null or spells.ended_on >= spells.started_on)
)

select * from final
