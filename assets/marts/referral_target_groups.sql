-- grain: year, target group, gender
-- counts referrals made in the year
with

events as (select * from intermediate.events where list_contains($years, year)),

final as (
    select year, coalesce(target_group, 'unknown') as target_group, gender, count(*) as n
    from events
    where event = 'referred'
    group by all
)

select * from final
