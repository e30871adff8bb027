select
    year,
    case
        when year - birth_year < 25 then 'under_25'
        when year - birth_year < 35 then '25_34'
        when year - birth_year < 45 then '35_44'
        when year - birth_year < 55 then '45_54'
        else '55_plus'
    end as band,
    gender,
    count(*) as n
from {{ ref('int_participant_years') }}
group by all
