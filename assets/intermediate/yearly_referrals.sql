-- grain: year, breakdown, value, gender
-- The referrals made in a year, counted once in each breakdown.
with

events as (select * from intermediate.events),

referrals as (
    select
        year,
        gender,
        source,
        coalesce(nav_office, 'unknown') as nav_office,
        benefit,
        coalesce(target_group, 'unknown') as target_group
    from events
    where event = 'referred'
),

final as (
    select
        year,
        case
            when grouping(source) = 0 then 'source'
            when grouping(nav_office) = 0 then 'nav_office'
            when grouping(benefit) = 0 then 'benefit'
            else 'target_group'
        end as breakdown,
        coalesce(source, nav_office, benefit, target_group) as value,
        gender,
        count(*) as n
    from referrals
    group by grouping sets (
        (year, gender, source),
        (year, gender, nav_office),
        (year, gender, benefit),
        (year, gender, target_group)
    )
)

select * from final
