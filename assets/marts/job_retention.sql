-- grain: year
-- counts planned exits to work of the year
with

years as (select * from intermediate.years where list_contains($years, year)),

build_day as (select * from records.build_day),

exits as (select * from records.exits),

outcomes as (select * from vocabulary.outcome),

work_exits as (
    select
        year(exits.exited_on) as year,
        exits.exited_on + interval 6 month <= build_day.as_of as is_due,
        is_due and exits.employed_after_6m in ('yes', 'no') as is_followed_up,
        is_followed_up and exits.employed_after_6m = 'yes' as is_still_employed
    from exits
    inner join outcomes on exits.outcome = outcomes.code
    cross join build_day
    where exits.kind = 'planned' and outcomes.outcome_group = 'work'
),

final as (
    select
        years.year,
        count(work_exits.year) as work_exits,
        count(*) filter (work_exits.is_due) as due,
        count(*) filter (work_exits.is_followed_up) as followed_up,
        -- who was not asked is not out of work
        case
            when followed_up > 0 then count(*) filter (work_exits.is_still_employed)
        end as still_employed
    from years
    left join work_exits on years.year = work_exits.year
    group by all
)

select * from final
