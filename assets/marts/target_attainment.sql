-- grain: year, target
-- which outcomes reach a target stands in the code lists outcome and outcome_group
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

targets as (select * from vocabulary.target),

outcome_groups as (select * from vocabulary.outcome_group),

planned_exits as (
    select years.year, outcome_groups.target
    from years
    inner join referral_cases
        on referral_cases.exited_on between years.first_day and years.last_day
        and referral_cases.kind = 'planned'
    inner join outcome_groups on referral_cases.outcome_group = outcome_groups.code
),

counts as (
    select
        years.year,
        targets.code as target,
        targets.target_share::double as target_share,
        count(planned_exits.year) filter (planned_exits.target = targets.code) as n,
        count(planned_exits.year) as base
    from years
    cross join targets
    left join planned_exits on years.year = planned_exits.year
    group by all
),

final as (
    select
        year,
        target,
        target_share,
        n,
        base,
        n / nullif(base, 0) as actual_share
    from counts
)

select * from final
