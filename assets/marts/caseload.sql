-- grain: year, month
-- no months after the day of the build; the current month as of that day
with

months as (select * from intermediate.months where list_contains($years, year)),

active as (select * from intermediate.active_participants where list_contains($years, year)),

events as (select * from intermediate.monthly_events where list_contains($years, year)),

counts as (
    select year, month, 'active' as line, n
    from active
    union all
    select year, month, event as line, n
    from events
),

final as (
    select
        months.year,
        months.month,
        coalesce(sum(counts.n) filter (counts.line = 'active'), 0) as active,
        coalesce(sum(counts.n) filter (counts.line = 'started'), 0) as started,
        coalesce(sum(counts.n) filter (counts.line = 'planned_exits'), 0) as planned_exits,
        coalesce(sum(counts.n) filter (counts.line = 'dropouts'), 0) as dropouts,
        coalesce(sum(counts.n) filter (counts.line = 'no_shows'), 0) as no_shows
    from months
    left join counts on months.year = counts.year and months.month = counts.month
    group by all
)

select * from final
