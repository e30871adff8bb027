-- grain: one referral, with its person and its exit
-- started_on is empty if the start is after the day of the build.
with

referrals as (select * from records.referrals),

participants as (select * from records.participants),

exits as (select * from records.exits),

build_day as (select * from records.build_day),

outcomes as (select * from vocabulary.outcome),

final as (
    select
        referrals.referral_id,
        referrals.participant_id,
        participants.gender,
        participants.country,
        participants.birth_year,
        participants.norwegian_level,
        participants.education,
        referrals.source,
        referrals.nav_office,
        referrals.benefit,
        referrals.target_group,
        referrals.referred_on,
        case
            when referrals.started_on <= build_day.as_of then referrals.started_on
        end as started_on,
        exits.exited_on,
        exits.kind,
        exits.outcome,
        outcomes.outcome_group,
        exits.dropout_reason,
        exits.other_detail,
        exits.benefit_at_exit,
        exits.position_pct,
        exits.industry,
        exits.wage_subsidy,
        exits.employed_after_6m
    from referrals
    cross join build_day
    inner join participants on referrals.participant_id = participants.participant_id
    left join exits on referrals.referral_id = exits.referral_id
    left join outcomes on exits.outcome = outcomes.code
)

select * from final
