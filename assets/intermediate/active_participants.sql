-- grain: one gender at the end of one month (the current month: of the day of the build)
with

months as (select * from intermediate.months),

spans as (select * from intermediate.person_spans),

genders as (select * from vocabulary.gender),

final as (
    select
        months.year,
        months.month,
        months.is_last_of_year,
        genders.code as gender,
        coalesce(sum(spans.n), 0)::bigint as n
    from months
    cross join genders
    left join spans
        on spans.breakdown = 'active'
        and genders.code = spans.gender
        and make_date(months.year, months.month, 1) between spans.first_month and spans.last_month
    group by all
)

select * from final
