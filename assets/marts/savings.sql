-- grain: year
-- savings of the years of the register, in NOK
with

years as (select * from intermediate.years where list_contains($years, year)),

savings as (select * from records.savings),

final as (
    select years.year, savings.savings_target, savings.savings_reported
    from years
    inner join savings on years.year = savings.year
)

select * from final
