-- grain: year, month, period, breakdown, value, gender
-- no months after the day of the build; active is the same for both periods, which end on one day
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

genders as (select * from vocabulary.gender),

months as (
    select
        year,
        month(first_day)::integer as month,
        least(last_day(first_day), counted_until) as counted_until
    from (
        select
            year,
            counted_until,
            unnest(generate_series(first_day, counted_until, interval 1 month))::date as first_day
        from years
    ) as first_days
),

events as (
    select referred_on as day, 'counts' as breakdown, 'referred' as value, gender
    from referral_cases
    union all
    select started_on as day, 'counts' as breakdown, 'started' as value, gender
    from referral_cases
    union all
    select
        exited_on as day,
        'counts' as breakdown,
        case kind
            when 'planned' then 'planned_exits'
            when 'dropout' then 'dropouts'
            else 'no_shows'
        end as value,
        gender
    from referral_cases
    union all
    select exited_on as day, 'outcome' as breakdown, outcome as value, gender
    from referral_cases
    where kind = 'planned'
),

monthly as (
    select
        years.year,
        month(events.day) as month,
        events.breakdown,
        events.value,
        events.gender,
        count(*) as n
    from years
    inner join events on events.day between years.first_day and years.last_day
    group by all
),

active_persons as (
    select
        months.year,
        months.month,
        referral_cases.gender,
        count(distinct referral_cases.participant_id) as n
    from months
    inner join referral_cases
        on referral_cases.started_on <= months.counted_until
        and (referral_cases.exited_on is null or referral_cases.exited_on > months.counted_until)
    group by all
),

-- With its zeros, so that a month in which nothing happened has its form too.
active as (
    select
        months.year,
        months.month,
        genders.code as gender,
        coalesce(active_persons.n, 0) as n
    from months
    cross join genders
    left join active_persons
        on months.year = active_persons.year
        and months.month = active_persons.month
        and genders.code = active_persons.gender
),

lines as (
    select year, month, 'month' as period, breakdown, value, gender, n
    from monthly
    union all
    select
        months.year,
        months.month,
        'year_to_date' as period,
        monthly.breakdown,
        monthly.value,
        monthly.gender,
        sum(monthly.n) as n
    from months
    inner join monthly on months.year = monthly.year and months.month >= monthly.month
    group by all
    union all
    select year, month, periods.code as period, 'counts', 'active', gender, n
    from active
    cross join (select unnest(['month', 'year_to_date']) as code) as periods
),

final as (
    select year, month::integer as month, period, breakdown, value, gender, n::bigint as n
    from lines
)

select * from final
