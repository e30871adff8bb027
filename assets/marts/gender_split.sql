-- grain: year, population, gender
-- participants and active_at_year_end count persons; the other populations count records
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

year_end_participants as (
    select * from intermediate.year_end_participants where list_contains($years, year)
),

events as (
    select 'referred' as population, gender, referred_on as day
    from referral_cases
    union all
    select 'started' as population, gender, started_on as day
    from referral_cases
    union all
    select
        case kind
            when 'planned' then 'planned_exits'
            when 'dropout' then 'dropouts'
            else 'no_shows'
        end as population,
        gender,
        exited_on as day
    from referral_cases
),

records_dated_in_year as (
    select years.year, events.population, events.gender, count(*) as n
    from years
    inner join events on events.day between years.first_day and years.last_day
    group by all
),

participants_of_year as (
    select year, 'participants' as population, gender, count(*) as n
    from participants
    group by all
),

active_at_year_end as (
    select year, 'active_at_year_end' as population, gender, count(*) as n
    from year_end_participants
    group by all
),

final as (
    select * from records_dated_in_year
    union all
    select * from participants_of_year
    union all
    select * from active_at_year_end
)

select * from final
