-- grain: year of the start, months since start
-- The product-limit estimate of E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete
-- observations, Journal of the American Statistical Association 53 (1958), p. 457-481: the product,
-- over the days with exits, of 1 - exits / at risk. A person still in the programme on the day of
-- the build is at risk up to that day. A month is 365.25 / 12 days.
-- Its interval is by the variance of M. Greenwood (1926), on the scale log(-log), on which it stays
-- between 0 and 1 and holds for small numbers: Ø. Borgan and K. Liestøl, A note on confidence
-- intervals and bands for the survival function based on transformations, Scandinavian Journal of
-- Statistics 17 (1990), p. 35-41.
with

referral_cases as (select * from intermediate.referral_cases),

build_day as (select * from records.build_day),

days as (
    select
        year(referral_cases.started_on)::integer as year,
        coalesce(referral_cases.exited_on, build_day.as_of) - referral_cases.started_on as days,
        count(*) as stays,
        count(referral_cases.exited_on) as gone
    from referral_cases
    cross join build_day
    where list_contains($years, year(referral_cases.started_on))
    group by all
),

days_at_risk as (
    select
        year,
        days,
        gone,
        sum(stays) over (partition by year order by days desc) as at_risk
    from days
),

steps as (
    select
        year,
        days,
        product(1 - gone / at_risk) over (partition by year order by days) as remaining_share,
        -- Infinite from the day on which the last one left.
        sum(gone / (at_risk::double * (at_risk - gone))) over (partition by year order by days)
            as relative_variance
    from days_at_risk
),

limits as (
    select
        year,
        days,
        remaining_share,
        -- The quantile of the normal distribution for 95 percent, on the scale log(-log).
        exp(1.959963984540054 * sqrt(relative_variance) / abs(ln(remaining_share))) as factor
    from steps
    where remaining_share > 1e-9 and remaining_share < 1
),

months as (
    select
        year,
        unnest(generate_series(0, floor(max(days) / 30.4375)::bigint))::integer
            as months_since_start
    from days
    group by year
),

final as (
    select
        months.year,
        months.months_since_start,
        days_at_risk.at_risk::bigint as at_risk,
        -- Rounding errors may bring the product slightly below 0.
        greatest(coalesce(steps.remaining_share, 1), 0) as remaining_share,
        pow(limits.remaining_share, limits.factor) as remaining_low,
        pow(limits.remaining_share, 1 / limits.factor) as remaining_high
    from months
    asof join days_at_risk
        on months.year = days_at_risk.year
        and months.months_since_start * 30.4375 <= days_at_risk.days
    asof left join steps
        on months.year = steps.year
        and months.months_since_start * 30.4375 >= steps.days
    left join limits on steps.year = limits.year and steps.days = limits.days
)

select * from final
