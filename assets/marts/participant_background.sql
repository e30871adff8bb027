-- grain: year, breakdown, value, gender
-- counts participants of the year, once in each breakdown
with

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

backgrounds as (
    select
        year,
        coalesce(norwegian_level, 'unknown') as norwegian_level,
        coalesce(education, 'unknown') as education,
        gender,
        count(*) as n
    from participants
    group by all
),

final as (
    select year, breakdown, value, gender, sum(n) as n
    from backgrounds
    unpivot (value for breakdown in (norwegian_level, education))
    group by all
)

select * from final
