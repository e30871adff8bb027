-- grain: one run of months, breakdown, value, gender, whether the persons took part
-- Persons are counted once as `active`, at the end of each month of the run, and once in each other
-- breakdown, as participants of its years.
with

stays as (select * from intermediate.stays),

runs as (
    select
        *,
        date_trunc('month', active_from) as first_month,
        date_trunc('month', active_until) - interval 1 month as last_month,
        coalesce(norwegian_level, 'unknown') as level_of_norwegian,
        coalesce(education, 'unknown') as level_of_education
    from stays
),

counts as (
    select
        case
            when grouping(country) = 0 then 'country'
            when grouping(birth_year) = 0 then 'birth_year'
            when grouping(level_of_norwegian) = 0 then 'norwegian_level'
            when grouping(level_of_education) = 0 then 'education'
            else 'active'
        end as breakdown,
        coalesce(country, birth_year::varchar, level_of_norwegian, level_of_education, 'all')
            as value,
        gender,
        coalesce(took_part, true) as took_part,
        coalesce(first_month, make_date(first_year, 1, 1))::date as first_month,
        coalesce(last_month, make_date(last_year, 12, 1))::date as last_month,
        count(*) as n
    from runs
    group by grouping sets (
        (gender, first_month, last_month),
        (gender, took_part, first_year, last_year, country),
        (gender, took_part, first_year, last_year, birth_year),
        (gender, took_part, first_year, last_year, level_of_norwegian),
        (gender, took_part, first_year, last_year, level_of_education)
    )
),

final as (
    select * from counts
    where first_month <= last_month
)

select * from final
