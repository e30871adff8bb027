-- grain: one calendar year, from the first referral to the day of the build
with

referrals as (select * from records.referrals),

build_day as (select * from records.build_day),

bounds as (
    select
        (select min(year(referred_on)) from referrals) as first_year,
        (select year(as_of) from build_day) as final_year
),

years as (
    select unnest(generate_series(first_year, final_year))::integer as year
    from bounds
),

final as (
    select
        years.year,
        make_date(years.year, 1, 1) as first_day,
        make_date(years.year, 12, 31) as last_day,
        least(make_date(years.year, 12, 31), build_day.as_of) as counted_until
    from years
    cross join build_day
)

select * from final
