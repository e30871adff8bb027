-- grain: year, outcome
-- counts cases opened in the year
with

years as (select * from intermediate.years where list_contains($years, year)),

transition_cases as (select * from records.transition_cases),

final as (
    select years.year, transition_cases.outcome, count(*) as n
    from years
    inner join transition_cases on years.year = year(transition_cases.opened_on)
    group by all
)

select * from final
