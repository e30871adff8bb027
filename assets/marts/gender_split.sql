-- grain: year, population, gender
-- participants and active_at_year_end count persons; the other populations count records
with

events as (select * from intermediate.events where list_contains($years, year)),

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

active as (select * from intermediate.active_participants where list_contains($years, year)),

final as (
    select year, event as population, gender, count(*) as n
    from events
    group by all
    union all
    select year, 'participants' as population, gender, count(*) as n
    from participants
    group by all
    union all
    select year, 'active_at_year_end' as population, gender, count(*) as n
    from active
    where is_last_of_year
    group by all
)

select * from final
