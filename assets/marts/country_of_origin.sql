-- grain: year, country, gender
-- counts participants of the year
with

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

final as (
    select year, value as country, gender, sum(n) as n
    from participants
    where breakdown = 'country'
    group by all
)

select * from final
