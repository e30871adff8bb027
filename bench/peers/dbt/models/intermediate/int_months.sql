select
    years.year,
    months.month::integer as month,
    make_date(years.year, months.month, 1) as first_day
from {{ ref('int_years') }} as years
cross join generate_series(1, 12) as months (month)
cross join {{ ref('stg_build_day') }} as build_day
where make_date(years.year, months.month, 1) <= build_day.as_of
