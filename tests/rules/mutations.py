"""What breaks each rule, and each kind of structure, and nothing else of the same layer.

SQL on the warehouse of warehouse.py. A rule without an entry here fails the tests.
"""

from __future__ import annotations

from expectations.sums import sums

RULES = {
    **{rule.id: f"update {rule.table} set n = n + 1 where rowid = 0" for rule in sums()},
    # Below are the sums that such a row would not break alone.
    # participants
    "birth_year_possible": (
        "update records.participants set birth_year = 1900 where participant_id = 'p2'"
    ),
    "age_plausible_at_referral": (
        "update records.participants set birth_year = 1950 where participant_id = 'p2'"
    ),
    "participant_has_referral": (
        "insert into records.participants select * replace ('p99' as participant_id) "
        "from records.participants where participant_id = 'p1'"
    ),
    "one_person_under_two_ids": (
        "update records.participants set participant_id = 'P-01' where participant_id = 'p24';"
        "update records.referrals set participant_id = 'P-01' where participant_id = 'p24';"
    ),
    # decisions
    # referrals
    "referral_not_after_build_day": (
        "update records.referrals set referred_on = '2021-12-01', started_on = '2021-12-05' "
        "where referral_id = 'r24'"
    ),
    "start_not_before_referral": (
        "update records.referrals set started_on = referred_on - 1 where referral_id = 'r21'"
    ),
    "start_soon_after_referral": (
        "update records.referrals set started_on = referred_on + 200 where referral_id = 'r21'"
    ),
    "referral_followed_by_start_or_exit": (
        "update records.referrals set referred_on = '2020-01-01', started_on = null "
        "where referral_id = 'r21'"
    ),
    "one_referral_at_a_time": (
        "insert into records.referrals "
        "select * replace ('r99' as referral_id, referred_on + 1 as referred_on) "
        "from records.referrals where referral_id = 'r21'"
    ),
    "two_referrals_on_a_day": (
        "insert into records.referrals select * replace ('r99' as referral_id, null as started_on) "
        "from records.referrals where referral_id = 'r24'"
    ),
    "start_within_a_year": (
        "update records.referrals set started_on = '2022-09-16' where referral_id = 'r24'"
    ),
    "over_sixty_with_kvp": (
        "update records.participants set birth_year = 1958 where participant_id = 'p1'"
    ),
    "stay_within_two_years": (
        "update records.exits set exited_on = '2021-05-25' where referral_id = 'r4'"
    ),
    # exits
    "exit_not_after_build_day": (
        "insert into records.exits "
        "select * replace ('r21' as referral_id, date '2021-12-01' as exited_on) "
        "from records.exits where referral_id = 'r20'"
    ),
    "exit_not_before_start": (
        "update records.exits set exited_on = exited_on - 87 where referral_id = 'r20'"
    ),
    "no_show_not_before_referral": (
        "update records.exits set exited_on = '2019-01-01' where referral_id = 'r6'"
    ),
    "exit_follows_start": (
        "update records.referrals set started_on = null where referral_id = 'r20'"
    ),
    "no_show_never_started": (
        "update records.referrals set started_on = referred_on + 14 where referral_id = 'r6'"
    ),
    "outcome_of_planned_exits_only": (
        "update records.exits set outcome = null where referral_id = 'r20'"
    ),
    "reason_of_dropouts_only": (
        "update records.exits set dropout_reason = 'health' where referral_id = 'r20'"
    ),
    "detail_of_other_outcome_only": (
        "update records.exits set other_detail = 'institution' where referral_id = 'r20'"
    ),
    "position_of_work_only": (
        "update records.exits set position_pct = 50 where referral_id = 'r20'"
    ),
    "work_exit_has_industry": ("update records.exits set industry = null where referral_id = 'r7'"),
    "work_exit_followed_up": (
        "update records.exits set employed_after_6m = null where referral_id = 'r7'"
    ),
    "full_time_is_most_of_a_position": (
        "update records.exits set position_pct = 50 where referral_id = 'r7'"
    ),
    "part_time_is_part_of_a_position": (
        "update records.exits set position_pct = 100 where referral_id = 'r8'"
    ),
    "position_in_percent": "update records.exits set position_pct = 0.5 where referral_id = 'r7'",
    "fields_of_work_exits_only": (
        "update records.exits set industry = 'retail' where referral_id = 'r20'"
    ),
    "benefit_at_exit_of_those_who_came": (
        "update records.exits set benefit_at_exit = 'kvp' where referral_id = 'r6'"
    ),
    "answer_when_due": (
        "update records.exits set exited_on = '2021-03-16' where referral_id = 'r8'"
    ),
    # the optional sheets, the load
    "activity_not_ended_before_start": (
        "update records.activities set ended_on = started_on - 1 where referral_id = 'r1'"
    ),
    "activity_while_in_programme": (
        "update records.activities set started_on = started_on - 30 where referral_id = 'r1'"
    ),
    "activity_ended_by_exit": (
        "update records.activities set ended_on = '2019-05-21' where referral_id = 'r1'"
    ),
    "activity_within_a_year": (
        "insert into records.activities select * replace "
        "('r21' as referral_id, date '2020-11-01' as started_on, date '2022-09-16' as ended_on) "
        "from records.activities where referral_id = 'r1'"
    ),
    "case_since_first_referral": (
        "update records.transition_cases set opened_on = '2018-12-31' where case_id = 'c2'"
    ),
    "candidate_since_first_referral": (
        "update records.partner_projects set started_on = '2018-12-31' where candidate_id = 'k2'"
    ),
    "session_since_first_referral": (
        "update records.group_sessions set held_on = '2018-12-31' where registered = 12"
    ),
    "survey_since_first_referral": (
        "update records.survey_waves set sent_on = '2018-12-31' where wave = 'Vår 2020'"
    ),
    "staff_since_first_referral": "update records.staffing set year = 2018 where role = 'hr'",
    "savings_since_first_referral": "update records.savings set year = 2018 where year = 2022",
    "case_not_after_build_day": (
        "update records.transition_cases set opened_on = '2021-12-01' where case_id = 'c2'"
    ),
    "answer_names_a_row": "update records.decisions set key = 'p99'",
    "case_to_nora_has_referral": (
        "update records.transition_cases set referral_id = null where case_id = 'c1'"
    ),
    "candidate_started_by_build_day": (
        "update records.partner_projects set started_on = '2021-12-01' where candidate_id = 'k2'"
    ),
    "session_not_after_build_day": (
        "update records.group_sessions set held_on = '2021-12-01' where registered = 12"
    ),
    "attendance_like_registration": (
        "update records.group_sessions set attended = 25 where registered = 12"
    ),
    "survey_not_after_build_day": (
        "update records.survey_waves set sent_on = '2021-12-01' where wave = 'Vår 2021'"
    ),
    "answered_within_invited": (
        "update records.survey_waves set answered = invited + 1 where wave = 'Vår 2020'"
    ),
    "staff_has_full_time_equivalents": (
        "update records.staffing set full_time_equivalents = null where year = 2022"
    ),
    "students_without_full_time_equivalents": (
        "update records.staffing set full_time_equivalents = 1 where role = 'student_spring'"
    ),
    "full_time_equivalents_within_headcount": (
        "update records.staffing set full_time_equivalents = 100 where role = 'hr'"
    ),
    "savings_in_whole_nok": "update records.savings set savings_target = 5000 where year = 2022",
    "savings_not_reported_ahead": (
        "update records.savings set savings_reported = 4000000 where year = 2022"
    ),
    "rows_come_from_known_delivery": (
        "update records.participants set delivery = 'other.xlsx' where participant_id = 'p1'"
    ),
    "one_build_day": "delete from records.build_day",
    # within one mart, and against the records
    "caseload_months_complete": "delete from marts.caseload where year = 2019 and month = 1",
    "caseload_stock_adds_up": (
        "update records.exits set exited_on = '2021-01-02' where referral_id = 'r20'"
    ),
    "transition_cases_all_counted": "update marts.transition_cases set n = n + 1 where rowid = 0",
    "partner_project_breakdowns_agree": (
        "update marts.partner_projects set n = n + 1 where year = 2020 and breakdown = 'gender'"
    ),
    "activities_within_participants": "update marts.activities set n = 1000 where rowid = 0",
    "target_share_is_n_of_base": (
        "update marts.target_attainment set actual_share = 0.123 "
        "where year = 2020 and target = 'work'"
    ),
    "quartiles_in_order": (
        "update marts.time_in_programme set p25_days = median_days + 1 "
        "where year = 2020 and outcome_group = 'work'"
    ),
    "due_within_work_exits": (
        "update marts.job_retention set due = work_exits + 1 where year = 2020"
    ),
    "followed_up_within_due": (
        "update marts.job_retention set followed_up = due + 1 where year = 2020"
    ),
    "still_employed_within_followed_up": (
        "update marts.job_retention set still_employed = followed_up + 1 where year = 2020"
    ),
    "planned_share_recomputed": (
        "update marts.key_figures set value = 0.123 "
        "where year = 2020 and figure = 'planned_share_of_exits'"
    ),
    "work_exit_share_recomputed": (
        "update marts.key_figures set value = 0.123 "
        "where year = 2020 and figure = 'work_exit_share'"
    ),
    "participants_without_dropouts_within_participants": (
        "update marts.key_figures set value = 999 "
        "where year = 2020 and figure = 'participants_without_dropouts'"
    ),
    "active_within_participants": (
        "update marts.key_figures set value = 999 "
        "where year = 2020 and figure = 'active_at_year_end';"
        "update marts.caseload set active = 999 where year = 2020 and month = 12;"
        "update marts.quarterly_flow set active = 999 where year = 2020 and quarter = 4;"
        "delete from marts.monthly_form where year = 2020 and month = 12 and value = 'active';"
        "insert into marts.monthly_form select 2020, 12, code, 'counts', 'active', 'female', 999 "
        "from vocabulary.form_period;"
        "update marts.counsellor_caseload set active_at_year_end = 999, "
        "active_per_counsellor = 999 / counsellor_fte where year = 2020;"
        "delete from marts.gender_split where year = 2020 and population = 'active_at_year_end';"
        "insert into marts.gender_split values (2020, 'active_at_year_end', 'female', 999)"
    ),
    "youngest_not_older_than_oldest": (
        "update marts.key_figures set value = 99 where year = 2020 and figure = 'age_min'"
    ),
    "referrals_like_last_year": "insert into marts.key_figures values (2018, 'referrals', 1)",
    "benefit_share_is_n_of_base": (
        "update marts.benefit_target set actual_share = 0.123 where year = 2020 and benefit = 'kvp'"
    ),
    "quarterly_flow_quarters_complete": (
        "insert into marts.quarterly_flow values (2021, 4, 0, 0, 0, 0, 0, 0)"
    ),
    "monthly_form_months_complete": (
        "insert into marts.monthly_form values "
        "(2021, 10, 'month', 'counts', 'referred', 'female', 0)"
    ),
    "monthly_form_months_add_up": (
        "update marts.monthly_form set n = n + 1 "
        "where year = 2020 and month = 6 and period = 'year_to_date' and value = 'started'"
    ),
    "still_in_programme_months_complete": (
        "delete from marts.still_in_programme where year = 2020 and months_since_start = 5"
    ),
    "remaining_share_never_rises": (
        "update marts.still_in_programme "
        "set remaining_share = 0.9, remaining_low = null, remaining_high = null "
        "where year = 2020 and months_since_start = 8"
    ),
    "remaining_share_within_its_limits": (
        "update marts.still_in_programme set remaining_low = remaining_high "
        "where year = 2020 and months_since_start = 8"
    ),
    "at_risk_never_rises": (
        "update marts.still_in_programme set at_risk = at_risk + 5 "
        "where year = 2020 and months_since_start = 8"
    ),
    "group_sessions_all_counted": (
        "update marts.group_sessions set attended = attended + 1 "
        "where year = 2020 and session_group = 'working_life'"
    ),
    "survey_waves_all_counted": (
        "update marts.survey_response set answered = 20, response_share = 0.5 where year = 2020"
    ),
    "response_share_is_answered_of_invited": (
        "update marts.survey_response set response_share = 0.123 where year = 2020"
    ),
    "staffing_agrees_with_records": (
        "update marts.staffing set headcount = headcount + 1 where year = 2021"
    ),
    "caseload_per_counsellor_recomputed": (
        "update marts.counsellor_caseload set active_per_counsellor = 1 where year = 2021"
    ),
    "savings_agree_with_records": (
        "update marts.savings set savings_reported = null where year = 2020"
    ),
    "printed_figures_all_compared": (
        "delete from marts.printed_comparison where year = 2021 and figure = 'age_min'"
    ),
    "comparison_status_agrees_with_numbers": (
        "update marts.printed_comparison set derived = published + 1 "
        "where year = 2021 and figure = 'age_min'"
    ),
    "typed_in_is_not_called_counted": (
        "update marts.printed_comparison set status = 'equal' "
        "where year = 2021 and figure = 'target_work'"
    ),
    "contradictions_and_gaps_have_a_note": (
        "update marts.printed_comparison set note = null "
        "where year = 2019 and figure = 'applicants'"
    ),
    "printed_figures_agree": (
        "update marts.printed_comparison set derived = published + 1, status = 'different' "
        "where year = 2021 and figure = 'age_min'"
    ),
    # balances
    "gender_split_agrees_with_key_figures": (
        "update marts.key_figures set value = value + 1 where year = 2020 and figure = 'referrals'"
    ),
    "key_figure_work_exits_agrees_with_outcomes": (
        "update marts.key_figures set value = value + 1 "
        "where year = 2020 and figure = 'work_exits';"
        "update marts.key_figures as shares set value = work.value / planned.value "
        "from marts.key_figures as work, marts.key_figures as planned "
        "where shares.year = 2020 and shares.figure = 'work_exit_share' "
        "and work.year = 2020 and work.figure = 'work_exits' "
        "and planned.year = 2020 and planned.figure = 'planned_exits'"
    ),
    "referral_benefits_add_up": (
        "update marts.referral_benefits set gender = 'unknown' where rowid = 0"
    ),
    "dropout_reasons_add_up": "delete from marts.dropout_reasons where rowid = 0",
    "participant_background_add_up": (
        "update marts.participant_background set gender = 'unknown' "
        "where year = 2020 and value = 'primary' and gender = 'female'"
    ),
    "took_part_breakdowns_agree": (
        "delete from marts.took_part where year = 2020 and breakdown = 'education'"
    ),
    "took_part_are_participants": (
        "delete from marts.took_part where year = 2020;"
        "update marts.key_figures set value = 0 where year = 2020 and figure = 'took_part'"
    ),
    # The form's row 13 says the same, and knows no more of gender than each outcome's.
    "exit_outcomes_add_up": (
        "update marts.exit_outcomes set gender = 'unknown' where outcome = 'SU';"
        "update marts.monthly_form set gender = 'unknown' where value = 'SU'"
    ),
    "work_exits_add_up": (
        "update marts.work_exits set breakdown = 'industry' "
        "where year = 2020 and breakdown = 'wage_subsidy'"
    ),
    "work_exit_activities_within_work_outcomes": (
        "update marts.work_exit_activities set n = n + 3 where year = 2019"
    ),
    "benefit_target_base_is_referred": (
        "update marts.benefit_target set base = base + 1, actual_share = n / (base + 1) "
        "where year = 2020 and benefit = 'kvp'"
    ),
    "benefit_target_counts_agree_with_benefits": (
        "update marts.benefit_target set n = n - 1, actual_share = (n - 1) / base "
        "where year = 2020 and benefit = 'kvp'"
    ),
    "still_in_programme_begins_with_started": (
        "update marts.still_in_programme set at_risk = at_risk + 1 "
        "where year = 2020 and months_since_start = 0"
    ),
    "took_part_agrees_with_key_figures": (
        "update marts.key_figures set value = value + 1 where year = 2020 and figure = 'took_part'"
    ),
    "counsellor_caseload_agrees_with_key_figures": (
        "update marts.counsellor_caseload set participants = participants + 1 where year = 2021"
    ),
    "counsellor_fte_agrees_with_staffing": (
        "update marts.counsellor_caseload set counsellor_fte = 5, "
        "participants_per_counsellor = participants / 5, "
        "active_per_counsellor = active_at_year_end / 5 where year = 2020"
    ),
    "quarterly_flow_sums_to_the_year": (
        "update marts.quarterly_flow set referred = referred + 1 where year = 2020 and quarter = 2"
    ),
    "quarterly_flow_active_agrees_with_caseload": (
        "update marts.quarterly_flow set active = active + 1 where year = 2020 and quarter = 2"
    ),
    "monthly_form_ends_with_the_year": (
        "update marts.monthly_form set gender = 'unknown' "
        "where year = 2020 and value = 'started' and gender = 'female'"
    ),
    "activity_status_counts_everyone_active_once": (
        "update marts.activity_status set n = n + 1 where rowid = 0"
    ),
    "monthly_form_outcomes_agree_with_outcomes": (
        "update marts.monthly_form set value = 'UK' where year = 2020 and value = 'SU'"
    ),
    # An outcome of which there is one in the year is moved to another month.
    "monthly_form_outcomes_sum_to_planned_exits": (
        "update marts.monthly_form set month = 1 "
        "where year = 2020 and value = 'AP' and period = 'month';"
        "insert into marts.monthly_form "
        "select year, unnest(range(1, min(month))), period, breakdown, value, gender, 1 "
        "from marts.monthly_form where year = 2020 and value = 'AP' and period = 'year_to_date' "
        "group by year, period, breakdown, value, gender"
    ),
    "monthly_form_active_agrees_with_caseload": (
        "update marts.monthly_form set n = n + 1 "
        "where year = 2020 and month = 6 and period = 'month' and value = 'active'"
    ),
    "other_exit_details_add_up": "delete from marts.other_exit_details where rowid = 0",
    "caseload_sums_to_the_year": (
        "update marts.caseload set no_shows = no_shows + 1 where year = 2020 and month = 3"
    ),
    "caseload_ends_with_active_at_year_end": (
        "update marts.caseload set active = active + 1 where year = 2020 and month = 12;"
        "update marts.quarterly_flow set active = active + 1 where year = 2020 and quarter = 4;"
        "update marts.monthly_form set n = n + 1 where rowid = (select min(rowid) "
        "from marts.monthly_form where year = 2020 and month = 12 and period = 'month' "
        "and value = 'active')"
    ),
    "target_base_is_planned_exits": (
        "update marts.target_attainment set base = base + 1, actual_share = n / (base + 1) "
        "where year = 2020 and target = 'work'"
    ),
    "target_counts_agree_with_outcomes": (
        "update marts.target_attainment set n = n + 1, actual_share = (n + 1) / base "
        "where year = 2020 and target = 'work'"
    ),
    "time_total_is_planned_exits": (
        "update marts.time_in_programme set n = n + 1 where year = 2020 and outcome_group = 'total'"
    ),
    "time_groups_agree_with_outcomes": (
        "update marts.time_in_programme set n = n + 1 where year = 2020 and outcome_group = 'work'"
    ),
    "time_median_agrees_with_key_figures": (
        "update marts.time_in_programme "
        "set median_days = median_days + 1, p75_days = p75_days + 1 "
        "where year = 2020 and outcome_group = 'total'"
    ),
    "retention_work_exits_agree_with_outcomes": (
        "update marts.job_retention set work_exits = work_exits + 1 where year = 2020"
    ),
}
"""What breaks each domain rule, by its id."""

