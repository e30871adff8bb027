select year, dropout_reason as reason, gender, count(*) as n
from {{ ref('int_events') }}
where event = 'dropouts'
group by all
