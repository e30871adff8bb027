-- grain: year
-- the counselling roles are in the code list staff_role; NULL if no such position is recorded
with

years as (select * from intermediate.years where list_contains($years, year)),

participants as (
    select * from intermediate.yearly_participants where list_contains($years, year)
),

active as (select * from intermediate.active_participants where list_contains($years, year)),

staffing as (select * from records.staffing),

roles as (select * from vocabulary.staff_role),

counsellors as (
    select
        staffing.year,
        -- With an unknown position, the sum would be too small and the ratios wrong: give NULL.
        case
            when count(*) = count(staffing.full_time_equivalents)
                then sum(staffing.full_time_equivalents)
        end as counsellor_fte
    from staffing
    inner join roles on staffing.role = roles.code and roles.counsels = 'yes'
    group by all
),

persons as (
    select year, sum(n) as participants
    from participants
    where breakdown = 'population'
    group by all
),

active_persons as (
    select year, sum(n) as active_at_year_end
    from active
    where is_last_of_year
    group by all
),

counts as (
    select
        years.year,
        coalesce(persons.participants, 0) as participants,
        coalesce(active_persons.active_at_year_end, 0) as active_at_year_end,
        counsellors.counsellor_fte
    from years
    left join persons on years.year = persons.year
    left join active_persons on years.year = active_persons.year
    left join counsellors on years.year = counsellors.year
),

final as (
    select
        *,
        participants / nullif(counsellor_fte, 0) as participants_per_counsellor,
        active_at_year_end / nullif(counsellor_fte, 0) as active_per_counsellor
    from counts
)

select * from final
