select distinct
    years.year,
    cases.participant_id,
    cases.gender,
    cases.country,
    cases.birth_year
from {{ ref('int_cases') }} as cases
inner join {{ ref('int_years') }} as years
    on years.year >= year(coalesce(cases.started_on, cases.exited_on))
    and years.year <= year(coalesce(cases.exited_on, date '9999-12-31'))
