-- grain: year, source, gender
-- counts referrals made in the year
with

referrals as (select * from intermediate.yearly_referrals where list_contains($years, year)),

final as (
    select year, value as source, gender, n
    from referrals
    where breakdown = 'source'
)

select * from final
