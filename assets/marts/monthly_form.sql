-- grain: year, month, period, breakdown, value, gender
-- no months after the day of the build; active is the same for both periods: both end the same day
with

months as (select * from intermediate.months where list_contains($years, year)),

events as (select * from intermediate.events where list_contains($years, year)),

active_participants as (
    select * from intermediate.active_participants where list_contains($years, year)
),

genders as (select * from vocabulary.gender),

periods as (select * from vocabulary.form_period),

lines as (
    select year, day, 'counts' as breakdown, event as value, gender
    from events
    union all
    select year, day, 'outcome' as breakdown, outcome as value, gender
    from events
    where event = 'planned_exits'
),

flow as (
    select year, month(day) as month, breakdown, value, gender, count(*) as n
    from lines
    group by all
),

active_persons as (
    select year, month, gender, count(*) as n
    from active_participants
    group by all
),

-- With zeros, so that a month without any events has its form too.
active as (
    select
        months.year,
        months.month,
        genders.code as gender,
        coalesce(active_persons.n, 0) as n
    from months
    cross join genders
    left join active_persons
        on months.year = active_persons.year
        and months.month = active_persons.month
        and genders.code = active_persons.gender
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
