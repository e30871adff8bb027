-- grain: year, activity
-- counts planned exits to work dated in the year, once for each activity begun by then
with

events as (select * from intermediate.events where list_contains($years, year)),

activities as (select * from records.activities),

final as (
    select events.year, activities.activity, count(distinct events.referral_id) as n
    from events
    inner join activities
        on events.referral_id = activities.referral_id
        and activities.started_on <= events.day
    where events.event = 'planned_exits' and events.outcome_group = 'work'
    group by all
)

select * from final
