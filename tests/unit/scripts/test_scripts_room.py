from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.scripts import room
from ivr.scripts.parts import Whisper
from tests.unit.scripts.scenes import LEG, ORIGIN, ROOM, caller, captions, counsellor, listener, only, verbs

OWN = {"participantLabel", "endConferenceOnExit"}


def test_only_a_caller_who_waited_hears_the_words_of_connecting() -> None:
    assert captions(room.caller(caller(waited=True))) == ["お待たせしました。相談員におつなぎします。"]
    assert captions(room.caller(caller(waited=False))) == []
    assert verbs(room.caller(caller(waited=True))) == ["Say", "Dial"]


def test_the_room_ends_with_the_caller_and_with_nobody_else() -> None:
    assert only(room.caller(caller(waited=False)), "Conference")["endConferenceOnExit"] == "true"
    assert only(room.counsellor(counsellor()), "Conference")["endConferenceOnExit"] == "false"


def test_every_leg_brings_the_same_settings_as_the_first_ones_win() -> None:
    theirs = only(room.caller(caller(waited=True)), "Conference")
    ours = only(room.counsellor(counsellor()), "Conference")
    assert {name: ours[name] for name in ours.keys() - OWN} == {name: theirs[name] for name in theirs.keys() - OWN}
    assert ours.keys() == theirs.keys()


def test_the_room_is_mixed_in_tokyo_without_beeps_and_tells_us_everything() -> None:
    attributes = only(room.counsellor(counsellor()), "Conference")
    assert attributes == {
        "startConferenceOnEnter": "true",
        "endConferenceOnExit": "false",
        "beep": "false",
        "participantLabel": f"c-{LEG}",
        "region": "jp1",
        "waitUrl": f"{ORIGIN}/w",
        "waitMethod": "POST",
        "statusCallback": f"{ORIGIN}/n",
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": "start end join leave mute hold modify announcement",
    }
    assert f">{ROOM}</Conference>" in room.counsellor(counsellor())


def test_a_supervisor_comes_in_unheard_and_neither_starts_the_room_nor_ends_it() -> None:
    theirs, ours = (only(script, "Conference") for script in (room.counsellor(counsellor()), room.listener(listener())))
    own = {"participantLabel": f"s-{LEG}", "startConferenceOnEnter": "false", "muted": "true"}
    assert ours == theirs | own
    assert ours["endConferenceOnExit"] == "false"


def test_what_follows_the_room_is_asked_of_us() -> None:
    assert only(room.caller(caller(waited=False)), "Dial") == {"action": f"{ORIGIN}/a", "method": "POST"}


def test_a_counsellor_may_hear_the_key_and_the_waiting_time_before() -> None:
    said = captions(room.counsellor(counsellor(Whisper("2", 4))))
    assert said == ["電話相談です。4分、お待ちです。ご家族などの番号です。"]


def test_of_a_caller_who_pressed_nothing_only_the_wait_is_told() -> None:
    said = captions(room.counsellor(counsellor(Whisper(None, 0))))
    assert said == ["電話相談です。1分未満、お待ちです。"]


def test_who_comes_first_hears_music_again_and_again() -> None:
    document = room.waiting(room.RoomMusic(f"{ORIGIN}/static/audio/wait-8.wav", f"{ORIGIN}/again"))
    assert verbs(document) == ["Play", "Redirect"]
    assert f">{ORIGIN}/again</Redirect>" in document


@pytest.mark.parametrize("name", ["hl-ミナト", "hl-0312345678", "+81312345678", "hl-", "hl-" + "a" * 31])
def test_a_room_can_only_be_named_by_an_opaque_id(name: str) -> None:
    with pytest.raises(ValueError, match="names are shown"):
        replace(caller(waited=False), name=name)


@pytest.mark.parametrize("leg", ["", "09012345678", "yamada", "a b"])
def test_a_leg_can_only_be_labelled_by_an_opaque_id(leg: str) -> None:
    for scene in (counsellor(), listener()):
        with pytest.raises(ValueError, match="labels are shown"):
            replace(scene, leg=leg)
