-- grain: year
-- counts planned exits to work of the year
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

work_exits as (
    select years.year, referral_cases.employed_after_6m
    from years
    inner join referral_cases
        on referral_cases.exited_on between years.first_day and years.last_day
        and referral_cases.kind = 'planned'
        and referral_cases.outcome_group = 'work'
),

final as (
    select
        years.year,
        count(work_exits.year) as work_exits,
        count(*) filter (work_exits.employed_after_6m in ('yes', 'no')) as followed_up,
        count(*) filter (work_exits.employed_after_6m = 'yes') as still_employed
    from years
    left join work_exits on years.year = work_exits.year
    group by all
)

select * from final
