-- grain: year, activity, gender
-- counts distinct persons with the activity some day in the year, up to the day of the build
with

activities as (
    select * from intermediate.yearly_activities where list_contains($years, year)
),

final as (
    select year, activity, gender, n
    from activities
)

select * from final
