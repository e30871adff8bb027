-- grain: year, activity
-- counts planned exits to work dated in the year, once for each activity begun before them
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

activities as (select * from records.activities),

final as (
    select
        years.year,
        activities.activity,
        count(distinct referral_cases.referral_id) as n
    from years
    inner join referral_cases
        on referral_cases.exited_on between years.first_day and years.last_day
        and referral_cases.kind = 'planned'
        and referral_cases.outcome_group = 'work'
    inner join activities
        on referral_cases.referral_id = activities.referral_id
        and activities.started_on <= referral_cases.exited_on
    group by all
)

select * from final
