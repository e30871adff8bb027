-- grain: year, figure
-- shares unrounded between 0 and 1, NULL when the base is 0; ages and the median NULL when nobody
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

year_end_participants as (
    select * from intermediate.year_end_participants where list_contains($years, year)
),

referrals as (
    select year(referred_on) as year, count(*) as referrals
    from referral_cases
    group by all
),

starts as (
    select year(started_on) as year, count(*) as started
    from referral_cases
    group by all
),

exits as (
    select
        year(exited_on) as year,
        count(*) filter (kind = 'planned') as planned_exits,
        count(*) filter (kind = 'dropout') as dropouts,
        count(*) filter (kind = 'no_show') as no_shows,
        count(*) filter (kind = 'planned' and outcome_group = 'work') as work_exits,
        count(distinct participant_id) filter (kind in ('dropout', 'no_show')) as persons_lost,
        quantile_cont(exited_on - started_on, 0.5) filter (kind = 'planned') as median_days
    from referral_cases
    group by all
),

persons as (
    select
        year,
        count(*) as participants,
        min(year - birth_year) as age_min,
        max(year - birth_year) as age_max
    from participants
    group by all
),

active as (
    select year, count(*) as active_at_year_end
    from year_end_participants
    group by all
),

counts as (
    select
        years.year,
        coalesce(referrals.referrals, 0) as referrals,
        coalesce(starts.started, 0) as started,
        coalesce(persons.participants, 0) as participants,
        coalesce(exits.persons_lost, 0) as persons_lost,
        coalesce(exits.dropouts, 0) as dropouts,
        coalesce(exits.no_shows, 0) as no_shows,
        coalesce(exits.planned_exits, 0) as planned_exits,
        coalesce(exits.work_exits, 0) as work_exits,
        coalesce(active.active_at_year_end, 0) as active_at_year_end,
        persons.age_min,
        persons.age_max,
        exits.median_days
    from years
    left join referrals on years.year = referrals.year
    left join starts on years.year = starts.year
    left join exits on years.year = exits.year
    left join persons on years.year = persons.year
    left join active on years.year = active.year
),

wide as (
    select
        year,
        referrals::double as referrals,
        started::double as started,
        participants::double as participants,
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
