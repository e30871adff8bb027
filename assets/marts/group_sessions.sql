-- grain: year, session group
-- counts sessions held in the year
with

years as (select * from intermediate.years where list_contains($years, year)),

group_sessions as (select * from records.group_sessions),

final as (
    select
        years.year,
        group_sessions.session_group,
        count(*) as sessions,
        sum(group_sessions.registered)::bigint as registered,
        sum(group_sessions.attended)::bigint as attended
    from years
    inner join group_sessions on years.year = year(group_sessions.held_on)
    group by all
)

select * from final
