-- grain: year, breakdown, value, gender
-- counts persons who took part in the year, once in each breakdown, or once for each activity
with

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

activities as (
    select * from intermediate.yearly_activities where list_contains($years, year)
),

final as (
    select year, breakdown, value, gender, n
    from participants
    where took_part and breakdown <> 'age'
    union all
    select year, 'activity' as breakdown, activity as value, gender, n_took_part as n
    from activities
    where n_took_part > 0
)

select * from final
