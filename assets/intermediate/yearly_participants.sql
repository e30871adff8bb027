-- grain: one person in one year in which the person took part, or was a no-show
-- An exit on the last day of a year ends the participation in that year.
with

years as (select * from intermediate.years),

referral_cases as (select * from intermediate.referral_cases),

took_part as (
    select years.year, referral_cases.participant_id
    from years
    inner join referral_cases
        on referral_cases.started_on <= years.last_day
        and (referral_cases.exited_on is null or referral_cases.exited_on >= years.first_day)
),

no_shows as (
    select year(exited_on)::integer as year, participant_id
    from referral_cases
    where kind = 'no_show'
),

persons as (
    select distinct participant_id, gender, country, birth_year
    from referral_cases
),

persons_by_year as (
    select * from took_part
    union
    select * from no_shows
),

final as (
    select
        persons_by_year.year,
        persons_by_year.participant_id,
        persons.gender,
        persons.country,
        persons.birth_year
    from persons_by_year
    inner join persons on persons_by_year.participant_id = persons.participant_id
)

select * from final
