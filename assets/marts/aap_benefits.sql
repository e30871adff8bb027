-- grain: year, benefit, gender
-- counts planned exits to work assessment allowance (AP) dated in the year
with

years as (select * from intermediate.years where list_contains($years, year)),

referral_cases as (select * from intermediate.referral_cases),

final as (
    select
        years.year,
        coalesce(referral_cases.benefit_at_exit, referral_cases.benefit) as benefit,
        referral_cases.gender,
        count(*) as n
    from years
    inner join referral_cases
        on referral_cases.exited_on between years.first_day and years.last_day
        and referral_cases.kind = 'planned'
        and referral_cases.outcome = 'AP'
    group by all
)

select * from final
