-- grain: one person active at the end of one year
-- An exit on the last day ends the participation that day.
with

years as (select * from intermediate.years),

referral_cases as (select * from intermediate.referral_cases),

final as (
    select distinct
        years.year,
        referral_cases.participant_id,
        referral_cases.gender
    from years
    inner join referral_cases
        on referral_cases.started_on <= years.counted_until
        and (referral_cases.exited_on is null or referral_cases.exited_on > years.counted_until)
)

select * from final
