-- grain: year, population, gender
-- participants and active_at_year_end count persons; the other populations count records
with

events as (select * from intermediate.monthly_events where list_contains($years, year)),

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

active as (select * from intermediate.active_participants where list_contains($years, year)),

final as (
    select year, event as population, gender, sum(n) as n
    from events
    group by all
    union all
    select year, 'participants' as population, gender, sum(n) as n
    from participants
    where breakdown = 'population'
    group by all
    union all
    select year, 'active_at_year_end' as population, gender, n
    from active
    where is_last_of_year and n > 0
)

select * from final
