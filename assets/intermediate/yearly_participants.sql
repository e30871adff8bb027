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
        case when kind = 'no_show' then exited_on else started_on end as first_day,
        exited_on as last_day
    from referral_cases
),

final as (
    select distinct
        years.year,
        stays.participant_id,
        stays.gender,
        stays.country,
        stays.birth_year,
        stays.norwegian_level,
        stays.education
    from years
    inner join stays
        on stays.first_day <= years.last_day
        and (stays.last_day is null or stays.last_day >= years.first_day)
)

select * from final
