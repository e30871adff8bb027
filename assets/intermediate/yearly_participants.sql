-- grain: one person in one year in which the person took part, or was a no-show
-- An exit on the last day of a year ends the participation in that year; a no-show, who has no
-- start, belongs to the year that it is dated in.
with

years as (select * from intermediate.years),

referral_cases as (select * from intermediate.referral_cases),

stays as (
    select
        participant_id,
        gender,
        country,
        birth_year,
        norwegian_level,
        education,
        kind is distinct from 'no_show' as took_part,
        case when took_part then started_on else exited_on end as first_day,
        exited_on as last_day
    from referral_cases
),

final as (
    select
        years.year,
        stays.participant_id,
        stays.gender,
        stays.country,
        stays.birth_year,
        case
            when years.year - stays.birth_year < 25 then 'under_25'
            when years.year - stays.birth_year < 35 then '25_34'
            when years.year - stays.birth_year < 45 then '35_44'
            when years.year - stays.birth_year < 55 then '45_54'
            else '55_plus'
        end as band,
        stays.norwegian_level,
        stays.education,
        bool_or(stays.took_part) as took_part
    from years
    inner join stays
        on stays.first_day <= years.last_day
        and (stays.last_day is null or stays.last_day >= years.first_day)
    group by all
)

select * from final
