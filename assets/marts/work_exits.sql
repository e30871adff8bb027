-- grain: year, breakdown, value
-- counts planned exits to work dated in the year, once in each breakdown
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

position_bands as (select * from vocabulary.position_band),

work_exits as (
    select
        years.year,
        referral_cases.industry,
        referral_cases.position_pct,
        referral_cases.wage_subsidy
    from years
    inner join referral_cases
        on referral_cases.exited_on between years.first_day and years.last_day
        and referral_cases.kind = 'planned'
        and referral_cases.outcome_group = 'work'
),

positions as (
    select
        work_exits.year,
        min_by(position_bands.code, position_bands.position)
            filter (work_exits.position_pct >= position_bands.from_pct::double) as band
    from (select row_number() over () as exit_number, * from work_exits) as work_exits
    cross join position_bands
    group by work_exits.exit_number, work_exits.year
),

breakdowns as (
    select year, 'industry' as breakdown, industry as value
    from work_exits
    union all
    select year, 'position' as breakdown, band as value
    from positions
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
