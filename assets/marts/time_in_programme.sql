-- grain: year, outcome group, and `total` for all of them
-- counts planned exits of the year; days from start to exit, quantiles interpolated
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

planned_exits as (
    select
        years.year,
        referral_cases.outcome_group,
        referral_cases.exited_on - referral_cases.started_on as days
    from years
    inner join referral_cases
        on referral_cases.exited_on between years.first_day and years.last_day
        and referral_cases.kind = 'planned'
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
