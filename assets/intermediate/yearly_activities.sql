-- grain: year, activity, gender
-- Persons with the activity on some day of the year, up to the day of the build. An activity
-- without a last day lasts until the exit; if it begins after the exit, it has its first day.
with

years as (select * from intermediate.years),

stays as (select * from intermediate.stays),

referral_cases as (select * from intermediate.referral_cases),

referrals as (select *, row_number() over () as number from records.referrals),

activities as (select * from records.activities),

build_day as (select * from records.build_day),

spells as (
    select
        referral_cases.person,
        referral_cases.gender,
        activities.activity,
        activities.started_on as first_day,
        least(
            case
                when activities.ended_on is null and first_day > referral_cases.exited_on
                    then first_day
                else coalesce(activities.ended_on, referral_cases.exited_on, build_day.as_of)
            end,
            build_day.as_of
        ) as last_day,
        -- Whoever has an activity in the years of its own stay took part in all of them.
        referral_cases.kind is distinct from 'no_show'
        and year(first_day) >= year(referral_cases.started_on)
        and year(last_day) <= year(coalesce(referral_cases.exited_on, build_day.as_of))
            as is_in_stay
    from activities
    cross join build_day
    inner join referrals on activities.referral_id = referrals.referral_id
    inner join referral_cases on referrals.number = referral_cases.referral
    where first_day <= last_day
),

-- As in intermediate.stays: without the years that the same activity covered before.
covered as (
    select
        *,
        max(last_day) over (
            partition by person, activity
            order by first_day
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from spells
),

spans as (
    select
        person,
        gender,
        activity,
        greatest(year(first_day), year(covered_until) + 1) as first_year,
        year(last_day) as last_year,
        coalesce(is_in_stay, false) as is_in_stay
    from covered
    where first_year <= last_year
),

counts as (
    select
        activity,
        gender,
        first_year,
        last_year,
        count(*) as n,
        count(*) filter (is_in_stay) as n_took_part
    from spans
    group by all
    union all
    select
        spans.activity,
        spans.gender,
        greatest(spans.first_year, stays.first_year) as first_year,
        least(spans.last_year, stays.last_year) as last_year,
        0 as n,
        count(*) as n_took_part
    from spans
    inner join stays
        on spans.person = stays.person
        and spans.first_year <= stays.last_year
        and spans.last_year >= stays.first_year
    where not spans.is_in_stay
        and stays.took_part
        and stays.first_year <= stays.last_year
    group by all
),

final as (
    select
        years.year,
        counts.activity,
        counts.gender,
        sum(counts.n)::bigint as n,
        sum(counts.n_took_part)::bigint as n_took_part
    from years
    inner join counts on years.year between counts.first_year and counts.last_year
    group by all
)

select * from final