STRUCTURE = [
    ("records.exits", "columns", "alter table records.exits add column surplus integer"),
    ("marts.caseload", "columns", "alter table marts.caseload add column surplus integer"),
    (
        "records.participants",
        "unique:participant_id",
        "insert into records.participants from records.participants where participant_id = 'p1'",
    ),
    (
        "marts.country_of_origin",
        "unique:year,country,gender",
        "insert into marts.country_of_origin select * replace (0 as n) "
        "from marts.country_of_origin where rowid = 0",
    ),
    (
        "marts.job_retention",
        "unique:year",
        "insert into marts.job_retention values (2019, 0, 0, 0, null)",
    ),
    (
        "records.participants",
        "not_null:country",
        "update records.participants set country = null where participant_id = 'p1'",
    ),
    (
        "marts.key_figures",
        "not_null:year",
        "insert into marts.key_figures values (null, 'age_min', 1)",
    ),
    (
        "records.participants",
        "categories:country",
        "update records.participants set country = 'QQ' where participant_id = 'p1'",
    ),
    (
        "marts.activities",
        "categories:activity",
        "update marts.activities set activity = 'unheard_of' where rowid = 0",
    ),
    *(
        (
            "marts.partner_projects",
            f"categories:value[{breakdown}]",
            "update marts.partner_projects set value = 'unheard_of' "
            f"where year = 2020 and breakdown = '{breakdown}'",
        )
        for breakdown in ("gender", "origin", "outcome")
    ),
    *(
        (
            "marts.work_exits",
            f"categories:value[{breakdown}]",
            "update marts.work_exits set value = 'unheard_of' "
            f"where year = 2020 and breakdown = '{breakdown}'",
        )
        for breakdown in ("industry", "position", "wage_subsidy")
    ),
    (
        "marts.participant_background",
        "categories:value[education]",
        "update marts.participant_background set value = 'a2' "
        "where year = 2019 and value = 'primary'",
    ),
    (
        "marts.monthly_form",
        "categories:value[counts]",
        "insert into marts.monthly_form values (2020, 6, 'month', 'counts', 'A', 'unknown', 0)",
    ),
    (
        "marts.printed_comparison",
        "columns",
        "alter table marts.printed_comparison add column surplus integer",
    ),
    (
        "marts.printed_comparison",
        "not_null:published",
        "update marts.printed_comparison set published = null, derived = null, "
        "status = 'not_answerable', note = 'x' where year = 2021 and figure = 'age_min';"
        "update reference.printed_figures set published = null "
        "where report = 2021 and figure = 'age_min'",
    ),
    (
        "records.group_sessions",
        "range:attended",
        "update records.group_sessions set attended = -1 where registered = 12",
    ),
    (
        "records.staffing",
        "unique:year,role",
        "insert into records.staffing from records.staffing where year = 2022",
    ),
    (
        "records.survey_waves",
        "not_null:answered",
        "update records.survey_waves set answered = null where wave = 'Vår 2021'",
    ),
    (
        "records.savings",
        "range:savings_target",
        "update records.savings set savings_target = -1 where year = 2022",
    ),
    (
        "records.referrals",
        "identifier:referral_id",
        "update records.referrals set referral_id = 'r 21' where referral_id = 'r21'",
    ),
    (
        "records.decisions",
        "not_before_2000:decided_on",
        "update records.decisions set decided_on = '1999-12-31'",
    ),
    (
        "records.exits",
        "range:position_pct",
        "update records.exits set position_pct = 0 where referral_id = 'r7'",
    ),
    (
        "records.exits",
        "range:position_pct",
        "update records.exits set position_pct = 100.5 where referral_id = 'r7'",
    ),
    (
        "marts.referral_sources",
        "range:n",
        "insert into marts.referral_sources values "
        "(2019, 'ny_sjanse', 'female', -1), (2019, 'transition', 'female', 1)",
    ),
    (
        "marts.target_attainment",
        "range:target_share",
        "update marts.target_attainment set target_share = 1.5 where rowid = 0",
    ),
    (
        "records.referrals",
        "reference:participant_id",
        "insert into records.referrals "
        "select * replace ('r99' as referral_id, 'nobody' as participant_id) "
        "from records.referrals where referral_id = 'r21'",
    ),
    *(
        (
            f"records.{table}",
            "reference:referral_id",
            f"insert into records.{table} select * replace ({key}'nothing' as referral_id) "
            f"from records.{table} limit 1",
        )
        for table, key in (
            ("exits", ""),
            ("activities", ""),
            ("transition_cases", "'c99' as case_id, "),
        )
    ),
]
"""What breaks one expectation of each kind: table, id, SQL."""
