select *, 'referred' as event, referred_on as day, year(referred_on) as year
from {{ ref('int_cases') }}
union all
select *, 'started' as event, started_on as day, year(started_on) as year
from {{ ref('int_cases') }}
where started_on is not null
union all
select
    *,
    case kind
        when 'planned' then 'planned_exits'
        when 'dropout' then 'dropouts'
        else 'no_shows'
    end as event,
    exited_on as day,
    year(exited_on) as year
from {{ ref('int_cases') }}
where kind is not null
