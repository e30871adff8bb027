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

referrals_and_starts as (
    select
        years.year,
        count(*) filter (
            referral_cases.referred_on between years.first_day and years.last_day
        ) as referrals,
        count(*) filter (
            referral_cases.started_on between years.first_day and years.last_day
        ) as started
    from years
    left join referral_cases on referral_cases.referred_on <= years.last_day
    group by all
),

exits as (
    select
        years.year,
        count(*) filter (referral_cases.kind = 'planned') as planned_exits,
        count(*) filter (referral_cases.kind = 'dropout') as dropouts,
        count(*) filter (referral_cases.kind = 'no_show') as no_shows,
        count(*) filter (
            referral_cases.kind = 'planned' and referral_cases.outcome_group = 'work'
        ) as work_exits,
        count(distinct referral_cases.participant_id) filter (
            referral_cases.kind in ('dropout', 'no_show')
        ) as persons_lost,
        quantile_cont(referral_cases.exited_on - referral_cases.started_on, 0.5) filter (
            referral_cases.kind = 'planned'
        )::double as median_days_in_programme
    from years
    left join referral_cases
        on referral_cases.exited_on between years.first_day and years.last_day
    group by all
),

persons as (
    select
        years.year,
        count(participants.participant_id) as participants,
        min(years.year - participants.birth_year) as age_min,
        max(years.year - participants.birth_year) as age_max
    from years
    left join participants on years.year = participants.year
    group by all
),

active_at_year_end as (
    select years.year, count(year_end_participants.participant_id) as active_at_year_end
    from years
    left join year_end_participants on years.year = year_end_participants.year
    group by all
),

wide as (
    select
        years.year,
        referrals_and_starts.referrals::double as referrals,
        referrals_and_starts.started::double as started,
        persons.participants::double as participants,
        (persons.participants - exits.persons_lost)::double as participants_without_dropouts,
        exits.dropouts::double as dropouts,
        exits.no_shows::double as no_shows,
        exits.planned_exits::double as planned_exits,
        case
            when exits.planned_exits + exits.dropouts + exits.no_shows > 0
                then exits.planned_exits / (exits.planned_exits + exits.dropouts + exits.no_shows)
        end::double as planned_share_of_exits,
        exits.work_exits::double as work_exits,
        case
            when exits.planned_exits > 0 then exits.work_exits / exits.planned_exits
        end::double as work_exit_share,
        active_at_year_end.active_at_year_end::double as active_at_year_end,
        persons.age_min::double as age_min,
        persons.age_max::double as age_max,
        exits.median_days_in_programme
    from years
    inner join referrals_and_starts on years.year = referrals_and_starts.year
    inner join exits on years.year = exits.year
    inner join persons on years.year = persons.year
    inner join active_at_year_end on years.year = active_at_year_end.year
),

final as (
    select year, figure, value
    from wide
    unpivot include nulls (value for figure in (columns(* exclude (year))))
)

select * from final
