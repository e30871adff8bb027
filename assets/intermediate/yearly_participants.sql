-- grain: one person in one year in which the person took part, or was a no-show
-- A person with an exit took part up to and including that day. A no-show has no start, and belongs
-- to the year of its date.
with

years as (select * from intermediate.years),

referral_cases as (select * from intermediate.referral_cases),

stays as (
    select
        * exclude (started_on, exited_on),
        kind is distinct from 'no_show' as took_part,
        case when took_part then started_on else exited_on end as first_day,
        coalesce(exited_on, 'infinity') as last_day
    from referral_cases
),

-- Grouped by person only: the person's own columns are the same on every stay.
persons as (
    select
        years.year,
        stays.participant_id,
        any_value(stays.gender) as gender,
        any_value(stays.country) as country,
        any_value(stays.birth_year) as birth_year,
        any_value(stays.norwegian_level) as norwegian_level,
        any_value(stays.education) as education,
        bool_or(stays.took_part) as took_part
    from years
    inner join stays on stays.first_day <= years.last_day and stays.last_day >= years.first_day
    group by years.year, stays.participant_id
),

final as (
    select
        *,
        case
            when year - birth_year < 25 then 'under_25'
            when year - birth_year < 35 then '25_34'
            when year - birth_year < 45 then '35_44'
            when year - birth_year < 55 then '45_54'
            else '55_plus'
        end as band
    from persons
)

select * from final
