-- Every count is a plain sum over referrals, less what the person's earlier stays already cover.
-- So nothing is grouped by person, except the few persons with several referrals.

create temp table cases as
with

-- A referral has started exactly if it is not a no-show; no exit is later than the build.
exits as (
    select referral_id, exited_on, kind, coalesce(outcome, dropout_reason) as detail
    from read_parquet('{data}/exits.parquet')
)

select
    participants.file_row_number as person,
    participants.gender,
    participants.country,
    participants.birth_year::smallint as birth_year,
    year(referrals.referred_on)::smallint as referred_year,
    case when referrals.started_on <= build_day.as_of then referrals.started_on end as started_on,
    exits.exited_on,
    exits.kind,
    exits.detail
from read_parquet('{data}/referrals.parquet') as referrals
cross join read_parquet('{data}/build_day.parquet') as build_day
left join exits on referrals.referral_id = exits.referral_id
inner join read_parquet('{data}/participants.parquet', file_row_number = true) as participants
    on referrals.participant_id = participants.participant_id;

create temp table referral_counts as
select referred_year as year, gender, count(*) as n
from cases
group by all;

create temp table start_counts as
select date_trunc('month', started_on) as month, gender, count(*) as n
from cases
where started_on is not null
group by all;

create temp table exit_counts as
select date_trunc('month', exited_on) as month, gender, kind, detail, count(*) as n
from cases
where exited_on is not null
group by all;

create temp table of_several as
select *
from cases
where person in (select person from cases group by person having count(*) > 1);

-- The part of a stay that the person's earlier stays cover: days of activity, and years.
create temp table repeats as
with

covered as (
    select
        *,
        coalesce(started_on, exited_on) as first_day,
        max(case when started_on is not null then coalesce(exited_on, 'infinity') end)
            over earlier as covered_until,
        max(year(coalesce(exited_on, as_of))) over earlier as covered_year
    from of_several
    cross join read_parquet('{data}/build_day.parquet')
    where first_day is not null
    window earlier as (
        partition by person
        order by coalesce(started_on, exited_on)
        rows between unbounded preceding and 1 preceding
    )
)

select
    gender,
    country,
    birth_year,
    case when covered_until > started_on then started_on end as active_from,
    case
        when covered_until > started_on
            then nullif(least(coalesce(exited_on, 'infinity'), covered_until), 'infinity')
    end as active_until,
    year(first_day) as first_year,
    least(covered_year, year(coalesce(exited_on, as_of))) as last_year
from covered
where covered_year >= year(first_day);

create temp table years as
select unnest(range((select min(year) from referral_counts), year(as_of) + 1)) as year
from read_parquet('{data}/build_day.parquet');

-- Grouped before they are laid out by year: most referrals last for several years.
create temp table participants as
with

spans as (
    select
        year(coalesce(started_on, exited_on))::smallint as first_year,
        year(exited_on)::smallint as last_year,
        gender,
        country,
        birth_year,
        count(*) as n
    from cases
    where coalesce(started_on, exited_on) is not null
    group by all
    union all
    select first_year, last_year, gender, country, birth_year, -count(*) as n
    from repeats
    group by all
)

select years.year, spans.gender, spans.country, spans.birth_year, sum(spans.n)::bigint as n
from spans
inner join years on years.year between spans.first_year and coalesce(spans.last_year, 9999)
group by all
having sum(spans.n) > 0;

create temp table active as
with

changes as (
    select month, gender, n as change
    from start_counts
    union all
    select month, gender, -n as change
    from exit_counts
    where kind <> 'no_show'
    union all
    select date_trunc('month', active_from) as month, gender, -count(*) as change
    from repeats
    where active_from is not null
    group by all
    union all
    select date_trunc('month', active_until) as month, gender, count(*) as change
    from repeats
    where active_until is not null
    group by all
),

months as (
    select
        unnest(generate_series(
            make_date((select min(year) from years), 1, 1), as_of, interval 1 month
        ))::date as month
    from read_parquet('{data}/build_day.parquet')
),

grid as (
    select months.month, genders.gender
    from months
    cross join (select distinct gender from referral_counts) as genders
),

monthly as (
    select grid.month, grid.gender, coalesce(sum(changes.change), 0) as change
    from grid
    left join changes on grid.month = changes.month and grid.gender = changes.gender
    group by all
)

select month, gender, sum(change) over (partition by gender order by month)::bigint as n
from monthly;

create temp table gender_split as
with

lines as (
    select year, 'referred' as population, gender, n from referral_counts
    union all
    select year(month), 'started', gender, n from start_counts
    union all
    select
        year(month),
        case kind when 'planned' then 'planned_exits' when 'dropout' then 'dropouts' else 'no_shows' end,
        gender,
        n
    from exit_counts
    union all
    select year, 'participants', gender, n from participants
    union all
    select year(month), 'active_at_year_end', gender, n
    from active
    where month in (select max(month) from active group by year(month))
)

