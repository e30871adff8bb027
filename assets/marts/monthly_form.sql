-- grain: year, month, period, breakdown, value, gender
-- no months after the day of the build; active is the same for both periods: both end the same day
with

months as (select * from intermediate.months where list_contains($years, year)),

events as (select * from intermediate.monthly_events where list_contains($years, year)),

active as (select * from intermediate.active_participants where list_contains($years, year)),

periods as (select * from vocabulary.form_period),

flow as (
    select year, month, 'counts' as breakdown, event as value, gender, sum(n) as n
    from events
    group by all
    union all
    select year, month, 'outcome' as breakdown, outcome as value, gender, n
    from events
    where event = 'planned_exits'
),

final as (
    select year, month, 'month' as period, breakdown, value, gender, n
    from flow
    union all
    select
        months.year,
        months.month,
        'year_to_date' as period,
        flow.breakdown,
        flow.value,
        flow.gender,
        sum(flow.n) as n
    from months
    inner join flow on months.year = flow.year and months.month >= flow.month
    group by all
    union all
    select
        active.year,
        active.month,
        periods.code as period,
        'counts' as breakdown,
        'active' as value,
        active.gender,
        active.n
    from active
    cross join periods
)

select * from final
