-- grain: year, outcome group, and `total` for all of them
-- counts planned exits of the year; days from start to exit, quantiles interpolated
with

referral_cases as (select * from intermediate.referral_cases),

planned_exits as (
    select year(exited_on) as year, outcome_group, exited_on - started_on as days
    from referral_cases
    where kind = 'planned' and list_contains($years, year)
),

final as (
    select
        year,
        coalesce(outcome_group, 'total') as outcome_group,
        count(*) as n,
        quantile_cont(days, 0.25)::double as p25_days,
        quantile_cont(days, 0.50)::double as median_days,
        quantile_cont(days, 0.75)::double as p75_days
    from planned_exits
    group by grouping sets ((year, outcome_group), (year))
)

select * from final
