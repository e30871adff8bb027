select year, outcome, gender, count(*) as n
from {{ ref('int_events') }}
where event = 'planned_exits'
group by all
