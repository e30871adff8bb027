-- grain: year, wave
-- surveys sent out in the year; the share is NULL when nobody was invited
with

years as (select * from intermediate.years where list_contains($years, year)),

survey_waves as (select * from records.survey_waves),

final as (
    select
        years.year,
        survey_waves.wave,
        survey_waves.invited::bigint as invited,
        survey_waves.answered::bigint as answered,
        survey_waves.answered / nullif(survey_waves.invited, 0) as response_share
    from years
    inner join survey_waves on years.year = year(survey_waves.sent_on)
)

select * from final
