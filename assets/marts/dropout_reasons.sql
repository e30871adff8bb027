-- grain: year, reason, gender
-- counts dropouts dated in the year
with

events as (select * from intermediate.monthly_events where list_contains($years, year)),

final as (
    select year, dropout_reason as reason, gender, sum(n) as n
    from events
    where event = 'dropouts'
    group by all
)

select * from final
