"""A counsellor calls for a supervisor: pages show it, telephones ring, and the counsellor reads who saw it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.calls.lifecycle import CallState, OfferState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.delivery import alarms
from callcenter.services.delivery.alarms import ShownAlarm
from callcenter.services.talks import summons
from tests.calls.talking.supervisors import Chief, Talk, talking
from tests.desk import Desk


def asks(desk: Desk, talk: Talk, *, again: bool = False) -> None:
    """Press 統括を呼ぶ."""
    with desk.work() as session:
        call, offer = _mine(desk, session, talk)
        summons.ask(session, call, offer, again=again, now=desk.clock.now())
    desk.line.settle()


def withdraws(desk: Desk, talk: Talk) -> None:
    with desk.work() as session:
        call, offer = _mine(desk, session, talk)
        summons.withdraw(session, call, offer, now=desk.clock.now())
    desk.line.settle()


def _mine(desk: Desk, session: Session, talk: Talk) -> tuple[Call, Offer]:
    call = desk.call_in(session, talk.phone.sid)
    return call, session.get_one(Offer, call.offer_id)


def looks(desk: Desk, chief: Chief) -> None:
    """Let the supervisor's open page ask for alarms."""
    with desk.work() as session:
        alarms.note_watch(session, chief.staff_id, now=desk.clock.now())


def shown(desk: Desk) -> list[ShownAlarm]:
    with desk.work() as session:
        return [one for one in alarms.shown(session) if one.kind is AlarmKind.HELP]


def sees(desk: Desk, chief: Chief) -> None:
    (alarm,) = shown(desk)
    with desk.work() as session:
        summons.acknowledge(session, alarm.id, by=chief.staff_id, now=desk.clock.now())
    desk.line.settle()


def at_home(desk: Desk, login: str = "tokatsu", phone: str = "+819000000009") -> Chief:
    """A supervisor who takes no calls now."""
    chief = Chief(desk, login, phone=phone)
    with desk.work() as session:
        session.get_one(Presence, chief.staff_id).work = Work.OFFLINE
    return chief


def acts(desk: Desk) -> list[str]:
    with desk.work() as session:
        found = select(AuditEntry.action).where(AuditEntry.action.startswith("call.")).order_by(AuditEntry.seq)
        return list(session.scalars(found))


def test_a_supervisors_page_shows_it_and_the_counsellor_reads_who_saw_it(desk: Desk) -> None:
    chief, talk = at_home(desk), talking(desk)
    looks(desk, chief)
    asks(desk, talk)
    (alarm,) = shown(desk)
    assert (alarm.sounds, alarm.by, alarm.seen_by) == (True, "tanto02", None)
    sees(desk, chief)
    (alarm,) = shown(desk)
    assert (alarm.sounds, alarm.seen_by) == (False, "tokatsu")
    desk.line.advance(60)
    assert not chief.handset.calls  # seen in time, so no telephone rang
    assert [act for act in acts(desk) if act != "call.listen"] == ["call.ask_supervisor", "call.supervisor_saw"]


def test_pressed_twice_it_calls_once_and_again_only_after_it_was_seen(desk: Desk) -> None:
    chief, talk = at_home(desk), talking(desk)
    looks(desk, chief)
    asks(desk, talk)
    asks(desk, talk)
    asks(desk, talk, again=True)
    assert acts(desk).count("call.ask_supervisor") == 1
    sees(desk, chief)
    asks(desk, talk)
    assert not shown(desk)[0].sounds
    desk.line.advance(1)
    asks(desk, talk, again=True)
    assert shown(desk)[0].sounds
    assert acts(desk).count("call.ask_supervisor") == 2


def test_without_an_open_page_the_telephone_rings_and_1_leads_into_the_talk(desk: Desk) -> None:
    chief, talk = at_home(desk), talking(desk)
    asks(desk, talk)
    desk.line.advance(5)
    assert chief.handset.rings
    chief.handset.answers()
    desk.line.advance(2)
    assert any("統括への、呼び出しです" in text for text in chief.handset.heard)
    chief.handset.presses("1")
    desk.line.advance(3)
    assert shown(desk)[0].seen_by == "tokatsu"
    chief.handset.says("見にきました")
    assert "見にきました" not in talk.phone.heard
    talk.phone.says("はい")
    assert "はい" in chief.handset.heard
    assert desk.call(talk.phone.sid).state is CallState.TALKING


def test_2_on_the_telephone_only_tells_that_it_was_seen(desk: Desk) -> None:
    chief, talk = at_home(desk), talking(desk)
    asks(desk, talk)
    desk.line.advance(5)
    chief.handset.answers()
    desk.line.advance(2)
    chief.handset.presses("2")
    desk.line.advance(10)
    assert (shown(desk)[0].seen_by, shown(desk)[0].sounds) == ("tokatsu", False)
    assert chief.handset.state == "completed"
    assert desk.offers()[-1].state is OfferState.DECLINED


def test_an_open_page_that_nobody_looks_at_does_not_keep_the_telephone_silent(desk: Desk) -> None:
    chief, talk = at_home(desk), talking(desk)
    looks(desk, chief)
    asks(desk, talk)
    desk.line.advance(10)
    assert not chief.handset.calls
    desk.line.advance(15)
    assert chief.handset.rings


