with

active as (
    select year, month, sum(n) as n
    from {{ ref('int_active_months') }}
    group by all
),

events as (
    select
        year,
        month(day) as month,
        count(*) filter (event = 'started') as started,
        count(*) filter (event = 'planned_exits') as planned_exits,
        count(*) filter (event = 'dropouts') as dropouts,
        count(*) filter (event = 'no_shows') as no_shows
    from {{ ref('int_events') }}
    group by all
)

select
    months.year,
    months.month,
    coalesce(active.n, 0) as active,
    coalesce(events.started, 0) as started,
    coalesce(events.planned_exits, 0) as planned_exits,
    coalesce(events.dropouts, 0) as dropouts,
    coalesce(events.no_shows, 0) as no_shows
from {{ ref('int_months') }} as months
left join active on months.year = active.year and months.month = active.month
left join events on months.year = events.year and months.month = events.month
