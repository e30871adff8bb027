-- grain: year, benefit, gender
-- counts referrals made in the year
with

events as (select * from intermediate.events where list_contains($years, year)),

final as (
    select year, benefit, gender, count(*) as n
    from events
    where event = 'referred'
    group by all
)

select * from final
