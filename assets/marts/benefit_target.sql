-- grain: year, benefit
-- the target shares stand in the code list benefit
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

benefits as (select * from vocabulary.benefit),

referrals as (
    select years.year, referral_cases.benefit
    from years
    inner join referral_cases
        on referral_cases.referred_on between years.first_day and years.last_day
),

counts as (
    select
        years.year,
        benefits.code as benefit,
        benefits.target_share::double as target_share,
        count(referrals.year) filter (referrals.benefit = benefits.code) as n,
        count(referrals.year) as base
    from years
    cross join benefits
    left join referrals on years.year = referrals.year
    group by all
),

final as (
    select
        year,
        benefit,
        target_share,
        n,
        base,
        n / nullif(base, 0) as actual_share
    from counts
)

select * from final
