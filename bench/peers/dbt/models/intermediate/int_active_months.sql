with

stays as (
    select
        participant_id,
        gender,
        started_on,
        exited_on,
        max(coalesce(exited_on, date '9999-12-31')) over (
            partition by participant_id
            order by started_on
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from {{ ref('int_cases') }}
    where started_on is not null
),

-- Without the days that the person's earlier stays cover.
disjoint as (
    select gender, greatest(started_on, covered_until) as first_day, exited_on
    from stays
    where greatest(started_on, covered_until) < coalesce(exited_on, date '9999-12-31')
),

changes as (
    select date_trunc('month', first_day) as month, gender, count(*) as change
    from disjoint
    group by all
    union all
    select date_trunc('month', exited_on) as month, gender, -count(*) as change
    from disjoint
    where exited_on is not null
    group by all
)

select months.year, months.month, changes.gender, sum(changes.change)::bigint as n
from {{ ref('int_months') }} as months
inner join changes on changes.month <= months.first_day
group by all
