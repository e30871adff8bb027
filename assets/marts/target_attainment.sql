-- grain: year, target
-- the code lists outcome and outcome_group define which outcomes reach a target
with

years as (select * from intermediate.years where list_contains($years, year)),

events as (select * from intermediate.monthly_events where list_contains($years, year)),

targets as (select * from vocabulary.target),

outcome_groups as (select * from vocabulary.outcome_group),

planned_exits as (
    select events.year, outcome_groups.target, sum(events.n) as n
    from events
    inner join outcome_groups on events.outcome_group = outcome_groups.code
    where events.event = 'planned_exits'
    group by all
),

counts as (
    select
        years.year,
        targets.code as target,
        targets.target_share::double as target_share,
        coalesce(sum(planned_exits.n) filter (planned_exits.target = targets.code), 0)::bigint as n,
        coalesce(sum(planned_exits.n), 0)::bigint as base
    from years
    cross join targets
    left join planned_exits on years.year = planned_exits.year
    group by all
),

final as (
    select *, n / nullif(base, 0) as actual_share
    from counts
)

select * from final
