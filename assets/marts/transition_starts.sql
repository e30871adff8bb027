-- grain: year, standing
-- Persons who have started by a case since the first year, as it is at the end of each year. Who
-- left and came back by another referral has left the stay that the case led to.
with

years as (select * from intermediate.years where list_contains($years, year)),

transition_cases as (select * from records.transition_cases),

referrals as (select * from records.referrals),

exits as (select * from records.exits),

starts as (
    select
        referrals.participant_id,
        greatest(transition_cases.opened_on, referrals.started_on) as known_from,
        exits.exited_on
    from transition_cases
    inner join referrals on transition_cases.referral_id = referrals.referral_id
    left join exits on referrals.referral_id = exits.referral_id
    where transition_cases.outcome = 'started_nora' and referrals.started_on is not null
),

persons as (
    select
        years.year,
        starts.participant_id,
        bool_or(coalesce(starts.exited_on > years.counted_until, true)) as is_active
    from years
    inner join starts on years.counted_until >= starts.known_from
    group by all
),

final as (
    select year, case when is_active then 'still_active' else 'left' end as standing, count(*) as n
    from persons
    group by all
)

select * from final
