-- grain: year, outcome, gender
-- counts planned exits dated in the year
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

final as (
    select
        years.year,
        referral_cases.outcome as outcome,
        referral_cases.gender,
        count(*) as n
    from years
    inner join referral_cases
        on referral_cases.exited_on between years.first_day and years.last_day
        and referral_cases.kind = 'planned'
    group by all
)

select * from final
