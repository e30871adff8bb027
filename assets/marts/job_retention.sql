-- grain: year
-- counts planned exits to work of the year
with

years as (select * from intermediate.years where list_contains($years, year)),

exits as (select * from records.exits),

outcomes as (select * from vocabulary.outcome),

work_exits as (
    select year(exits.exited_on) as year, exits.employed_after_6m
    from exits
    inner join outcomes on exits.outcome = outcomes.code
    where exits.kind = 'planned' and outcomes.outcome_group = 'work'
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
