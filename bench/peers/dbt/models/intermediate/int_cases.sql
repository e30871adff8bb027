select
    referrals.participant_id,
    referrals.referred_on,
    case when referrals.started_on <= build_day.as_of then referrals.started_on end as started_on,
    participants.gender,
    participants.country,
    participants.birth_year,
    exits.exited_on,
    exits.kind,
    exits.outcome,
    exits.dropout_reason
from {{ ref('stg_referrals') }} as referrals
cross join {{ ref('stg_build_day') }} as build_day
inner join {{ ref('stg_participants') }} as participants
    on referrals.participant_id = participants.participant_id
left join {{ ref('stg_exits') }} as exits on referrals.referral_id = exits.referral_id
