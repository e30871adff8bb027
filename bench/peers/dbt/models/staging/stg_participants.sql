select participant_id, gender, country, birth_year from {{ source('records', 'participants') }}
