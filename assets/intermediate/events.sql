-- grain: one dated event of a referral
-- A referral has up to three events: it was made, it started, it ended.
with

referral_cases as (select * from intermediate.referral_cases),

dated as (
    select
        unnest([referred_on, started_on, exited_on]) as day,
        unnest([
            'referred',
            'started',
            case kind
                when 'planned' then 'planned_exits'
                when 'dropout' then 'dropouts'
                when 'no_show' then 'no_shows'
            end
        ]) as event,
        * exclude (kind)
    from referral_cases
),

final as (
    select year(day)::integer as year, *
    from dated
    where day is not null
)

select * from final
