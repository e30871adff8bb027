select referral_id, participant_id, referred_on, started_on from {{ source('records', 'referrals') }}
