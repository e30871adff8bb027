-- Every count is a plain sum over referrals, less what the person's earlier stays already cover.
-- So nothing is grouped by person, except the few persons with several referrals.

-- Codes as small integers, persons as row numbers: everything after the joins is fast.
create type gender as enum (select distinct gender from '{data}/participants.parquet');
create type country as enum (select distinct country from '{data}/participants.parquet');
create type kind as enum ('planned', 'dropout', 'no_show');
create type detail as enum (
    select distinct coalesce(outcome, dropout_reason) as detail
    from (select distinct outcome, dropout_reason from '{data}/exits.parquet')
    where detail is not null
);

create temp table cases as
with

participants as (
    select
        participant_id,
        file_row_number::integer as person,
        gender::gender as gender,
        country::country as country,
        birth_year::smallint as birth_year
    from read_parquet('{data}/participants.parquet', file_row_number = true)
),

referrals as (
    select
        referral_id,
        participant_id,
        referred_on,
        case when started_on <= as_of then started_on end as started_on,
        as_of
    from '{data}/referrals.parquet'
    cross join '{data}/build_day.parquet'
),

-- A planned exit has an outcome, a dropout a reason, a no-show neither.
exits as (
    select
        referral_id,
        exited_on,
        kind::kind as kind,
        coalesce(outcome, dropout_reason)::detail as detail
    from '{data}/exits.parquet'
)

select
    participants.person,
    participants.gender,
    participants.country,
    participants.birth_year,
    referrals.referred_on,
    referrals.started_on,
    exits.exited_on,
    exits.kind,
    exits.detail,
    -- A referral without a start takes part on the day of its no-show, if there is one.
    year(coalesce(referrals.started_on, exits.exited_on))::smallint as first_year,
    year(coalesce(exits.exited_on, referrals.as_of))::smallint as last_year
from referrals
left join exits on referrals.referral_id = exits.referral_id
inner join participants on referrals.participant_id = participants.participant_id;

create temp table referral_counts as
select year(referred_on) as year, gender, count(*) as n
from cases
group by all;

create temp table start_counts as
select year(started_on) as year, month(started_on) as month, gender, count(*) as n
from cases
where started_on is not null
group by all;

create temp table exit_counts as
select year(exited_on) as year, month(exited_on) as month, gender, kind, detail, count(*) as n
from cases
where kind is not null
group by all;

-- Row numbers are dense, so they can be counted in an array instead of a hash table.
set perfect_ht_threshold = 24;

create temp table of_several as
select *
from cases
where
    first_year is not null
    and person in (
        select person
        from cases
        where first_year is not null
        group by person
        having count(*) > 1
    );

reset perfect_ht_threshold;

-- The part of a stay that the person's earlier stays cover: days of activity, and years.
create temp table repeats as
with

covered as (
    select
        gender,
        country,
        birth_year,
        started_on,
        coalesce(exited_on, 'infinity') as ended_on,
        first_year,
        last_year,
        max(case when started_on is not null then coalesce(exited_on, 'infinity') end)
            over earlier as covered_until,
        max(last_year) over earlier as covered_year
    from of_several
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
    case when covered_until > started_on then least(ended_on, covered_until) end as active_until,
    first_year,
    least(last_year, covered_year) as last_year
from covered
where covered_year >= first_year;

create temp table years as
select unnest(range((select min(year) from referral_counts), year(as_of) + 1)) as year
from '{data}/build_day.parquet';

-- Grouped before they are laid out by year: most stays last for several years.
create temp table by_country as
with

spans as (
    select first_year, last_year, gender, country, count(*) as n
    from cases
    group by all
    union all
    select first_year, last_year, gender, country, -count(*) as n
    from repeats
    group by all
)

select years.year, spans.gender, spans.country, sum(spans.n)::bigint as n
from spans
inner join years on years.year between spans.first_year and spans.last_year
group by all
having sum(spans.n) > 0;

create temp table by_birth_year as
with

spans as (
    select first_year, last_year, gender, birth_year, count(*) as n
    from cases
    group by all
    union all
    select first_year, last_year, gender, birth_year, -count(*) as n
    from repeats
    group by all
)

select
    years.year,
    spans.gender,
    (years.year - spans.birth_year)::smallint as age,
    sum(spans.n)::bigint as n
from spans
inner join years on years.year between spans.first_year and spans.last_year
group by all
having sum(spans.n) > 0;

create temp table active as
with

changes as (
    select year, month, gender, n as change
    from start_counts
    union all
    select year, month, gender, -n as change
    from exit_counts
    where kind <> 'no_show'
    union all
    select year(active_from), month(active_from), gender, -count(*) as change
    from repeats
    where active_from is not null
    group by all
    union all
    select year(active_until), month(active_until), gender, count(*) as change
    from repeats
    where isfinite(active_until)
    group by all
),

months as (
    select years.year, months.month
    from years
    cross join range(1, 13) as months (month)
    cross join '{data}/build_day.parquet'
    where make_date(years.year, months.month, 1) <= as_of
),

monthly as (
    select months.year, months.month, genders.gender, coalesce(sum(changes.change), 0) as change
    from months
    cross join (select distinct gender from referral_counts) as genders
    left join changes
        on months.year = changes.year
        and months.month = changes.month
        and genders.gender = changes.gender
    group by all
)

select
    year,
    month,
    gender,
    sum(change) over (partition by gender order by year, month)::bigint as n
from monthly;

create temp table gender_split as
with

lines as (
    select year, 'referred' as population, gender, n from referral_counts
    union all
    select year, 'started', gender, n from start_counts
    union all
    select
        year,
        case kind
            when 'planned' then 'planned_exits'
            when 'dropout' then 'dropouts'
            else 'no_shows'
        end,
        gender,
        n
    from exit_counts
    union all
    select year, 'participants', gender, n from by_country
    union all
    select year, 'active_at_year_end', gender, n
    from active
    qualify month = max(month) over (partition by year)
)

select year, population, gender, sum(n)::bigint as n
from lines
group by all
having sum(n) > 0;

copy gender_split to '{answers}/gender_split.parquet';

copy (
    select year, country, gender, n
    from by_country
) to '{answers}/country_of_origin.parquet';

copy (
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
        sum(n)::bigint as n
    from by_birth_year
    group by all
) to '{answers}/age_bands.parquet';

copy (
    select year, detail as outcome, gender, sum(n)::bigint as n
    from exit_counts
    where kind = 'planned'
    group by all
) to '{answers}/exit_outcomes.parquet';

copy (
    select year, detail as reason, gender, sum(n)::bigint as n
    from exit_counts
    where kind = 'dropout'
    group by all
) to '{answers}/dropout_reasons.parquet';

copy (
    with

    counts as (
        select year, month, 'active' as line, n from active
        union all
        select year, month, 'started', n from start_counts
        union all
        select year, month, kind::varchar, n from exit_counts
    )

    select
        year,
        month,
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
        select year, sum(n) as n
        from exit_counts
        where detail::varchar in ('A', 'AD') and kind = 'planned'
        group by all
    ),

    ages as (
        select year, min(age) as age_min, max(age) as age_max
        from by_birth_year
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
