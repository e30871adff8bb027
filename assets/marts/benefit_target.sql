-- grain: year, benefit
-- the target shares are in the code list benefit
with

years as (select * from intermediate.years where list_contains($years, year)),

events as (select * from intermediate.events where list_contains($years, year)),

benefits as (select * from vocabulary.benefit),

referrals as (
    select year, benefit, count(*) as n
    from events
    where event = 'referred'
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
