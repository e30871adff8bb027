-- grain: year, breakdown, value, gender
-- counts persons who took part in the year, once in each breakdown, or once for each activity
with

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

activities as (
    select * from intermediate.yearly_activities where list_contains($years, year)
),

persons as (
    select * from participants
    where took_part
),

backgrounds as (
    select
        year,
        'participants' as population,
        country,
        band,
        coalesce(norwegian_level, 'unknown') as norwegian_level,
        coalesce(education, 'unknown') as education,
        gender,
        count(*) as n
    from persons
    group by all
),

final as (
    select year, breakdown, value, gender, sum(n) as n
    from backgrounds
    unpivot (value for breakdown in (population, country, band, norwegian_level, education))
    group by all
    union all
    select
        persons.year,
        'activity' as breakdown,
        activities.activity as value,
        persons.gender,
        count(*) as n
    from persons
    inner join activities
        on persons.year = activities.year
        and persons.participant_id = activities.participant_id
    group by all
)

select * from final
