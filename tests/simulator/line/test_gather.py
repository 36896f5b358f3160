"""Twilio's sentences about Gather, one test each."""

from __future__ import annotations

import pytest

from tests.line import Line, Phone
from tests.simulator.desk import ORIGIN, SAY, Desk

MENU = SAY.format("1か2を押してください。あわてなくて大丈夫です。")


def menu(desk: Desk, line: Line, attributes: str = "", prompts: str = MENU) -> Phone:
    gather = f'<Gather action="{ORIGIN}/key" {attributes}>{prompts}</Gather>'
    desk.documents["/incoming"] = gather + SAY.format("押されませんでした。")
    desk.documents["/key"] = SAY.format("わかりました。")
    return line.dial()


def digits(desk: Desk) -> list[str]:
    return [form["Digits"] for form in desk.to("/key")]


def test_a_key_cuts_off_the_prompt(desk: Desk, line: Line) -> None:
    phone = menu(desk, line, 'numDigits="1"')
    line.advance(1)
    phone.presses("1")
    assert phone.captions[0].cut and phone.captions[0].seconds == 1.0
    assert phone.heard[-1] == "わかりました。"


def test_the_action_is_asked_as_soon_as_all_digits_are_there(desk: Desk, line: Line) -> None:
    menu(desk, line, 'numDigits="2"').presses("12")
    assert digits(desk) == ["12"]


def test_the_timeout_starts_after_the_prompt_and_is_five_seconds(desk: Desk, line: Line) -> None:
    phone = menu(desk, line)
    line.advance(phone.captions[0].seconds + 4.9)
    assert len(phone.heard) == 1
    line.advance(0.2)
    assert phone.heard[-1] == "押されませんでした。"


def test_without_input_the_next_verb_follows_and_the_action_is_not_asked(desk: Desk, line: Line) -> None:
    phone = menu(desk, line)
    line.advance(30)
    assert digits(desk) == [] and phone.heard[-1] == "押されませんでした。"


def test_an_empty_result_is_sent_where_that_is_asked_for(desk: Desk, line: Line) -> None:
    menu(desk, line, 'timeout="2" actionOnEmptyResult="true"')
    line.advance(10)
    assert digits(desk) == [""]


def test_hash_finishes_by_default_and_is_not_a_digit(desk: Desk, line: Line) -> None:
    menu(desk, line).presses("12#")
    assert digits(desk) == ["12"] and desk.to("/key")[0]["FinishedOnKey"] == "#"


def test_an_empty_finishing_key_makes_hash_a_digit(desk: Desk, line: Line) -> None:
    menu(desk, line, 'finishOnKey="" numDigits="1"').presses("#")
    assert digits(desk) == ["#"]


def test_the_timeout_starts_again_after_every_key(desk: Desk, line: Line) -> None:
    phone = menu(desk, line, 'timeout="3"')
    phone.presses("1")
    line.advance(2)
    phone.presses("2")
    line.advance(2)
    assert digits(desk) == []
    line.advance(2)
    assert digits(desk) == ["12"]


def test_without_barge_in_keys_during_the_prompt_are_lost(desk: Desk, line: Line) -> None:
    phone = menu(desk, line, 'bargeIn="false" numDigits="1"')
    phone.presses("1")
    assert digits(desk) == []
    line.advance(phone.captions[0].seconds)
    phone.presses("2")
    assert digits(desk) == ["2"]


def test_prompts_follow_one_another_with_their_pauses(desk: Desk, line: Line) -> None:
    phone = menu(desk, line, prompts=SAY.format("はい。") + '<Pause length="3"/>' + SAY.format("では。"))
    line.advance(1)
    assert phone.heard == ["はい。"]
    line.advance(3)
    assert phone.heard == ["はい。", "では。"]


def test_keys_that_nothing_listens_for_are_ignored(desk: Desk, line: Line) -> None:
    desk.documents["/incoming"] = '<Pause length="5"/>' + SAY.format("はい。")
    phone = line.dial()
    phone.presses("9")
    line.advance(6)
    assert phone.heard == ["はい。"]


def test_a_sound_lasts_ten_seconds_unless_its_header_says_else(desk: Desk, line: Line) -> None:
    desk.documents["/incoming"] = f"<Play>{ORIGIN}/hello.mp3</Play>" + SAY.format("はい。")
    desk.types["/hello.mp3"] = "audio/mpeg"
    phone = line.dial()
    line.advance(9.9)
    assert phone.heard == ["♪ hello.mp3"]
    line.advance(0.2)
    assert phone.heard[-1] == "はい。" and phone.spoken_seconds == pytest.approx(0.69, abs=0.05)


def test_the_call_ends_when_its_document_does(desk: Desk, line: Line) -> None:
    desk.documents["/incoming"] = SAY.format("はい。")
    phone = line.dial()
    line.advance(3)
    assert phone.state == "completed" and desk.to("/status")[0]["CallStatus"] == "completed"


def test_a_refused_call_was_never_answered(desk: Desk, line: Line) -> None:
    desk.documents["/incoming"] = '<Reject reason="busy"/>'
    phone = line.dial()
    assert phone.state == "busy" and desk.to("/status")[0]["CallDuration"] == "0"


def test_hanging_up_at_once_still_answers_the_call(desk: Desk, line: Line) -> None:
    desk.documents["/incoming"] = "<Hangup/>"
    phone = line.dial()
    assert phone.state == "completed" and phone.leg.answered is not None


def test_a_pause_at_the_beginning_lets_the_telephone_ring_on(desk: Desk, line: Line) -> None:
    desk.documents["/incoming"] = '<Pause length="3"/>' + SAY.format("はい。")
    phone = line.dial()
    line.advance(2)
    assert phone.state == "ringing"
    line.advance(1.5)
    assert phone.state == "in-progress"


def test_a_caller_who_hangs_up_before_the_answer_was_not_answered(desk: Desk, line: Line) -> None:
    desk.documents["/incoming"] = '<Pause length="3"/>' + SAY.format("はい。")
    phone = line.dial()
    phone.hangs_up()
    assert desk.to("/status")[0]["CallStatus"] == "no-answer"
