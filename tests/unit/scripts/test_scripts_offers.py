from __future__ import annotations

import pytest

from callcenter.domain.policy import Policy
from ivr import words
from ivr.scripts import offers
from ivr.scripts.parts import Whisper, length
from tests.unit.scripts.scenes import ORIGIN, captions, only, verbs

SCREEN = offers.Screen(f"{ORIGIN}/ivr/offer/1/screen", Whisper("1", 12))


def test_a_telephone_counsellor_is_asked_for_a_one_and_otherwise_let_go() -> None:
    document = offers.screen(SCREEN)
    assert verbs(document) == ["Gather", "Redirect"]
    assert captions(document) == [
        "電話相談です。12分、お待ちです。ご本人の番号です。",
        "1を押すと、つながります。出られないときは、お切りください。",
    ]


def test_of_a_key_that_no_caller_pressed_nothing_is_said() -> None:
    unpressed = offers.screen(offers.Screen(SCREEN.key_url, Whisper(None, 12)))
    assert captions(unpressed)[0] == "電話相談です。12分、お待ちです。"


@pytest.mark.parametrize("flagged, most", [(False, 15), (True, 20)])
def test_what_is_offered_is_said_shortly_and_leaves_time_for_the_key(flagged: bool, most: int) -> None:
    whisper = Whisper("3", 29, flagged=flagged)
    spoken = length(words.D02, **whisper.facts) + length(words.D10) + (length(words.D12) if flagged else 0)
    assert spoken <= most
    assert spoken + offers.KEY_TIMEOUT <= Policy().key_within.total_seconds() - 10


def test_that_no_key_came_is_told_to_the_same_address_so_that_it_is_no_hanging_up() -> None:
    for document in (offers.screen(SCREEN), offers.ask_to_listen(SCREEN.key_url)):
        assert only(document, "Redirect") == {"method": "POST"}
        assert f">{SCREEN.key_url}</Redirect>" in document


def test_the_key_is_taken_at_any_moment_of_what_is_said() -> None:
    assert only(offers.screen(SCREEN), "Gather") == {
        "input": "dtmf",
        "numDigits": "1",
        "timeout": "8",
        "finishOnKey": "",
        "action": SCREEN.key_url,
        "method": "POST",
    }


def test_who_came_too_late_hears_why_and_thanks() -> None:
    assert verbs(offers.lost()) == ["Say", "Hangup"]
    assert captions(offers.lost()) == ["この相談は、対応済みです。出てくださって、ありがとうございました。"]


def test_a_caller_who_left_is_not_called_dealt_with() -> None:
    assert "対応済み" not in captions(offers.lost(gone=True))[0]
    assert "切れました" in captions(offers.lost(gone=True))[0]


def test_a_counsellor_who_declines_is_let_go_without_a_word() -> None:
    assert verbs(offers.declined()) == ["Hangup"]


def test_a_supervisor_at_a_telephone_is_asked_for_a_one_before_listening() -> None:
    document = offers.ask_to_listen(SCREEN.key_url)
    assert verbs(document) == ["Gather", "Redirect"]
    assert captions(document) == ["1を押すと、通話を聴けます。こちらの声は、届きません。"]
    assert only(document, "Gather")["action"] == SCREEN.key_url


def test_a_supervisor_who_came_too_late_hears_that_the_talk_is_over() -> None:
    assert verbs(offers.talk_over()) == ["Say", "Hangup"]
    assert "終わりました" in captions(offers.talk_over())[0]
