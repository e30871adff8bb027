-- grain: year, benefit, gender
-- counts planned exits to work assessment allowance (AP) dated in the year
with

events as (select * from intermediate.events where list_contains($years, year)),

final as (
    select year, coalesce(benefit_at_exit, benefit) as benefit, gender, count(*) as n
    from events
    where event = 'planned_exits' and outcome = 'AP'
    group by all
)

select * from final
