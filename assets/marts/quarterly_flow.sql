-- grain: year, quarter
-- the quarter's caseload is that of its last month; no quarters after the day of the build
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

caseload as (select * from marts.caseload where list_contains($years, year)),

referrals as (
    select
        years.year,
        quarter(referral_cases.referred_on) as quarter,
        count(*) as referred
    from years
    inner join referral_cases
        on referral_cases.referred_on between years.first_day and years.last_day
    group by all
),

quarters as (
    select
        year,
        ((month + 2) // 3)::integer as quarter,
        max_by(active, month) as active,
        sum(started)::bigint as started,
        sum(planned_exits)::bigint as planned_exits,
        sum(dropouts)::bigint as dropouts,
        sum(no_shows)::bigint as no_shows
    from caseload
    group by all
),

final as (
    select
        quarters.year,
        quarters.quarter,
        quarters.active,
        coalesce(referrals.referred, 0) as referred,
        quarters.started,
        quarters.planned_exits,
        quarters.dropouts,
        quarters.no_shows
    from quarters
    left join referrals
        on quarters.year = referrals.year
        and quarters.quarter = referrals.quarter
)

select * from final
