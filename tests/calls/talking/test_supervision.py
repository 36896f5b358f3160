"""A supervisor in somebody's talk: listening, whispering, speaking, and leaving again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import Work
from callcenter.domain.staff.roles import NotAllowed, Role
from callcenter.domain.talks.supervision import Mode
from callcenter.models.calls.calls import Offer
from callcenter.models.staff.accounts import Staff
from callcenter.services.administration import duty_changes
from callcenter.services.duty import presence
from callcenter.services.talks.supervision import Busy, NoPhone, NotConnectedYet, OtherTalk, TalkOver
from callcenter.services.trail.audit import OPERATOR
from tests.calls.talking.supervisors import Chief, Talk, offer, talking, trail, who_hears
from tests.desk import Desk


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """On one database only; what the other might do otherwise is in the last test."""
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


@pytest.fixture
def talk(desk: Desk) -> Talk:
    return talking(desk)


@pytest.fixture
def chief(desk: Desk, talk: Talk) -> Chief:
    return Chief(desk)


def test_a_supervisor_who_listens_hears_both_and_is_heard_by_nobody(desk: Desk, talk: Talk, chief: Chief) -> None:
    chief.hears(talk.phone)
    talk.phone.says("眠れないんです。")
    talk.counsellor.handset.says("そうでしたか。")
    assert chief.handset.heard[-2:] == ["眠れないんです。", "そうでしたか。"]
    assert who_hears(talk, chief, "しずかに") == (False, False)


def test_a_supervisor_comes_in_muted_and_neither_starts_nor_ends_the_room(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.hears(talk.phone)
    leg = chief.participant
    assert (leg.label, leg.muted, leg.starts, leg.ends) == (f"s-{offer_id}", True, False, False)


def test_from_listening_to_whispering_to_speaking_and_back(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id, heard = chief.hears(talk.phone), []
    for number, mode in enumerate((Mode.WHISPER, Mode.BARGE, Mode.LISTEN)):
        chief.changes(offer_id, mode)
        heard.append(who_hears(talk, chief, f"こえ{number}"))
        assert offer(desk, offer_id).mode_set is mode
    assert heard == [(True, False), (True, True), (False, False)]


def test_leaving_never_ends_the_call_however_the_supervisor_took_part(desk: Desk, talk: Talk, chief: Chief) -> None:
    for mode in Mode:
        chief.changes(chief.hears(talk.phone), mode)
        chief.handset.hangs_up()
        desk.line.advance(3)
        assert desk.call(talk.phone.sid).state is CallState.TALKING
        talk.counsellor.handset.says(f"{mode}のあと")
        assert talk.phone.heard[-1] == f"{mode}のあと"
    assert talk.counsellor.work is Work.ON_CALL
    assert desk.line.failures() == []


def test_stopping_on_the_screen_ends_only_the_supervisors_own_leg(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.hears(talk.phone)
    chief.stops(offer_id)
    assert (chief.handset.state, talk.phone.state) == ("completed", "in-progress")
    assert offer(desk, offer_id).state is OfferState.LEFT


def test_every_start_change_and_end_is_in_the_trail(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.hears(talk.phone)
    for mode in (Mode.WHISPER, Mode.WHISPER, Mode.LISTEN):
        chief.changes(offer_id, mode)
    chief.stops(offer_id)
    chief.stops(offer_id)
    assert trail(desk) == [
        ("call.listen", None),
        ("call.listen_mode", "whisper"),
        ("call.listen_mode", "listen"),
        ("call.listen_end", "left"),
    ]


def test_two_supervisors_listen_at_once_and_one_of_them_whispers(desk: Desk, talk: Talk, chief: Chief) -> None:
    other = Chief(desk, "tokatsu2", phone="+819000000008")
    chief.hears(talk.phone)
    other.changes(other.hears(talk.phone), Mode.WHISPER)
    other.handset.says("ゆっくりで")
    assert talk.counsellor.handset.heard[-1] == "ゆっくりで"
    assert "ゆっくりで" not in talk.phone.heard
    chief.handset.hangs_up()
    assert other.participant.coaching


def test_listening_to_a_call_that_just_ended_is_a_kind_sentence(desk: Desk, talk: Talk, chief: Chief) -> None:
    talk.phone.hangs_up()
    with pytest.raises(TalkOver):
        chief.asks_to_hear(talk.phone)
    assert "ほかの通話を選んで" in TalkOver.message


def test_a_talk_that_ends_while_the_supervisor_is_rung_lets_the_telephone_be(
    desk: Desk, talk: Talk, chief: Chief
) -> None:
    chief.asks_to_hear(talk.phone)
    assert chief.handset.rings
    talk.phone.hangs_up()
    desk.line.advance(2)
    assert not chief.handset.rings
    assert trail(desk)[-1] == ("call.listen_end", "cancelled")


def test_who_picks_up_when_the_talk_is_over_hears_so_and_is_let_go(desk: Desk, talk: Talk, chief: Chief) -> None:
    chief.asks_to_hear(talk.phone)
    chief.handset.answers()
    desk.working = False  # the worker cannot hang up in time
    talk.phone.hangs_up()
    chief.handset.presses("1")
    assert any("終わりました" in text for text in chief.handset.heard)
    desk.line.advance(10)
    assert chief.handset.state == "completed"


def test_when_the_talk_ends_so_does_the_listening(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.hears(talk.phone)
    talk.phone.hangs_up()
    desk.line.advance(3)
    assert (chief.handset.state, offer(desk, offer_id).state) == ("completed", OfferState.LEFT)
    assert desk.outcome(talk.phone.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert chief.desk_of.presence.listening_id is None


def test_an_answering_machine_never_listens(desk: Desk, talk: Talk, chief: Chief) -> None:
    chief.asks_to_hear(talk.phone)
    chief.handset.answers()
    desk.line.advance(30)
    assert chief.handset.state == "completed"
    assert not any("眠" in text for text in chief.handset.heard)
    assert trail(desk)[-1][0] == "call.listen_end"


def test_who_listens_is_rung_for_no_caller_and_is_free_again_afterwards(desk: Desk, talk: Talk, chief: Chief) -> None:
    idle = chief.desk_of.presence.idle_since
    offer_id = chief.hears(talk.phone)
    desk.line.dial("+81312345678")
    desk.line.advance(10)
    assert len(chief.handset.calls) == 1
    chief.stops(offer_id)
    assert chief.desk_of.presence.idle_since == idle
    desk.line.advance(3)
    assert chief.handset.rings


def test_a_supervisor_who_lets_it_ring_is_not_put_away(desk: Desk, talk: Talk, chief: Chief) -> None:
    chief.asks_to_hear(talk.phone)
    desk.line.advance(40)
    assert (chief.desk_of.work, chief.desk_of.presence.misses) == (Work.AVAILABLE, 0)
    assert chief.desk_of.presence.listening_id is None


def test_who_is_away_or_has_gone_home_may_listen_and_stays_so(desk: Desk, talk: Talk, chief: Chief) -> None:
    with desk.work() as session:
        presence.become_unavailable(session, session.get_one(Staff, chief.staff_id), Work.OFFLINE, now=desk.clock.now())
    chief.stops(chief.hears(talk.phone))
    assert chief.desk_of.work is Work.OFFLINE


def test_who_is_no_supervisor_any_more_or_signs_out_listens_no_longer(desk: Desk, talk: Talk, chief: Chief) -> None:
    other = Chief(desk, "tokatsu2", phone="+819000000008")
    chief.hears(talk.phone)
    other.hears(talk.phone)
    with desk.work() as session:
        first, second = (session.get_one(Staff, one.staff_id) for one in (chief, other))
        duty_changes.change_role(session, first, Role.COUNSELLOR, by=OPERATOR, now=desk.clock.now())
        duty_changes.sign_out(session, second, now=desk.clock.now())
    desk.line.advance(2)
    assert (chief.handset.state, other.handset.state, talk.phone.state) == ("completed", "completed", "in-progress")
    assert [action for action, _ in trail(desk)][-2:] == ["call.listen_end"] * 2


def test_asking_twice_rings_once(desk: Desk, talk: Talk, chief: Chief) -> None:
    assert chief.asks_to_hear(talk.phone) == chief.asks_to_hear(talk.phone)
    assert len(chief.handset.calls) == 1


def test_one_follows_one_talk_at_a_time(desk: Desk, talk: Talk, chief: Chief) -> None:
    other = desk.counsellor("tanto05", phone="+819000000005")
    second = desk.line.dial("+81312345678")
    desk.line.advance(20)  # the supervisor is idle for a shorter time, so the other counsellor may be second
    answering = other if other.rings else chief.desk_of
    if answering is chief.desk_of:
        chief.handset.declines()
        desk.line.advance(5)
    other.takes_the_call()
    desk.line.advance(1)
    chief.hears(talk.phone)
    with pytest.raises(OtherTalk):
        chief.asks_to_hear(second)


def test_who_only_waits_or_is_only_being_connected_is_not_listened_to(desk: Desk, talk: Talk, chief: Chief) -> None:
    with desk.work() as session:
        desk.call_in(session, talk.phone.sid).state = CallState.CONNECTING
    with pytest.raises(NotConnectedYet):
        chief.asks_to_hear(talk.phone)
    with desk.work() as session:
        desk.call_in(session, talk.phone.sid).state = CallState.WAITING
    with pytest.raises(TalkOver):
        chief.asks_to_hear(talk.phone)


def test_who_is_being_rung_for_a_caller_finishes_that_first(desk: Desk, talk: Talk, chief: Chief) -> None:
    desk.line.dial("+81312345678")
    desk.line.advance(5)
    assert chief.handset.rings
    with pytest.raises(Busy):
        chief.asks_to_hear(talk.phone)


def test_only_supervisors_listen(desk: Desk, talk: Talk, chief: Chief) -> None:
    with desk.work() as session:
        session.get_one(Staff, chief.staff_id).role = Role.COUNSELLOR
    with pytest.raises(NotAllowed):
        chief.asks_to_hear(talk.phone)


def test_a_browser_that_cannot_be_rung_is_told_apart_before_anything_rings(desk: Desk, talk: Talk) -> None:
    chief = Chief(desk, phone=None)
    desk.line.advance(20)
    with pytest.raises(NoPhone):
        chief.asks_to_hear(talk.phone)
    chief.desk_of.stays()
    chief.hears(talk.phone)
    assert chief.participant.muted


def test_a_counsellor_who_is_lost_leaves_the_whispering_supervisor_only_listening(
    desk: Desk, talk: Talk, chief: Chief
) -> None:
    offer_id = chief.hears(talk.phone)
    chief.changes(offer_id, Mode.WHISPER)
    talk.counsellor.handset.hangs_up()
    assert trail(desk)[-1] == ("call.listen_mode", "listen")
    desk.line.advance(5)
    assert desk.call(talk.phone.sid).state is CallState.WAITING
    assert offer(desk, offer_id).state is OfferState.LEFT


def test_a_whisper_that_nobody_could_hear_becomes_listening(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.hears(talk.phone)
    with desk.work() as session:
        session.get_one(Offer, desk.call_in(session, talk.phone.sid).offer_id).leg_sid = "CA" + "9" * 32
    chief.changes(offer_id, Mode.WHISPER)
    now = offer(desk, offer_id)
    assert (now.mode, now.mode_set, chief.participant.muted) == (Mode.LISTEN, Mode.LISTEN, True)


def test_a_busy_telephone_company_is_asked_again_until_the_room_follows(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.hears(talk.phone)
    desk.line.faults.next_rest = ["rest_429", "rest_500", "rest_timeout"]
    chief.changes(offer_id, Mode.BARGE)
    desk.line.advance(15)
    assert offer(desk, offer_id).mode_set is Mode.BARGE
    assert not chief.participant.muted


def test_the_whole_of_it_on_either_database(database_url: str) -> None:
    desk = Desk(database_url)
    talk, chief = talking(desk), Chief(desk)
    offer_id = chief.hears(talk.phone)
    for mode in (Mode.WHISPER, Mode.BARGE, Mode.LISTEN):
        chief.changes(offer_id, mode)
    chief.stops(offer_id)
    talk.phone.hangs_up()
    desk.line.advance(3)
    assert [action for action, _ in trail(desk)] == ["call.listen", *["call.listen_mode"] * 3, "call.listen_end"]
    assert (desk.outcome(talk.phone.sid)[1], desk.line.failures()) == (CallOutcome.COMPLETED, [])
    desk.close()
