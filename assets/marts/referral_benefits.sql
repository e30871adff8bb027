-- grain: year, benefit, gender
-- counts referrals made in the year
with

referrals as (select * from intermediate.yearly_referrals where list_contains($years, year)),

final as (
    select year, value as benefit, gender, n
    from referrals
    where breakdown = 'benefit'
)

select * from final
