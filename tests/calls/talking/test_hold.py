"""A caller on hold hears that the line stays open, and is never left with the music."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callcenter.adapters.twilio.line import TwilioLine
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.duty.presence import Work
from callcenter.domain.talks.talk import NotNow
from tests.calls.talking.talks import hears, on_music, talking
from tests.desk import ORIGIN, Desk


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """One database is enough for what one process does; ``test_two_at_once`` holds both to the rest."""
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


def test_a_caller_on_hold_hears_words_then_music_and_after_a_minute_that_the_line_is_open(desk: Desk) -> None:
    caller, talker = talking(desk)
    talker.holds()
    desk.line.advance(1)
    assert on_music(desk, caller)
    assert caller.heard[-1].startswith("少しだけ、お待ちください")
    assert not hears(caller, talker.who.handset)
    desk.line.advance(30)
    assert caller.heard[-1] == "♪ hold.wav"
    assert not any("お待たせしています" in text for text in caller.heard)
    desk.line.advance(40)
    assert any("電話は、つながったまま" in text for text in caller.heard)
    talker.takes_back()
    assert not on_music(desk, caller)
    assert hears(caller, talker.who.handset)
    assert hears(talker.who.handset, caller)


def test_music_goes_on_for_an_hour_without_a_worker(desk: Desk) -> None:
    caller, talker = talking(desk)
    talker.holds()
    desk.working = False
    desk.line.pulse = 60
    desk.line.advance(3600)
    assert caller.heard[-1].startswith(("♪", "お待たせ"))
    assert sum(text.startswith("少しだけ") for text in caller.heard) == 1


def test_holding_twice_is_holding_once_and_so_is_taking_back(desk: Desk) -> None:
    _, talker = talking(desk)
    for act in (talker.holds, talker.holds, talker.takes_back, talker.takes_back):
        act()
    assert [kind for kind in desk.events() if kind in {"held", "unheld"}] == ["held", "unheld"]


def test_of_two_presses_the_later_one_wins_in_whatever_order_the_errands_are_run(desk: Desk) -> None:
    caller, talker = talking(desk)
    desk.working = False
    talker.holds()
    talker.takes_back()
    talker.holds()
    desk.working = True
    desk.line.advance(2)
    assert on_music(desk, caller)
    assert desk.call(caller.sid).on_hold


def test_a_request_of_unknown_fate_is_made_again_until_the_room_follows(desk: Desk) -> None:
    caller, talker = talking(desk)
    talker.holds()
    desk.line.faults.rest_500 = 1.0
    talker.takes_back()
    desk.line.advance(200)  # longer than an errand is tried
    assert on_music(desk, caller)
    desk.line.faults.rest_500 = 0.0
    desk.line.advance(30)
    assert not on_music(desk, caller)
    assert hears(caller, talker.who.handset)


def test_a_caller_whose_counsellor_is_lost_while_they_hear_music_waits_at_the_head(desk: Desk) -> None:
    caller, talker = talking(desk)
    talker.holds()
    desk.line.advance(5)
    talker.who.handset.hangs_up()
    desk.line.advance(5)
    call = desk.call(caller.sid)
    assert (call.state, call.priority, call.held_at, call.on_hold) == (CallState.WAITING, 1, None, False)
    assert any("相談員との電話が、切れました" in text for text in caller.heard)
    assert talker.who.work is Work.WRAP_UP


def test_a_caller_on_hold_whose_browser_counsellor_vanished_hears_that_the_call_was_cut(desk: Desk) -> None:
    caller, talker = talking(desk, phone=None)
    talker.holds()
    desk.line.advance(5)
    talker.who.handset.hangs_up()
    desk.line.advance(5)
    assert any("電話が、途切れてしまいました" in text for text in caller.heard)
    assert desk.call(caller.sid).state is CallState.WAITING


def test_a_loss_that_nobody_told_us_of_is_found_by_looking_into_the_room(desk: Desk) -> None:
    caller, talker = talking(desk)
    talker.holds()
    desk.line.advance(5)
    desk.line.faults.lost = 1.0
    talker.who.handset.hangs_up()
    desk.line.advance(40)
    assert desk.call(caller.sid).state is CallState.WAITING
    assert not on_music(desk, caller)


def test_a_caller_may_hang_up_while_on_hold(desk: Desk) -> None:
    caller, talker = talking(desk)
    talker.holds()
    desk.line.advance(5)
    caller.hangs_up()
    desk.line.advance(5)
    assert desk.call(caller.sid).state is CallState.ENDED
    assert talker.who.work is Work.WRAP_UP
    with pytest.raises(NotNow):
        talker.takes_back()


def test_an_exit_flag_that_does_not_stick_on_hold_changes_nothing_as_nobody_sets_one(desk: Desk) -> None:
    caller, talker = talking(desk)
    talker.holds()
    desk.line.advance(2)
    talker.who.handset.hangs_up()
    desk.line.advance(1)
    assert caller.state == "in-progress"  # the counsellor's leaving ends no room, on hold or not
    caller.hangs_up()
    desk.line.advance(5)
    assert desk.call(caller.sid).state is CallState.ENDED
    assert not any("EndConferenceOnExit" in entry.digest for entry in desk.line.engine.journal.entries)


def test_a_muted_telephone_is_not_heard_by_the_caller(desk: Desk) -> None:
    caller, talker = talking(desk)
    talker.mutes()
    assert not hears(caller, talker.who.handset)
    assert hears(talker.who.handset, caller)
    talker.mutes(muted=False)
    assert hears(caller, talker.who.handset)


def test_a_slow_request_that_was_overtaken_is_followed_by_another_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, talker = talking(desk)
    hold = TwilioLine.hold

    def overtaken(line: TwilioLine, *given: str) -> None:
        monkeypatch.setattr(TwilioLine, "hold", hold)
        talker.takes_back()  # and another worker has already let the caller back …
        hold(line, *given)  # … when this request arrives

    monkeypatch.setattr(TwilioLine, "hold", overtaken)
    talker.holds()
    desk.line.advance(2)
    assert not on_music(desk, caller)
    assert hears(caller, talker.who.handset)


def test_the_music_may_be_kept_so_that_it_plays_while_we_are_busy(desk: Desk) -> None:
    with desk.app.test_client().get("/static/audio/hold.wav", base_url=ORIGIN) as answer:
        assert (answer.status_code, answer.cache_control.max_age, answer.cache_control.no_cache) == (200, 86_400, None)