select year, population, gender, sum(n)::bigint as n
from lines
group by all
having sum(n) > 0;

copy gender_split to '{answers}/gender_split.parquet';

copy (
    select year, country, gender, sum(n)::bigint as n
    from participants
    group by all
) to '{answers}/country_of_origin.parquet';

copy (
    select
        year,
        case
            when year - birth_year < 25 then 'under_25'
            when year - birth_year < 35 then '25_34'
            when year - birth_year < 45 then '35_44'
            when year - birth_year < 55 then '45_54'
            else '55_plus'
        end as band,
        gender,
        sum(n)::bigint as n
    from participants
    group by all
) to '{answers}/age_bands.parquet';

copy (
    select year(month) as year, detail as outcome, gender, sum(n)::bigint as n
    from exit_counts
    where kind = 'planned'
    group by all
) to '{answers}/exit_outcomes.parquet';

copy (
    select year(month) as year, detail as reason, gender, sum(n)::bigint as n
    from exit_counts
    where kind = 'dropout'
    group by all
) to '{answers}/dropout_reasons.parquet';

copy (
    with

    counts as (
        select month, 'active' as line, n from active
        union all
        select month, 'started' as line, n from start_counts
        union all
        select month, kind as line, n from exit_counts
    )

    select
        year(month) as year,
        month(month) as month,
        coalesce(sum(n) filter (line = 'active'), 0)::bigint as active,
        coalesce(sum(n) filter (line = 'started'), 0)::bigint as started,
        coalesce(sum(n) filter (line = 'planned'), 0)::bigint as planned_exits,
        coalesce(sum(n) filter (line = 'dropout'), 0)::bigint as dropouts,
        coalesce(sum(n) filter (line = 'no_show'), 0)::bigint as no_shows
    from counts
    group by all
) to '{answers}/caseload.parquet';

copy (
    with

    split as (
        select
            years.year,
            coalesce(sum(n) filter (population = 'referred'), 0) as referrals,
            coalesce(sum(n) filter (population = 'started'), 0) as started,
            coalesce(sum(n) filter (population = 'participants'), 0) as participants,
            coalesce(sum(n) filter (population = 'dropouts'), 0) as dropouts,
            coalesce(sum(n) filter (population = 'no_shows'), 0) as no_shows,
            coalesce(sum(n) filter (population = 'planned_exits'), 0) as planned_exits,
            coalesce(sum(n) filter (population = 'active_at_year_end'), 0) as active_at_year_end
        from years
        left join gender_split on years.year = gender_split.year
        group by all
    ),

    -- A person is lost once in a year, however many referrals of the person were.
    lost_again as (
        select year(exited_on) as year, count(*) - count(distinct person) as n
        from of_several
        where kind in ('dropout', 'no_show')
        group by all
    ),

    work as (
        select year(month) as year, sum(n) as n
        from exit_counts
        where detail in ('A', 'AD') and kind = 'planned'
        group by all
    ),

    ages as (
        select year, min(year - birth_year) as age_min, max(year - birth_year) as age_max
        from participants
        group by all
    ),

    medians as (
        select year(exited_on) as year, quantile_cont(exited_on - started_on, 0.5) as days
        from cases
        where kind = 'planned'
        group by all
    ),

    counts as (
        select
            split.*,
            coalesce(work.n, 0) as work_exits,
            coalesce(lost_again.n, 0) as lost_again,
            ages.age_min,
            ages.age_max,
            medians.days
        from split
        left join lost_again on split.year = lost_again.year
        left join work on split.year = work.year
        left join ages on split.year = ages.year
        left join medians on split.year = medians.year
    ),

    wide as (
        select
            year,
            referrals::double as referrals,
            started::double as started,
            participants::double as participants,
            (participants - dropouts - no_shows + lost_again)::double
                as participants_without_dropouts,
            dropouts::double as dropouts,
            no_shows::double as no_shows,
            planned_exits::double as planned_exits,
            planned_exits / nullif(planned_exits + dropouts + no_shows, 0)
                as planned_share_of_exits,
            work_exits::double as work_exits,
            work_exits / nullif(planned_exits, 0) as work_exit_share,
            active_at_year_end::double as active_at_year_end,
            age_min::double as age_min,
            age_max::double as age_max,
            days::double as median_days_in_programme
        from counts
    )

    select year, figure, value
    from wide
    unpivot include nulls (value for figure in (columns(* exclude (year))))
) to '{answers}/key_figures.parquet';
