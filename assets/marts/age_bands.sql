-- grain: year, band, gender
-- counts participants of the year
with

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

ages as (
    select year, gender, year - birth_year as age
    from participants
),

final as (
    select
        year,
        case
            when age < 25 then 'under_25'
            when age < 35 then '25_34'
            when age < 45 then '35_44'
            when age < 55 then '45_54'
            else '55_plus'
        end as band,
        gender,
        count(*) as n
    from ages
    group by all
)

select * from final
