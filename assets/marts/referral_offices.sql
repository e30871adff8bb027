-- grain: year, nav_office, gender
-- counts referrals made in the year
with

events as (select * from intermediate.events where list_contains($years, year)),

final as (
    select year, coalesce(nav_office, 'unknown') as nav_office, gender, count(*) as n
    from events
    where event = 'referred'
    group by all
)

select * from final
