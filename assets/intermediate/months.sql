-- grain: one calendar month, from January of the first year to the day of the build
with

years as (select * from intermediate.years),

first_days as (
    select
        year,
        counted_until,
        unnest(generate_series(first_day, counted_until, interval 1 month))::date as first_day
    from years
),

final as (
    select
        year,
        month(first_day)::integer as month,
        least(last_day(first_day), counted_until) as counted_until,
        last_day(first_day) >= counted_until as is_last_of_year
    from first_days
)

select * from final
