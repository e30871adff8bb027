-- grain: year, breakdown, value
-- counts planned exits to work dated in the year, once in each breakdown
with

years as (select * from intermediate.years where list_contains($years, year)),

exits as (select * from records.exits),

outcomes as (select * from vocabulary.outcome),

position_bands as (select * from vocabulary.position_band),

-- A position belongs to the band with the highest lower bound that it reaches.
work_exits as (
    select
        years.year,
        exits.industry,
        exits.wage_subsidy,
        position_bands.code as position
    from years
    inner join exits on years.year = year(exits.exited_on)
    inner join outcomes on exits.outcome = outcomes.code
    asof left join position_bands on exits.position_pct >= position_bands.from_pct::double
    where exits.kind = 'planned' and outcomes.outcome_group = 'work'
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
