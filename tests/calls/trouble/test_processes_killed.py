"""Web and worker killed in each state of a call, and scripts that fail: the call goes on, or ends in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.domain.calls.lifecycle import LIVE_OFFERS, CallOutcome, CallState
from callcenter.domain.duty.presence import Work
from callcenter.jobs import reconcile
from callcenter.models.delivery.outbox import OutboxMessage
from ivr.simulator.line.webhooks import Post
from tests.calls.talking.talks import consulting, hears, on_music, talking
from tests.desk import ORIGIN, Counsellor, Desk
from tests.layers import BIN, XML, fallback
from tests.line import Phone


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """A desk whose number has a fallback that Twilio keeps itself."""
    desk = Desk(sqlite_url)
    number = desk.line.engine.number
    desk.line.engine.number = type(number)(number.e164, number.voice_url, BIN, number.status_callback)
    desk.line.engine._post = _with_bin(desk.line.engine._post)
    yield desk
    desk.close()


def _with_bin(ours: Post) -> Post:
    return lambda method, url, *rest: (
        (200, XML, fallback().encode()) if url.startswith(BIN) else ours(method, url, *rest)
    )


@contextmanager
def killed(desk: Desk) -> Iterator[None]:
    """No process of ours lives; they are started again at the end, and compare with the telephone company's list."""
    engine = desk.line.engine
    post, desk.working = engine._post, False
    engine._post = _with_bin(_nobody)
    yield
    engine._post, desk.working = post, True
    with desk.app.app_context():
        reconcile.reconcile(every=timedelta(0))
    desk.line.settle()


def _nobody(*_request: object) -> tuple[int, dict[str, str], bytes]:
    raise ConnectionError("nobody listens")


def waiting(desk: Desk) -> tuple[Phone, Counsellor]:
    return desk.line.dial(), desk.counsellor()


def ringing(desk: Desk) -> tuple[Phone, Counsellor]:
    phone, counsellor = waiting(desk)
    desk.line.advance(5)
    assert counsellor.rings
    return phone, counsellor


def screening(desk: Desk) -> tuple[Phone, Counsellor]:
    phone, counsellor = ringing(desk)
    counsellor.handset.answers()
    return phone, counsellor


def claimed(desk: Desk) -> tuple[Phone, Counsellor]:
    phone, counsellor = ringing(desk)
    desk.working = False
    counsellor.takes_the_call()
    assert desk.call(phone.sid).state is CallState.CLAIMED
    return phone, counsellor


@pytest.mark.parametrize("so_far", [waiting, ringing, screening, claimed])
def test_a_short_death_before_the_talk_costs_a_caller_nothing_but_time(
    desk: Desk, so_far: Callable[[Desk], tuple[Phone, Counsellor]]
) -> None:
    phone, counsellor = so_far(desk)
    with killed(desk):
        desk.line.advance(4)
    desk.line.advance(4)
    for _ in range(12):
        if counsellor.rings:
            counsellor.takes_the_call()
        elif counsellor.handset.state == "in-progress" and desk.call(phone.sid).state is CallState.WAITING:
            counsellor.handset.presses("1")
        desk.line.advance(5)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert hears(phone, counsellor.handset)
    assert len([offer for offer in desk.offers() if offer.state in LIVE_OFFERS]) == 1


def test_a_talk_does_not_notice_that_no_process_lives(desk: Desk) -> None:
    phone, talker = talking(desk)
    with killed(desk):
        desk.line.advance(90)
        assert hears(phone, talker.who.handset)
    assert (desk.call(phone.sid).state, talker.who.work) == (CallState.TALKING, Work.ON_CALL)


def test_a_caller_on_hold_stays_there_and_can_be_taken_back_after_a_death(desk: Desk) -> None:
    phone, talker = talking(desk)
    talker.holds()
    desk.line.advance(1)
    with killed(desk):
        desk.line.advance(10)
    assert on_music(desk, phone)
    talker.takes_back()
    desk.line.advance(2)
    assert hears(phone, talker.who.handset)


def test_a_consultation_survives_a_death_and_is_completed_after_it(desk: Desk) -> None:
    phone, talker, colleague = consulting(desk)
    with killed(desk):
        desk.line.advance(10)
    talker.hands_over()
    desk.line.advance(5)
    assert hears(phone, colleague.who.handset)
    assert talker.who.work is Work.WRAP_UP


def test_who_hangs_up_while_nobody_listens_is_known_to_have_gone(desk: Desk) -> None:
    phone, talker = talking(desk)
    with killed(desk):
        phone.hangs_up()
        desk.line.advance(90)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert talker.who.work is Work.WRAP_UP


def test_who_waits_through_a_long_death_hears_words_and_is_not_rung_for(desk: Desk) -> None:
    phone, counsellor = waiting(desk)
    with killed(desk):
        desk.line.advance(150)
        assert phone.state == "completed"
        assert any("119番" in text for text in phone.heard)
    desk.line.advance(5)
    assert desk.call(phone.sid).state is CallState.ENDED
    assert counsellor.handset.calls == []


def failing(desk: Desk, path: str) -> None:
    """Let the application answer 500 there."""
    ours = desk.line.engine._post

    def post(method: str, url: str, *rest: object) -> tuple[int, dict[str, str], bytes]:
        return (500, XML, b"") if url.startswith(ORIGIN + path) else ours(method, url, *rest)  # type: ignore[arg-type, return-value]  # as it came

    desk.line.engine._post = post


@pytest.mark.parametrize("path", ["/ivr/voice/incoming", "/ivr/voice/wait", "/ivr/voice/key"])
def test_a_script_that_fails_leads_to_the_fallback_and_the_call_is_over_here_too(desk: Desk, path: str) -> None:
    failing(desk, path)
    phone = desk.line.dial()
    desk.line.advance(90)
    assert phone.state == "completed"
    assert any("電話の調子が悪く" in text for text in phone.heard)
    assert [call.state for call in desk.calls() if call.state is not CallState.ENDED] == []


def test_music_that_fails_in_a_room_or_on_hold_leaves_the_talk_alone(desk: Desk) -> None:
    desk.line.engine.strict = False
    failing(desk, "/ivr/voice/room")
    failing(desk, "/ivr/voice/hold")
    phone, talker = talking(desk)
    assert hears(phone, talker.who.handset)
    talker.holds()
    desk.line.advance(5)
    talker.takes_back()
    desk.line.advance(2)
    assert hears(phone, talker.who.handset)


def test_a_caller_whose_rescue_was_given_up_is_not_left_alone_with_the_music(desk: Desk) -> None:
    phone, talker = talking(desk)
    counsellor = talker.who
    desk.line.faults.next_rest = ["rest_500"] * 400
    counsellor.handset.hangs_up()
    desk.line.advance(200)
    with desk.work() as session:
        rescues = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "rescue_caller"))
        assert {errand.result for errand in rescues} == {"gave_up"}
    desk.line.faults.next_rest.clear()
    desk.line.advance(75)
    assert phone.state == "in-progress"
    assert desk.call(phone.sid).state is CallState.WAITING
    assert counsellor.work is Work.WRAP_UP
