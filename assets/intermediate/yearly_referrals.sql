-- grain: year, breakdown, value, gender
-- The referrals made in a year, counted once in each breakdown.
with

all_referrals as (select * from records.referrals),

participants as (select * from records.participants),

referrals as (
    select
        year(all_referrals.referred_on)::integer as year,
        participants.gender,
        all_referrals.source,
        coalesce(all_referrals.nav_office, 'unknown') as nav_office,
        all_referrals.benefit,
        coalesce(all_referrals.target_group, 'unknown') as target_group
    from all_referrals
    inner join participants on all_referrals.participant_id = participants.participant_id
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
