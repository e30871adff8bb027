-- grain: year of the report, section, figure, breakdown, unit
-- Lines of one mart answer each printed figure. reference.printed_figures names the lines by their
-- categories, as dimension=value, and the rounding.
with

years as (select * from intermediate.years where list_contains($years, year)),

printed_figures as (select * from reference.printed_figures),

referral_sources as (select * from marts.referral_sources),

referral_offices as (select * from marts.referral_offices),

referral_benefits as (select * from marts.referral_benefits),

benefit_target as (select * from marts.benefit_target),

gender_split as (select * from marts.gender_split),

country_of_origin as (select * from marts.country_of_origin),

dropout_reasons as (select * from marts.dropout_reasons),

exit_outcomes as (select * from marts.exit_outcomes),

other_exit_details as (select * from marts.other_exit_details),

aap_benefits as (select * from marts.aap_benefits),

work_exit_activities as (select * from marts.work_exit_activities),

activities as (select * from marts.activities),

activity_status as (select * from marts.activity_status),

transition_cases as (select * from marts.transition_cases),

transition_starts as (select * from marts.transition_starts),

partner_projects as (select * from marts.partner_projects),

target_attainment as (select * from marts.target_attainment),

time_in_programme as (select * from marts.time_in_programme),

group_sessions as (select * from marts.group_sessions),

staffing as (select * from marts.staffing),

key_figures as (select * from marts.key_figures),

savings as (select * from records.savings),

outcome_groups as (select * from vocabulary.outcome_group),

activity_list as (select * from vocabulary.activity),

figures as (
    select
        printed_figures.*,
        coalesce(string_split(printed_figures.categories, '|'), []) as wanted,
        string_split(printed_figures.base_categories, '|') as wanted_base,
        printed_figures.mart not in (
            'activities', 'activity_status', 'group_sessions', 'partner_projects', 'staffing',
            'transition_cases', 'transition_starts', 'work_exit_activities', 'savings'
        ) as is_always_held,
        -- What somebody typed in, as the report prints it, is not counted from any record.
        coalesce(
            printed_figures.answer_measure in (
                'target_share', 'headcount', 'full_time_equivalents', 'savings_target',
                'savings_reported'
            ),
            false
        ) as is_typed,
        -- The number of dimensions named: a line must match one of the named values of each.
        coalesce(
            len(list_distinct(regexp_extract_all(printed_figures.categories, '([a-z_]+)=', 1))), 0
        ) as dimensions,
        len(list_distinct(regexp_extract_all(printed_figures.base_categories, '([a-z_]+)=', 1)))
            as base_dimensions
    from printed_figures
    inner join years on printed_figures.report = years.year
),

-- The rows of all marts in one table; a column that a mart does not have is empty.
stacked as (
    select 'referral_sources' as mart, * from referral_sources
    union all by name
    select 'referral_offices' as mart, * from referral_offices
    union all by name
    select 'referral_benefits' as mart, * from referral_benefits
    union all by name
    select 'benefit_target' as mart, * from benefit_target
    union all by name
    select 'gender_split' as mart, * from gender_split
    union all by name
    select 'country_of_origin' as mart, * from country_of_origin
    union all by name
    select 'dropout_reasons' as mart, * from dropout_reasons
    union all by name
    select 'exit_outcomes' as mart, * from exit_outcomes
    union all by name
    select 'other_exit_details' as mart, * from other_exit_details
    union all by name
    select 'aap_benefits' as mart, * from aap_benefits
    union all by name
    select 'work_exit_activities' as mart, * from work_exit_activities
    union all by name
    select 'activities' as mart, * from activities
    union all by name
    select 'activity_status' as mart, * from activity_status
    union all by name
    select 'transition_cases' as mart, * from transition_cases
    union all by name
    select 'transition_starts' as mart, * from transition_starts
    union all by name
    select 'partner_projects' as mart, * from partner_projects
    union all by name
    select 'target_attainment' as mart, * from target_attainment
    union all by name
    select 'time_in_programme' as mart, * from time_in_programme where outcome_group <> 'total'
    union all by name
    select 'group_sessions' as mart, * from group_sessions
    union all by name
    select 'staffing' as mart, * from staffing
    union all by name
    select 'key_figures' as mart, * rename (value as figure_value) from key_figures
    union all by name
    select 'savings' as mart, * from savings
),

-- A mart's own dimension comes first among the categories of a line, month and gender last.
lines as (
    select
        year,
        mart,
        measure,
        n,
        list_filter(
            [
                'source=' || source,
                'nav_office=' || nav_office,
                'benefit=' || benefit,
                'population=' || population,
                'country=' || country,
                'reason=' || reason,
                'outcome=' || outcome,
                'detail=' || detail,
                'activity=' || activity,
                'status=' || status,
                'standing=' || standing,
                'project=' || project,
                'breakdown=' || breakdown,
                'value=' || value,
                'target=' || target,
                'outcome_group=' || outcome_group,
                'session_group=' || session_group,
                'role=' || role,
                'figure=' || figure,
                'month=' || month,
                'gender=' || gender
            ],
            lambda category: category is not null
        ) as categories
    from stacked
    unpivot (
        n for measure in (
            n,
            target_share,
            sessions,
            headcount,
            full_time_equivalents,
            figure_value as 'value',
            savings_target,
            savings_reported
        )
    )
),

