-- grain: year
-- counts planned exits to work of the year
with

years as (select * from intermediate.years where list_contains($years, year)),

events as (select * from intermediate.events where list_contains($years, year)),

work_exits as (
    select year, employed_after_6m
    from events
    where event = 'planned_exits' and outcome_group = 'work'
),

final as (
    select
        years.year,
        count(work_exits.year) as work_exits,
        count(*) filter (work_exits.employed_after_6m in ('yes', 'no')) as followed_up,
        count(*) filter (work_exits.employed_after_6m = 'yes') as still_employed
    from years
    left join work_exits on years.year = work_exits.year
    group by all
)

select * from final
