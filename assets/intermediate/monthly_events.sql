-- grain: month, event, gender, outcome of planned exits, reason of dropouts
with

events as (select * from intermediate.events),

final as (
    select
        year,
        month(day)::integer as month,
        event,
        gender,
        outcome,
        outcome_group,
        dropout_reason,
        count(*) as n
    from events
    group by all
)

select * from final
