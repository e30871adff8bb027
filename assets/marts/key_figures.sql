-- grain: year, figure
-- shares unrounded from 0 to 1, NULL when the base is 0; ages and median NULL without any persons
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

monthly_events as (select * from intermediate.monthly_events where list_contains($years, year)),

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

active as (select * from intermediate.active_participants where list_contains($years, year)),

of_events as (
    select
        year,
        sum(n) filter (event = 'referred') as referrals,
        sum(n) filter (event = 'started') as started,
        sum(n) filter (event = 'dropouts') as dropouts,
        sum(n) filter (event = 'no_shows') as no_shows,
        sum(n) filter (event = 'planned_exits') as planned_exits,
        sum(n) filter (event = 'planned_exits' and outcome_group = 'work') as work_exits
    from monthly_events
    group by all
),

of_exits as (
    select
        year(exited_on) as year,
        count(distinct person) filter (kind <> 'planned') as persons_lost,
        quantile_cont(exited_on - started_on, 0.5) filter (kind = 'planned') as median_days
    from referral_cases
    where list_contains($years, year)
    group by all
),

of_participants as (
    select
        year,
        sum(n) as participants,
        sum(n) filter (took_part) as took_part,
        min(value::integer) as age_min,
        max(value::integer) as age_max
    from participants
    where breakdown = 'age'
    group by all
),

of_active as (
    select year, sum(n) as active_at_year_end
    from active
    where is_last_of_year
    group by all
),

counts as (
    select
        years.year,
        coalesce(of_events.referrals, 0) as referrals,
        coalesce(of_events.started, 0) as started,
        coalesce(of_events.dropouts, 0) as dropouts,
        coalesce(of_events.no_shows, 0) as no_shows,
        coalesce(of_events.planned_exits, 0) as planned_exits,
        coalesce(of_events.work_exits, 0) as work_exits,
        coalesce(of_exits.persons_lost, 0) as persons_lost,
        coalesce(of_participants.participants, 0) as participants,
        coalesce(of_participants.took_part, 0) as took_part,
        coalesce(of_active.active_at_year_end, 0) as active_at_year_end,
        of_participants.age_min,
        of_participants.age_max,
        of_exits.median_days
    from years
    left join of_events on years.year = of_events.year
    left join of_exits on years.year = of_exits.year
    left join of_participants on years.year = of_participants.year
    left join of_active on years.year = of_active.year
),

wide as (
    select
        year,
        referrals::double as referrals,
        started::double as started,
        participants::double as participants,
        took_part::double as took_part,
        (participants - persons_lost)::double as participants_without_dropouts,
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
),

final as (
    select year, figure, value
    from wide
    unpivot include nulls (value for figure in (columns(* exclude (year))))
)

select * from final
