select year, event as population, gender, count(*) as n
from {{ ref('int_events') }}
group by all
union all
select year, 'participants' as population, gender, count(*) as n
from {{ ref('int_participant_years') }}
group by all
union all
select year, 'active_at_year_end' as population, gender, n
from {{ ref('int_active_months') }}
where n > 0
qualify month = max(month) over (partition by year)
