-- grain: year, breakdown, value, gender
-- counts participants of the year, once in each breakdown
with

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

breakdowns as (
    select year, 'norwegian_level' as breakdown, norwegian_level as value, gender
    from participants
    union all
    select year, 'education' as breakdown, education as value, gender
    from participants
),

final as (
    select
        year,
        breakdown,
        coalesce(value, 'unknown') as value,
        gender,
        count(*) as n
    from breakdowns
    group by all
)

select * from final