sums as (
    select
        figures.*,
        sum(lines.n) filter (
            len(list_intersect(lines.categories, figures.wanted)) = figures.dimensions
        ) as n,
        sum(lines.n) filter (
            figures.base_categories = '*'
            or len(list_intersect(lines.categories, figures.wanted_base)) = figures.base_dimensions
        ) as base
    from figures
    left join lines
        on figures.mart = lines.mart
        and figures.answer_measure = lines.measure
        and figures.answer_year = lines.year
    group by all
),

wholes as (
    select distinct
        mart,
        answer_measure,
        answer_year as year,
        base_categories,
        wanted_base,
        base_dimensions
    from figures
    where rounding in ('rank', 'largest_remainder')
),

-- The parts of each whole: in the order of their code list, with percentages rounded together.
parts as (
    select
        wholes.year,
        wholes.mart,
        coalesce(wholes.base_categories, '*') as base_categories,
        lines.categories[1] as part,
        sum(lines.n)::bigint as n
    from wholes
    inner join lines
        on wholes.mart = lines.mart
        and wholes.answer_measure = lines.measure
        and wholes.year = lines.year
        and (
            coalesce(wholes.base_categories, '*') = '*'
            or len(list_intersect(lines.categories, wholes.wanted_base)) = wholes.base_dimensions
        )
    group by all
),

positions as (
    select 'outcome_group=' || code as part, position from outcome_groups
    union all
    select 'status=' || code as part, position from activity_list
),

ordered_parts as (
    select
        parts.*,
        positions.position,
        sum(parts.n) over (
            partition by parts.year, parts.mart, parts.base_categories
        )::bigint as whole
    from parts
    left join positions on parts.part = positions.part
),

rounded_down as (
    select
        *,
        100 * n // nullif(whole, 0) as percent,
        row_number() over (
            partition by year, mart, base_categories
            order by 100 * n % nullif(whole, 0) desc, n desc, position
        ) as turn
    from ordered_parts
),

percentages as (
    select
        * replace (
            percent
            + (
                turn <= 100 - sum(percent) over (partition by year, mart, base_categories)
            )::integer as percent
        )
    from rounded_down
),

-- Categories named together, such as countries printed in one line, may be in any order among
-- themselves. Their place is 1 plus the number of the others larger than the smallest of them.
smallest as (
    select
        figures.report,
        figures.section,
        figures.figure,
        figures.breakdown,
        figures.unit,
        figures.mart,
        figures.answer_year as year,
        figures.wanted,
        percentages.base_categories,
        min(percentages.percent) as percent,
        case when count(*) = any_value(len(figures.wanted)) then min(percentages.n) else 0 end as n
    from figures
    inner join percentages
        on figures.mart = percentages.mart
        and figures.answer_year = percentages.year
        and coalesce(figures.base_categories, '*') = percentages.base_categories
        and list_contains(figures.wanted, percentages.part)
    where figures.rounding in ('rank', 'largest_remainder')
    group by all
),

places as (
    select
        smallest.report,
        smallest.section,
        smallest.figure,
        smallest.breakdown,
        smallest.unit,
        smallest.percent,
        1 + count(parts.part) as place
    from smallest
    left join parts
        on smallest.mart = parts.mart
        and smallest.year = parts.year
        and smallest.base_categories = parts.base_categories
        and parts.n > smallest.n
        and not list_contains(smallest.wanted, parts.part)
    group by all
),

-- A missing line is 0, unless the sheet that it would come from has no rows for the year.
held as (
    select distinct mart, measure, year
    from lines
    -- It has lines of everyone active, also when no activity was delivered.
    where mart <> 'activity_status'
    union
    select unnest(['work_exit_activities', 'activity_status']) as mart, 'n' as measure, year
    from activities
    union
    select 'transition_starts' as mart, 'n' as measure, year
    from transition_cases
),

answers as (
    select
        sums.report as year,
        sums.section,
        sums.figure,
        sums.breakdown,
        sums.published,
        case sums.rounding
            when 'sum' then coalesce(sums.n, 0)
            when 'share' then round(100 * sums.n, 1)
            when 'half_up'
                then (200 * coalesce(sums.n, 0) + sums.base)::bigint
                    // nullif(2 * sums.base, 0)::bigint
            when 'largest_remainder'
                then case when sums.base > 0 then coalesce(places.percent, 0) end
            when 'rank' then places.place
        end::double as derived,
        sums.mart,
        sums.mart is not null and (held.mart is not null or sums.is_always_held) as is_held,
        sums.is_typed,
        sums.unit,
        sums.also_printed,
        sums.note
    from sums
    left join places using (report, section, figure, breakdown, unit)
    left join held
        on sums.mart = held.mart
        and sums.answer_measure = held.measure
        and sums.answer_year = held.year
),

final as (
    select
        year,
        section,
        figure,
        breakdown,
        published,
        case when is_held then derived end as derived,
        unit,
        case
            when not is_held then 'not_answerable'
            when derived = published and is_typed then 'typed'
            when derived = published then 'equal'
            when derived = also_printed then 'source_contradiction'
            else 'different'
        end as status,
        -- A note on the report alone would not explain why there is no answer from the records.
        case
            when is_held then note
            when mart is null then note
            else 'Registeret har ingen opplysninger om dette.'
        end as note
    from answers
)

select * from final
