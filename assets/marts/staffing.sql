-- grain: year, role
-- staffing of the years of the register
with

years as (select * from intermediate.years where list_contains($years, year)),

staffing as (select * from records.staffing),

final as (
    select
        years.year,
        staffing.role,
        staffing.headcount::bigint as headcount,
        staffing.full_time_equivalents
    from years
    inner join staffing on years.year = staffing.year
)

select * from final
