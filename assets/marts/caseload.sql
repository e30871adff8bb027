-- grain: year, month
-- no months after the day of the build; the running month as of that day
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

first_days as (
    select
        year,
        counted_until,
        unnest(generate_series(first_day, counted_until, interval 1 month))::date as first_day
    from years
),

months as (
    select
        year,
        month(first_day)::integer as month,
        least(last_day(first_day), counted_until) as counted_until
    from first_days
),

active as (
    select
        months.year,
        months.month,
        count(distinct referral_cases.participant_id) as active
    from months
    inner join referral_cases
        on referral_cases.started_on <= months.counted_until
        and (referral_cases.exited_on is null or referral_cases.exited_on > months.counted_until)
    group by all
),

events as (
    select started_on as day, 'started' as kind
    from referral_cases
    union all
    select exited_on as day, kind
    from referral_cases
),

flow as (
    select
        year(day) as year,
        month(day) as month,
        count(*) filter (kind = 'started') as started,
        count(*) filter (kind = 'planned') as planned_exits,
        count(*) filter (kind = 'dropout') as dropouts,
        count(*) filter (kind = 'no_show') as no_shows
    from events
    group by all
),

final as (
    select
        months.year,
        months.month,
        coalesce(active.active, 0) as active,
        coalesce(flow.started, 0) as started,
        coalesce(flow.planned_exits, 0) as planned_exits,
        coalesce(flow.dropouts, 0) as dropouts,
        coalesce(flow.no_shows, 0) as no_shows
    from months
    left join active on months.year = active.year and months.month = active.month
    left join flow on months.year = flow.year and months.month = flow.month
)

select * from final
