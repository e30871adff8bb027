-- grain: one referral that started, or whose person never came
-- A stay loses the days and the years that the same person's stays before it cover. So no two of
-- them overlap, and there are as many stays on a day, or in a year, as there are persons.
with

referral_cases as (select * from intermediate.referral_cases),

build_day as (select * from records.build_day),

stays as (
    select
        referral_cases.person,
        referral_cases.gender,
        referral_cases.country,
        referral_cases.birth_year,
        referral_cases.norwegian_level,
        referral_cases.education,
        referral_cases.kind is distinct from 'no_show' as took_part,
        case
            when took_part then referral_cases.started_on
            else referral_cases.exited_on
        end as first_day,
        -- Without an exit, the person is still there at the end of the last month.
        coalesce(referral_cases.exited_on, last_day(build_day.as_of) + 1) as end_day
    from referral_cases
    cross join build_day
    where first_day is not null
),

-- A no-show is the last of its year: it adds a person to the year only if no stay does.
covered as (
    select
        *,
        max(end_day) over (
            partition by person
            order by year(first_day), not took_part, first_day
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from stays
),

final as (
    select
        person,
        gender,
        country,
        birth_year,
        norwegian_level,
        education,
        took_part,
        -- The day of the exit is the first one on which the person is no longer active.
        case when took_part then greatest(first_day, covered_until) end as active_from,
        case when took_part then end_day end as active_until,
        greatest(year(first_day), year(covered_until) + 1)::integer as first_year,
        year(end_day)::integer as last_year
    from covered
)

select * from final
