-- grain: year, benefit, gender
-- counts planned exits to work assessment allowance (AP) dated in the year
with

years as (select * from intermediate.years where list_contains($years, year)),

exits as (select * from records.exits),

referrals as (select * from records.referrals),

participants as (select * from records.participants),

final as (
    select
        years.year,
        coalesce(exits.benefit_at_exit, referrals.benefit) as benefit,
        participants.gender,
        count(*) as n
    from years
    inner join exits on years.year = year(exits.exited_on)
    inner join referrals on exits.referral_id = referrals.referral_id
    inner join participants on referrals.participant_id = participants.participant_id
    where exits.kind = 'planned' and exits.outcome = 'AP'
    group by all
)

select * from final
