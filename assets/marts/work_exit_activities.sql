-- grain: year, activity
-- counts planned exits to work dated in the year, once for each activity begun by then
with

years as (select * from intermediate.years where list_contains($years, year)),

exits as (select * from records.exits),

outcomes as (select * from vocabulary.outcome),

activities as (select * from records.activities),

final as (
    select years.year, activities.activity, count(distinct exits.referral_id) as n
    from years
    inner join exits on years.year = year(exits.exited_on)
    inner join outcomes on exits.outcome = outcomes.code
    inner join activities
        on exits.referral_id = activities.referral_id
        and activities.started_on <= exits.exited_on
    where exits.kind = 'planned' and outcomes.outcome_group = 'work'
    group by all
)

select * from final
