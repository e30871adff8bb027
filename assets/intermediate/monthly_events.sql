-- grain: month, event, gender, outcome of planned exits, reason of dropouts
-- A referral has up to three events: it was made, it started, it ended.
with

referral_cases as (select * from intermediate.referral_cases),

referred as (
    select
        year(referred_on) as year,
        month(referred_on) as month,
        'referred' as event,
        gender,
        count(*) as n
    from referral_cases
    group by all
),

started as (
    select
        year(started_on) as year,
        month(started_on) as month,
        'started' as event,
        gender,
        count(*) as n
    from referral_cases
    where started_on is not null
    group by all
),

ended as (
    select
        year(exited_on) as year,
        month(exited_on) as month,
        case kind
            when 'planned' then 'planned_exits'
            when 'dropout' then 'dropouts'
            when 'no_show' then 'no_shows'
        end as event,
        gender,
        outcome,
        outcome_group,
        dropout_reason,
        count(*) as n
    from referral_cases
    where exited_on is not null
    group by all
),

events as (
    select * from ended
    union all by name
    select * from started
    union all by name
    select * from referred
),

final as (
    select * replace (year::integer as year, month::integer as month)
    from events
)

select * from final
