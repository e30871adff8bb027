-- grain: year, breakdown, value, gender
-- counts participants of the year, once in each breakdown
with

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

final as (
    select year, breakdown, value, gender, sum(n) as n
    from participants
    where breakdown in ('norwegian_level', 'education')
    group by all
)

select * from final
