-- grain: year, target group, gender
-- counts referrals made in the year
with

referrals as (select * from intermediate.yearly_referrals where list_contains($years, year)),

final as (
    select year, value as target_group, gender, n
    from referrals
    where breakdown = 'target_group'
)

select * from final
