select referral_id, exited_on, kind, outcome, dropout_reason from {{ source('records', 'exits') }}
