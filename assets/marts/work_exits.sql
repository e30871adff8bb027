-- grain: year, breakdown, value
-- counts planned exits to work dated in the year, once in each breakdown
with

events as (select * from intermediate.events where list_contains($years, year)),

position_bands as (select * from vocabulary.position_band),

-- A position belongs to the band with the highest lower bound that it reaches.
work_exits as (
    select events.year, events.industry, events.wage_subsidy, position_bands.code as position
    from events
    asof left join position_bands on events.position_pct >= position_bands.from_pct::double
    where events.event = 'planned_exits' and events.outcome_group = 'work'
),

breakdowns as (
    select year, 'industry' as breakdown, industry as value
    from work_exits
    union all
    select year, 'position' as breakdown, position as value
    from work_exits
    union all
    select year, 'wage_subsidy' as breakdown, wage_subsidy as value
    from work_exits
),

final as (
    select year, breakdown, coalesce(value, 'unknown') as value, count(*) as n
    from breakdowns
    group by all
)

select * from final
