-- grain: one calendar year, from the first that a counted row is dated in to the day of the build
with

referrals as (select * from records.referrals),

activities as (select * from records.activities),

transition_cases as (select * from records.transition_cases),

partner_projects as (select * from records.partner_projects),

group_sessions as (select * from records.group_sessions),

survey_waves as (select * from records.survey_waves),

staffing as (select * from records.staffing),

savings as (select * from records.savings),

build_day as (select * from records.build_day),

-- The first day of each sheet; nobody starts or leaves before being referred.
firsts as (
    select min(referred_on) as day from referrals
    union all
    select min(started_on) as day from activities
    union all
    select min(opened_on) as day from transition_cases
    union all
    select min(started_on) as day from partner_projects
    union all
    select min(held_on) as day from group_sessions
    union all
    select min(sent_on) as day from survey_waves
    union all
    select make_date(min(year), 1, 1) as day from staffing
    union all
    select make_date(min(year), 1, 1) as day from savings
),

bounds as (
    select year(min(firsts.day)) as first_year, year(any_value(build_day.as_of)) as final_year
    from firsts
    inner join build_day on firsts.day <= build_day.as_of
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
