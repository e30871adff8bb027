-- grain: year, quarter
-- the caseload of a quarter is that of its last month; no quarters after the day of the build
with

events as (select * from intermediate.monthly_events where list_contains($years, year)),

caseload as (select * from marts.caseload where list_contains($years, year)),

referrals as (
    select year, (month + 2) // 3 as quarter, sum(n) as referred
    from events
    where event = 'referred'
    group by all
),

quarters as (
    select
        year,
        (month + 2) // 3 as quarter,
        max_by(active, month) as active,
        sum(started) as started,
        sum(planned_exits) as planned_exits,
        sum(dropouts) as dropouts,
        sum(no_shows) as no_shows
    from caseload
    group by all
),

final as (
    select quarters.*, coalesce(referrals.referred, 0) as referred
    from quarters
    left join referrals
        on quarters.year = referrals.year and quarters.quarter = referrals.quarter
)

select * from final
