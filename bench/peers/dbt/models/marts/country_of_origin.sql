select year, country, gender, count(*) as n
from {{ ref('int_participant_years') }}
group by all
