"""The thirty edge cases of the line, each with the sentences that test it; a sentence that goes missing is noticed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent

CASES: dict[str, tuple[str, ...]] = {
    "1 signatures in every form": (
        "test_a_forged_or_missing_signature_gets_403_and_no_script",
        "test_during_a_rotation_both_secrets_open",
        "test_an_address_signed_with_its_port_is_the_same_address",
        "test_a_query_is_verified_as_it_stood_in_the_request_line",
        "test_repeated_and_blank_parameters_belong_to_the_signature",
        "test_parameters_nobody_has_heard_of_are_ignored",
        "test_a_signed_body_in_json_opens_nothing_as_no_webhook_of_ours_speaks_it",
        "test_another_account_or_number_is_as_good_as_forged",
        "test_only_post_is_understood",
        "test_a_fragment_is_neither_sent_nor_signed",
    ),
    "2 the same webhook twice": (
        "test_a_repeated_webhook_gets_the_same_answer_and_has_one_effect",
        "test_the_same_call_under_another_token_is_still_one_call",
        "test_the_leg_that_won_is_led_into_the_same_room_under_every_token",
    ),
    "3 status callbacks reversed, doubled, missing": (
        "test_all_5040_orders_of_the_seven_pieces_of_news_and_any_repetition_end_alike",
        "test_the_news_of_a_declined_ring_in_reverse_twice_or_never_ends_alike",
        "test_after_the_watchdog_a_silent_call_is_asked_after_and_closed",
    ),
    "4 news before the SID, and a ring of unknown fate": (
        "test_the_first_news_of_a_ring_may_be_quicker_than_the_answer_to_our_request",
        "test_a_counsellor_is_never_rung_twice_because_an_answer_was_lost",
        "test_a_ring_whose_every_news_was_lost_is_found_by_its_telephone",
    ),
    "5 callers who show no usable number": (
        "test_a_caller_without_a_usable_number_is_an_ordinary_caller",
        "test_whatever_a_caller_shows_they_wait_like_anybody_and_two_of_them_are_two",
        "test_of_two_withheld_callers_each_stays_a_person_of_their_own",
    ),
    "6 the greeting": (
        "test_any_key_or_none_keeps_the_caller_in_the_queue",
        "test_impossible_digits_are_no_key",
        "test_a_caller_who_hangs_up_in_mid_greeting_has_not_waited",
        "test_the_telephone_rings_while_the_greeting_is_still_spoken",
    ),
    "7 opening and closing to the second": (
        "test_at_10_sharp_the_first_caller_is_queued",
        "test_who_arrives_one_second_before_closing_is_still_served",
        "test_a_special_closure_reaches_those_who_already_wait",
        "test_a_closed_line_says_why_and_when_it_opens_next",
    ),
    "8 five o'clock in every state of a call": (
        "test_who_still_waits_when_the_drain_is_over_hears_an_apology_and_the_next_opening",
        "test_a_ring_under_way_when_the_drain_ends_may_still_be_answered",
        "test_a_claimed_caller_who_has_not_joined_at_the_end_of_the_drain_is_led_into_the_room",
        "test_a_talk_goes_on_after_closing_and_its_counsellor_is_off_the_line_when_it_is_written_up",
        "test_a_caller_on_hold_and_one_whose_counsellor_asks_a_colleague_are_not_touched_by_closing",
    ),
    "9 a caller who hangs up around the claim": (
        "test_a_caller_who_is_gone_is_never_claimed",
        "test_a_caller_gone_between_claim_and_room_frees_the_counsellor_for_their_record",
        "test_a_caller_who_hangs_up_on_the_way_from_the_queue_into_the_room_is_gone_for_good",
    ),
    "10 two who accept the same caller": (
        "test_of_claims_at_once_exactly_one_wins",
        "test_a_late_winner_of_a_lost_claim_keeps_the_turn",
    ),
    "11 two dispatchers, one counsellor": (
        "test_dispatchers_at_once_ring_each_counsellor_and_each_caller_only_once",
        "test_dispatchers_at_once_hold_nobody_twice",
    ),
    "12 a ring that comes to nothing, and an answer in the moment of its cancelling": (
        "test_however_a_ring_ends_the_caller_goes_on_waiting",
        "test_declining_asks_for_no_reason_and_costs_the_turn",
        "test_a_telephone_picked_up_in_the_moment_in_which_its_ring_is_cancelled_is_let_go",
    ),
    "13 everybody lets it ring": (
        "test_when_everybody_lets_it_ring_each_has_two_turns_the_last_two_at_once_and_then_it_is_over",
        "test_a_burst_of_callers_rings_as_fast_as_the_line_takes_calls_and_everybody_has_their_full_ring",
    ),
    "14 whose turn it is": (
        "test_a_missed_ring_sends_the_counsellor_to_the_back",
        "test_a_caller_who_hangs_up_costs_nobody_the_turn",
        "test_whoever_comes_back_from_a_record_a_break_or_home_stands_behind_those_who_waited",
        "test_a_caller_who_was_declined_keeps_nobody_else_waiting",
        "test_a_counsellor_who_prefers_families_is_rung_last_for_others_and_costs_nobody_a_wait",
    ),
    "15 a counsellor at a telephone": (
        "test_an_answering_machine_never_gets_the_caller",
        "test_pressing_2_leaves_the_caller_to_others",
        "test_a_one_pressed_after_the_ring_was_given_up_takes_nobody",
    ),
    "16 browsers that crash, freeze, reload, multiply": (
        "test_a_browser_that_dies_in_a_talk_loses_its_caller_to_the_head_of_the_queue",
        "test_a_frozen_page_whose_voice_goes_on_keeps_its_caller",
        "test_a_ring_into_a_page_that_is_just_being_loaded_anew_puts_nobody_away",
        "test_a_flip_through_the_back_of_the_browser_changes_neither_state_nor_turn",
        "test_a_second_tab_cannot_take_the_telephone_out_of_a_talk",
    ),
    "17 a counsellor lost while the caller is on hold": (
        "test_a_caller_whose_counsellor_is_lost_while_they_hear_music_waits_at_the_head",
        "test_a_loss_that_nobody_told_us_of_is_found_by_looking_into_the_room",
    ),
    "18 handing a caller over": (
        "test_completing_leaves_the_caller_and_the_record_to_the_colleague",
        "test_completing_twice_is_completing_once",
        "test_cancelling_brings_the_caller_back_and_frees_the_colleague",
        "test_a_colleague_who_does_not_answer_leaves_the_caller_with_their_counsellor",
        "test_a_colleague_who_declines_leaves_the_caller_with_their_counsellor",
        "test_a_colleague_who_hangs_up_while_consulted_leaves_the_caller_with_their_counsellor",
        "test_a_counsellor_lost_while_consulting_leaves_the_caller_to_the_colleague",
        "test_a_caller_who_hangs_up_while_consulted_about_keeps_their_counsellors_record",
        "test_a_whisper_follows_a_caller_who_is_handed_over",
    ),
    "19 supervisors in a talk": (
        "test_from_listening_to_whispering_to_speaking_and_back",
        "test_leaving_never_ends_the_call_however_the_supervisor_took_part",
        "test_two_supervisors_listen_at_once_and_one_of_them_whispers",
        "test_a_supervisor_comes_in_muted_and_neither_starts_nor_ends_the_room",
        "test_listening_to_a_call_that_just_ended_is_a_kind_sentence",
    ),
    "20 a flag that does not stick": (
        "test_an_exit_flag_that_does_not_stick_on_hold_changes_nothing_as_nobody_sets_one",
        "test_the_room_ends_with_the_caller_and_with_nobody_else",
    ),
    "21 music and words that cannot be had": (
        "test_a_script_that_fails_leads_to_the_fallback_and_the_call_is_over_here_too",
        "test_music_that_fails_in_a_room_or_on_hold_leaves_the_talk_alone",
    ),
    "22 requests that fail, and a worker killed around them": (
        "test_an_errand_that_fails_once_comes_to_its_end_all_the_same",
        "test_a_worker_killed_over_an_errand_leaves_it_to_the_next",
        "test_wrong_keys_are_told_to_the_operator_and_held_against_nobody",
    ),
    "23 everything killed in each state": (
        "test_a_short_death_before_the_talk_costs_a_caller_nothing_but_time",
        "test_a_talk_does_not_notice_that_no_process_lives",
        "test_a_caller_on_hold_stays_there_and_can_be_taken_back_after_a_death",
        "test_a_consultation_survives_a_death_and_is_completed_after_it",
        "test_whatever_happens_every_caller_has_one_counsellor_or_waits_for_one_and_nothing_is_lost",
    ),
    "24 a database that is locked or slow": (
        "test_a_locked_database_lets_a_new_caller_wait_for_it",
        "test_a_caller_in_an_outage_that_lasts_is_told_so_and_not_left_on_music",
        "test_every_caller_gets_words_with_one_layer_down",
    ),
    "25 a queue that is full or broken, and leaving told late": (
        "test_a_queue_that_is_full_there_ends_the_call_with_words",
        "test_a_queue_that_breaks_there_ends_the_call_with_words",
        "test_a_caller_taken_out_enters_the_room_whichever_document_is_played",
    ),
    "26 writing up": (
        "test_past_the_limit_nobody_rings_who_still_writes_and_the_supervisor_sees_who_it_is",
        "test_finishing_twice_is_finishing_once",
        "test_the_next_caller_rings_only_once_the_record_is_finished",
        "test_who_stops_after_this_call_goes_offline_with_the_record",
    ),
    "27 the browser telephone's token": (
        "test_a_token_lets_its_tab_be_rung_for_a_quarter_of_an_hour_and_dial_nobody",
        "test_the_name_at_twilio_is_new_for_each_tab_and_has_plain_letters_only",
        "test_who_may_no_longer_take_calls_gets_no_token_and_is_rung_no_more",
    ),
    "28 every script passes the strict checker": (
        "test_every_document_passes_the_strict_checker",
        "test_every_document_survives_utf_8_and_speaks_with_the_one_voice",
        "test_no_document_records_anybody",
        "test_every_address_answers_with_a_valid_script",
    ),
    "29 clocks": (
        "test_the_day_in_japan_begins_at_three_in_the_afternoon_of_greenwich",
        "test_an_impossible_time_stamp_does_not_keep_a_call_open",
        "test_news_without_a_time_stamp_or_a_number_happened_now",
    ),
    "30 nothing leaks": (
        "test_no_log_line_and_no_address_names_anybody",
        "test_what_the_telephone_company_is_asked_for_holds_the_counsellors_number_and_no_callers",
        "test_the_database_file_holds_no_number_and_no_word_in_the_clear",
    ),
}


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    """The name of every test there is."""
    return {
        found.name
        for path in TESTS.rglob("test_*.py")
        for found in ast.parse(path.read_text("utf-8")).body
        if isinstance(found, ast.FunctionDef) and found.name.startswith("test_")
    }


def test_there_are_thirty_edge_cases() -> None:
    assert [int(case.split()[0]) for case in CASES] == list(range(1, 31))


@pytest.mark.parametrize("case", CASES)
def test_each_edge_case_is_tested_by_sentences_that_exist(case: str, sentences: set[str]) -> None:
    assert [name for name in CASES[case] if name not in sentences] == []
