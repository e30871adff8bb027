-- grain: year, benefit
-- the target shares are in the code list benefit
with

years as (select * from intermediate.years where list_contains($years, year)),

yearly_referrals as (
    select * from intermediate.yearly_referrals where list_contains($years, year)
),

benefits as (select * from vocabulary.benefit),

referrals as (
    select year, value as benefit, sum(n) as n
    from yearly_referrals
    where breakdown = 'benefit'
    group by all
),

counts as (
    select
        years.year,
        benefits.code as benefit,
        benefits.target_share::double as target_share,
        coalesce(sum(referrals.n) filter (referrals.benefit = benefits.code), 0)::bigint as n,
        coalesce(sum(referrals.n), 0)::bigint as base
    from years
    cross join benefits
    left join referrals on years.year = referrals.year
    group by all
),

final as (
    select *, n / nullif(base, 0) as actual_share
    from counts
)

select * from final
