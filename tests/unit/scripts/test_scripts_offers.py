from __future__ import annotations

from ivr.scripts import offers
from ivr.scripts.parts import Whisper
from tests.unit.scripts.scenes import ORIGIN, captions, only, verbs

SCREEN = offers.Screen(f"{ORIGIN}/ivr/offer/1/screen", Whisper("1", 12))


def test_a_telephone_counsellor_is_asked_for_a_one_and_otherwise_let_go() -> None:
    document = offers.screen(SCREEN)
    assert verbs(document) == ["Gather", "Hangup"]
    assert captions(document) == [
        "電話相談です。ご本人の番号が、押されました。待ち時間、12分です。",
        "1を押すと、相談につながります。出られないときは、そのままお切りください。",
    ]


def test_an_answering_machine_that_presses_nothing_asks_us_nothing() -> None:
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
    assert verbs(document) == ["Gather", "Hangup"]
    assert captions(document) == ["1を押すと、通話を聴けます。こちらの声は、届きません。"]
    assert only(document, "Gather")["action"] == SCREEN.key_url


def test_a_supervisor_who_came_too_late_hears_that_the_talk_is_over() -> None:
    assert verbs(offers.talk_over()) == ["Say", "Hangup"]
    assert "終わりました" in captions(offers.talk_over())[0]
