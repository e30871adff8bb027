select unnest(generate_series(
    (select min(year(referred_on)) from {{ ref('stg_referrals') }}),
    (select year(as_of) from {{ ref('stg_build_day') }})
))::integer as year
