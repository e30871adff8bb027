-- grain: year, project, breakdown, value
-- counts candidates who started in the year, once in each breakdown
with

years as (select * from intermediate.years where list_contains($years, year)),

partner_projects as (select * from records.partner_projects),

candidates as (
    select years.year, partner_projects.*
    from years
    inner join partner_projects
        on years.year = year(partner_projects.started_on)
        and years.counted_until >= partner_projects.started_on
),

breakdowns as (
    select year, project, 'gender' as breakdown, gender as value
    from candidates
    union all
    select year, project, 'origin' as breakdown, origin as value
    from candidates
    union all
    select year, project, 'outcome' as breakdown, outcome as value
    from candidates
),

final as (
    select year, project, breakdown, value, count(*) as n
    from breakdowns
    group by all
)

select * from final
