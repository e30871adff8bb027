-- grain: one run of months, breakdown, value, gender, whether the persons took part
-- Persons are counted once as `active`, at the end of each month of the run, and once in each other
-- breakdown, as participants of its years.
with

stays as (select * from intermediate.stays),

-- Numbers of years and months are grouped faster than days.
runs as (
    select
        *,
        year(active_from) as from_year,
        month(active_from) as from_month,
        year(active_until) as until_year,
        month(active_until) as until_month
    from stays
),

counts as (
    select
        case
            when grouping(country) = 0 then 'country'
            when grouping(birth_year) = 0 then 'birth_year'
            when grouping(norwegian_level) = 0 then 'norwegian_level'
            when grouping(education) = 0 then 'education'
            else 'active'
        end as breakdown,
        coalesce(
            country::varchar,
            birth_year::varchar,
            norwegian_level::varchar,
            education::varchar,
            case breakdown when 'active' then 'all' else 'unknown' end
        ) as value,
        gender,
        coalesce(took_part, true) as took_part,
        make_date(coalesce(first_year, from_year), coalesce(from_month, 1), 1) as first_month,
        case
            when breakdown = 'active'
                then (make_date(until_year, until_month, 1) - interval 1 month)::date
            else make_date(last_year, 12, 1)
        end as last_month,
        count(*) as n
    from runs
    group by grouping sets (
        (gender, from_year, from_month, until_year, until_month),
        (gender, took_part, first_year, last_year, country),
        (gender, took_part, first_year, last_year, birth_year),
        (gender, took_part, first_year, last_year, norwegian_level),
        (gender, took_part, first_year, last_year, education)
    )
),

final as (
    select * from counts
    where first_month <= last_month
)

select * from final
