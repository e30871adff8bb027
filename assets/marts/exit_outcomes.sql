-- grain: year, outcome, gender
-- counts planned exits dated in the year
with

events as (select * from intermediate.monthly_events where list_contains($years, year)),

final as (
    select year, outcome, gender, sum(n) as n
    from events
    where event = 'planned_exits'
    group by all
)

select * from final
