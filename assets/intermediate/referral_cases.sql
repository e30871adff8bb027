-- grain: one referral, with its person and its exit
-- Joined once for all tables that count days: whatever is read again from here is small, the keys
-- as the numbers of their rows, and codes as enumerations. The other columns are left in records.
-- started_on is empty if the start is after the day of the build.
with

referrals as (select *, row_number() over () as number from records.referrals),

participants as (select *, row_number() over () as number from records.participants),

exits as (select * from records.exits),

build_day as (select * from records.build_day),

outcomes as (select * from vocabulary.outcome),

final as (
    select
        referrals.number::integer as referral,
        participants.number::integer as person,
        participants.gender,
        participants.country,
        participants.birth_year,
        participants.norwegian_level,
        participants.education,
        referrals.referred_on,
        case
            when referrals.started_on <= build_day.as_of then referrals.started_on
        end as started_on,
        exits.exited_on,
        exits.kind,
        exits.outcome,
        outcomes.outcome_group,
        exits.dropout_reason
    from referrals
    cross join build_day
    inner join participants on referrals.participant_id = participants.participant_id
    left join exits on referrals.referral_id = exits.referral_id
    left join outcomes on exits.outcome = outcomes.code
)

select * from final
