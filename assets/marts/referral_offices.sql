-- grain: year, nav_office, gender
-- counts referrals made in the year
with

referrals as (select * from intermediate.yearly_referrals where list_contains($years, year)),

final as (
    select year, value as nav_office, gender, n
    from referrals
    where breakdown = 'nav_office'
)

select * from final
