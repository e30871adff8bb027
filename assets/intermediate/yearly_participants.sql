-- grain: year, breakdown, value, gender, whether the persons took part
-- The participants of a year, counted once in each breakdown: population, country, age, band,
-- norwegian_level, education.
with

years as (select * from intermediate.years),

spans as (select * from intermediate.person_spans),

counts as (
    select
        years.year,
        spans.breakdown,
        spans.value,
        spans.gender,
        spans.took_part,
        sum(spans.n)::bigint as n
    from years
    inner join spans
        on years.first_day between spans.first_month and spans.last_month
    where spans.breakdown <> 'active'
    group by all
),

ages as (
    select * replace (year - value::integer as value)
    from counts
    where breakdown = 'birth_year'
),

bands as (
    select
        year,
        'band' as breakdown,
        case
            when value < 25 then 'under_25'
            when value < 35 then '25_34'
            when value < 45 then '35_44'
            when value < 55 then '45_54'
            else '55_plus'
        end as value,
        gender,
        took_part,
        sum(n)::bigint as n
    from ages
    group by all
),

population as (
    select
        year,
        'population' as breakdown,
        'participants' as value,
        gender,
        took_part,
        sum(n)::bigint as n
    from ages
    group by all
),

final as (
    select * from counts
    where breakdown <> 'birth_year'
    union all
    select * replace ('age' as breakdown, value::varchar as value) from ages
    union all
    select * from bands
    union all
    select * from population
)

select * from final
