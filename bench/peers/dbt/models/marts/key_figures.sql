with

events as (
    select
        year,
        count(*) filter (event = 'referred') as referrals,
        count(*) filter (event = 'started') as started,
        count(*) filter (event = 'dropouts') as dropouts,
        count(*) filter (event = 'no_shows') as no_shows,
        count(*) filter (event = 'planned_exits') as planned_exits,
        count(*) filter (event = 'planned_exits' and outcome in ('A', 'AD')) as work_exits,
        count(distinct participant_id) filter (event in ('dropouts', 'no_shows')) as lost,
        median(day - started_on) filter (event = 'planned_exits') as median_days
    from {{ ref('int_events') }}
    group by all
),

participants as (
    select
        year,
        count(*) as participants,
        min(year - birth_year) as age_min,
        max(year - birth_year) as age_max
    from {{ ref('int_participant_years') }}
    group by all
),

active as (
    select year, sum(n) as active_at_year_end
    from {{ ref('gender_split') }}
    where population = 'active_at_year_end'
    group by all
),

counts as (
    select
        years.year,
        coalesce(events.referrals, 0) as referrals,
        coalesce(events.started, 0) as started,
        coalesce(participants.participants, 0) as participants,
        coalesce(events.lost, 0) as lost,
        coalesce(events.dropouts, 0) as dropouts,
        coalesce(events.no_shows, 0) as no_shows,
        coalesce(events.planned_exits, 0) as planned_exits,
        coalesce(events.work_exits, 0) as work_exits,
        coalesce(active.active_at_year_end, 0) as active_at_year_end,
        participants.age_min,
        participants.age_max,
        events.median_days
    from {{ ref('int_years') }} as years
    left join events on years.year = events.year
    left join participants on years.year = participants.year
    left join active on years.year = active.year
),

figures as (
    select
        year,
        referrals::double as referrals,
        started::double as started,
        participants::double as participants,
        (participants - lost)::double as participants_without_dropouts,
        dropouts::double as dropouts,
        no_shows::double as no_shows,
        planned_exits::double as planned_exits,
        planned_exits / nullif(planned_exits + dropouts + no_shows, 0) as planned_share_of_exits,
        work_exits::double as work_exits,
        work_exits / nullif(planned_exits, 0) as work_exit_share,
        active_at_year_end::double as active_at_year_end,
        age_min::double as age_min,
        age_max::double as age_max,
        median_days::double as median_days_in_programme
    from counts
)

select year, figure, value
from figures
unpivot include nulls (value for figure in (columns(* exclude (year))))
