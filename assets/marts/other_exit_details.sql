-- grain: year, detail, gender
-- counts planned exits to other (AN) dated in the year
with

events as (select * from intermediate.events where list_contains($years, year)),

final as (
    select year, coalesce(other_detail, 'unspecified') as detail, gender, count(*) as n
    from events
    where event = 'planned_exits' and outcome = 'AN'
    group by all
)

select * from final
