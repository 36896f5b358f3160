"""A supervisor takes a talk over: the caller stays, the record goes along, the former counsellor is let go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState, Purpose
from callcenter.domain.duty.presence import Work
from callcenter.domain.talks.supervision import Mode
from callcenter.jobs import reconcile
from callcenter.models.calls.calls import Offer
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.talks import participants, ringing, takeover
from callcenter.services.talks.supervision import NotListening, TalkOver
from callcenter.services.talks.takeover import Consulting
from tests.calls.talking.supervisors import Chief, Talk, offer, talking, trail
from tests.calls.talking.talks import Talker
from tests.desk import Desk


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


@pytest.fixture
def talk(desk: Desk) -> Talk:
    return talking(desk)


@pytest.fixture
def chief(desk: Desk, talk: Talk) -> Chief:
    return Chief(desk)


def takes_over(desk: Desk, chief: Chief, offer_id: str, *, seconds: float = 1) -> None:
    with desk.work() as session:
        found, call = ringing.find_with_call(session, offer_id)
        assert found is not None
        assert call is not None
        by = session.get_one(Staff, chief.staff_id)
        takeover.take_over(session, found, call, by=by, now=desk.clock.now())
    desk.line.advance(seconds)


def owner(desk: Desk) -> str:
    with desk.work() as session:
        return session.scalars(select(Consultation)).one().counsellor_id


def test_the_supervisor_speaks_with_the_caller_and_the_former_counsellor_is_out(
    desk: Desk, talk: Talk, chief: Chief
) -> None:
    takes_over(desk, chief, chief.hears(talk.phone))
    chief.handset.says("かわりました。")
    assert talk.phone.heard[-1] == "かわりました。"
    assert (talk.counsellor.handset.state, talk.phone.state) == ("completed", "in-progress")
    assert (chief.desk_of.work, talk.counsellor.work) == (Work.ON_CALL, Work.WRAP_UP)
    assert desk.line.failures() == []


def test_the_record_goes_with_the_call_with_all_that_was_written(desk: Desk, talk: Talk, chief: Chief) -> None:
    with desk.work() as session:
        session.scalars(select(Consultation)).one().story = "朝は起きられた。"
    takes_over(desk, chief, chief.hears(talk.phone))
    assert owner(desk) == chief.staff_id
    with desk.work() as session:
        assert session.scalars(select(Consultation)).one().story == "朝は起きられた。"


def test_the_call_is_the_supervisors_before_any_leg_is_touched(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.hears(talk.phone)
    desk.working = False  # no errand is run
    takes_over(desk, chief, offer_id)
    assert desk.call(talk.phone.sid).offer_id == offer_id
    assert (owner(desk), chief.desk_of.work, talk.counsellor.work) == (chief.staff_id, Work.ON_CALL, Work.WRAP_UP)
    assert talk.counsellor.handset.state == "in-progress"
    desk.working = True
    desk.line.advance(1)
    assert talk.counsellor.handset.state == "completed"


def test_pressing_twice_takes_over_once(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.hears(talk.phone)
    takes_over(desk, chief, offer_id, seconds=0)
    takes_over(desk, chief, offer_id)
    with desk.work() as session:
        taken = session.scalars(select(AuditEntry).where(AuditEntry.action == "call.take_over")).all()
    assert [entry.facts["from"] for entry in taken] == [talk.counsellor.staff_id]
    assert [action for action, _ in trail(desk)] == ["call.listen", "call.listen_end"]


def test_the_end_of_a_call_that_was_taken_over_is_an_ordinary_end(desk: Desk, talk: Talk, chief: Chief) -> None:
    takes_over(desk, chief, chief.hears(talk.phone))
    talk.phone.hangs_up()
    desk.line.advance(3)
    assert desk.outcome(talk.phone.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert (chief.desk_of.work, chief.handset.state) == (Work.WRAP_UP, "completed")


def test_a_supervisor_who_took_over_and_is_lost_leaves_no_caller_behind(desk: Desk, talk: Talk, chief: Chief) -> None:
    takes_over(desk, chief, chief.hears(talk.phone))
    chief.handset.hangs_up()
    desk.line.advance(5)
    call = desk.call(talk.phone.sid)
    assert (call.state, call.priority) == (CallState.WAITING, 1)
    assert chief.desk_of.work is Work.WRAP_UP


def test_who_whispered_to_the_former_counsellor_whispers_to_the_new_one(desk: Desk, talk: Talk, chief: Chief) -> None:
    other = Chief(desk, "tokatsu2", phone="+819000000008")
    other.changes(other.hears(talk.phone), Mode.WHISPER)
    takes_over(desk, chief, chief.hears(talk.phone))
    other.handset.says("となりにいます")
    assert chief.handset.heard[-1] == "となりにいます"
    assert "となりにいます" not in talk.phone.heard


def test_a_caller_who_hears_music_is_back_in_the_talk_with_the_supervisor(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.hears(talk.phone)
    with desk.work() as session:
        held, call = ringing.find_with_call(session, desk.call_in(session, talk.phone.sid).offer_id or "")
        assert held is not None
        assert call is not None
        participants.put_on_hold(session, call, held, now=desk.clock.now())
    desk.line.advance(1)
    takes_over(desk, chief, offer_id)
    chief.handset.says("お待たせしました。")
    assert talk.phone.heard[-1] == "お待たせしました。"


def test_a_whisper_follows_a_caller_who_is_handed_over(desk: Desk, talk: Talk, chief: Chief) -> None:
    former, colleague = Talker(desk, talk.counsellor), desk.counsellor("tanto05", phone="+819000000005")
    offer_id = chief.hears(talk.phone)
    chief.changes(offer_id, Mode.WHISPER)
    former.consults(colleague)
    desk.line.advance(2)
    colleague.takes_the_call()
    desk.line.advance(3)
    with pytest.raises(Consulting):
        takes_over(desk, chief, offer_id)
    former.hands_over()
    desk.line.advance(2)
    chief.handset.says("だいじょうぶ")
    assert colleague.handset.heard[-1] == "だいじょうぶ"
    assert "だいじょうぶ" not in talk.phone.heard
    assert trail(desk)[-1] == ("call.listen_mode", "whisper")


def test_only_who_is_in_the_room_takes_over(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.asks_to_hear(talk.phone)
    with pytest.raises(NotListening):
        takes_over(desk, chief, offer_id)
    other = Chief(desk, "tokatsu2", phone="+819000000008")
    with pytest.raises(NotListening):
        takes_over(desk, other, offer_id)
    assert owner(desk) == talk.counsellor.staff_id


def test_a_call_that_the_counsellor_is_just_ending_is_left_to_end(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.hears(talk.phone)
    desk.working = False
    talk.counsellor.ends_the_call()
    with pytest.raises(TalkOver):
        takes_over(desk, chief, offer_id)
    desk.working = True


def test_unknown_fates_at_the_telephone_company_still_end_with_one_counsellor(
    desk: Desk, talk: Talk, chief: Chief
) -> None:
    offer_id = chief.hears(talk.phone)
    desk.line.faults.next_rest = ["rest_timeout", "rest_500", "", "rest_429"]
    takes_over(desk, chief, offer_id, seconds=20)
    assert talk.counsellor.handset.state == "completed"
    assert not chief.participant.muted
    with desk.work() as session:
        live = session.scalars(select(Offer).where(Offer.state == OfferState.JOINED)).all()
    assert [(one.id, one.purpose) for one in live] == [(offer_id, Purpose.ANSWER)]
    assert offer(desk, offer_id).mode is None


def test_taking_over_on_either_database(database_url: str) -> None:
    desk = Desk(database_url)
    talk, chief = talking(desk), Chief(desk)
    takes_over(desk, chief, chief.hears(talk.phone))
    assert (owner(desk), desk.call(talk.phone.sid).state) == (chief.staff_id, CallState.TALKING)
    desk.close()


def test_a_take_over_that_the_line_refused_for_minutes_is_made_up_for(desk: Desk, talk: Talk, chief: Chief) -> None:
    offer_id = chief.hears(talk.phone)
    desk.line.faults.next_rest = ["rest_500"] * 400
    takes_over(desk, chief, offer_id, seconds=200)
    with desk.work() as session:
        errand = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "take_over")).one()
        assert errand.result == "gave_up"
    desk.line.faults.next_rest.clear()
    with desk.app.app_context():
        assert reconcile.reconcile(every=timedelta(0)) == "done"
    desk.line.advance(2)
    chief.handset.says("かわりました。")
    assert talk.phone.heard[-1] == "かわりました。"
    assert (talk.counsellor.handset.state, talk.phone.state) == ("completed", "in-progress")
