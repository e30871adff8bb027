-- grain: year, band, gender
-- counts participants of the year
with

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

final as (
    select year, band, gender, count(*) as n
    from participants
    group by all
)

select * from final
