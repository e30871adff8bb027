select as_of from {{ source('records', 'build_day') }}
