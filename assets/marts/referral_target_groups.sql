-- grain: year, target group, gender
-- counts referrals made in the year
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

final as (
    select
        years.year,
        coalesce(referral_cases.target_group, 'unknown') as target_group,
        referral_cases.gender,
        count(*) as n
    from years
    inner join referral_cases
        on referral_cases.referred_on between years.first_day and years.last_day
    group by all
)

select * from final