def test_whoever_sees_it_first_stops_the_other_telephones(desk: Desk) -> None:
    first, second = at_home(desk), at_home(desk, "tokatsu2", "+819000000008")
    talk = talking(desk)
    asks(desk, talk)
    desk.line.advance(5)
    assert first.handset.rings
    assert second.handset.rings
    sees(desk, first)
    desk.line.advance(2)
    assert not first.handset.rings
    assert not second.handset.rings


def test_an_answering_machine_sees_nothing_and_the_telephones_ring_again(desk: Desk) -> None:
    chief, talk = at_home(desk), talking(desk)
    asks(desk, talk)
    desk.line.advance(5)
    chief.handset.answers()
    desk.line.advance(60)
    assert shown(desk)[0].sounds
    desk.line.advance(90)
    assert len(chief.handset.calls) == 2
    assert talk.counsellor.work is Work.ON_CALL


def test_it_is_over_with_the_talk_and_nothing_rings_on(desk: Desk) -> None:
    chief, talk = at_home(desk), talking(desk)
    asks(desk, talk)
    desk.line.advance(5)
    assert chief.handset.rings
    talk.phone.hangs_up()
    desk.line.advance(5)
    assert shown(desk) == []
    assert not chief.handset.rings
    with desk.work() as session:
        assert session.get_one(Presence, chief.staff_id).listening_id is None


def test_the_counsellor_may_take_it_back(desk: Desk) -> None:
    chief, talk = at_home(desk), talking(desk)
    asks(desk, talk)
    desk.line.advance(5)
    withdraws(desk, talk)
    withdraws(desk, talk)
    desk.line.advance(2)
    assert shown(desk) == []
    assert not chief.handset.rings
    assert acts(desk).count("call.ask_supervisor_end") == 1
    asks(desk, talk)
    assert shown(desk)[0].sounds


def test_who_talks_with_a_caller_is_not_rung(desk: Desk) -> None:
    chief = Chief(desk)
    phone = desk.line.dial()
    desk.line.advance(5)
    chief.desk_of.takes_the_call()
    desk.line.advance(1)
    talk = talking(desk)
    asks(desk, talk)
    desk.line.advance(30)
    assert len(chief.handset.calls) == 1
    assert desk.call(phone.sid).state is CallState.TALKING


def test_seen_and_still_so_it_sounds_again(desk: Desk) -> None:
    chief, talk = at_home(desk), talking(desk)
    looks(desk, chief)
    asks(desk, talk)
    sees(desk, chief)
    desk.line.pulse = 5
    desk.line.advance(desk.settings.policy.alarm_again.total_seconds() - 10)
    assert not shown(desk)[0].sounds
    desk.line.advance(20)
    assert shown(desk)[0].sounds


def in_a_meeting(desk: Desk, login: str, phone: str) -> Chief:
    """A supervisor who is at work, but takes no calls now."""
    chief = Chief(desk, login, phone=phone)
    with desk.work() as session:
        row = session.get_one(Presence, chief.staff_id)
        row.work, row.reason = Work.AWAY, AwayReason.MEETING
    return chief


def test_who_is_off_duty_is_left_in_peace_while_somebody_at_work_is_rung(desk: Desk) -> None:
    home, there = at_home(desk), in_a_meeting(desk, "tokatsu2", "+819000000008")
    talk = talking(desk)
    asks(desk, talk)
    desk.line.advance(5)
    assert there.handset.rings
    assert not home.handset.calls
    there.handset.answers()
    desk.line.advance(2)
    there.handset.presses("2")
    desk.line.advance(300)
    assert shown(desk)[0].seen_by == "tokatsu2"
    assert not home.handset.calls


def test_where_nobody_at_work_saw_it_everybodys_telephone_rings(desk: Desk) -> None:
    home, there = at_home(desk), in_a_meeting(desk, "tokatsu2", "+819000000008")
    talk = talking(desk)
    asks(desk, talk)
    desk.line.advance(90)
    assert len(there.handset.calls) == 1
    assert not home.handset.calls
    desk.line.advance(60)
    assert len(there.handset.calls) == 2
    assert len(home.handset.calls) == 1


def test_where_nobody_at_work_can_be_rung_those_off_duty_are_rung_at_once(desk: Desk) -> None:
    busy = Chief(desk)
    desk.line.dial()
    desk.line.advance(5)
    busy.desk_of.takes_the_call()
    desk.line.advance(1)
    home = at_home(desk, "tokatsu2", "+819000000008")
    talk = talking(desk)
    asks(desk, talk)
    desk.line.advance(5)
    assert home.handset.rings


def test_who_takes_no_calls_but_has_a_page_open_is_at_work(desk: Desk) -> None:
    home, reads = at_home(desk), at_home(desk, "tokatsu2", "+819000000008")
    talk = talking(desk)
    asks(desk, talk)
    looks(desk, reads)
    desk.line.advance(20)
    looks(desk, reads)
    desk.line.advance(6)
    assert reads.handset.rings
    assert not home.handset.calls
