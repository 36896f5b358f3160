"""What can be done to one leg of a running talk, asked of the line in Twilio's own words."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from callcenter.domain.calls.lifecycle import OfferState, Purpose
from callcenter.domain.telephony import LineGone, LineRefused
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Offer
from tests.desk import ORIGIN, Counsellor, Desk
from tests.line import Phone

MUSIC = f"{ORIGIN}/ivr/voice/room"


def talk(desk: Desk) -> tuple[Phone, Counsellor, str]:
    """Bring a caller and a counsellor together; return them with the SID of their room."""
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(1)
    room_sid = desk.telephony.room_sid(desk.call(phone.sid).room)
    assert room_sid is not None
    return phone, counsellor, room_sid


def test_a_caller_on_hold_hears_music_until_taken_back(desk: Desk) -> None:
    phone, counsellor, room_sid = talk(desk)
    desk.telephony.hold(room_sid, phone.sid, MUSIC)
    desk.line.advance(1)
    counsellor.handset.says("聞こえますか。")
    assert phone.heard[-1].startswith("♪")
    desk.telephony.unhold(room_sid, phone.sid)
    desk.line.advance(1)
    counsellor.handset.says("お待たせしました。")
    assert phone.heard[-1] == "お待たせしました。"


def test_a_muted_leg_is_not_heard_until_it_may_be_again(desk: Desk) -> None:
    phone, counsellor, room_sid = talk(desk)
    leg = counsellor.handset.sid
    for muted in (True, False):
        desk.telephony.mute(room_sid, leg, muted=muted)
        counsellor.handset.says(f"{muted}")
    assert phone.heard[-1] == "False"
    assert "True" not in phone.heard


def test_a_coaching_leg_is_heard_by_the_coached_alone_then_by_all(desk: Desk) -> None:
    phone, counsellor, room_sid = talk(desk)
    leg = counsellor.handset.sid
    desk.telephony.coach(room_sid, leg, coached_sid=leg, muted=False)
    counsellor.handset.says("ささやき")
    desk.telephony.coach(room_sid, leg, coached_sid=None, muted=False)
    counsellor.handset.says("みなさん")
    assert "ささやき" not in phone.heard
    assert phone.heard[-1] == "みなさん"
    with pytest.raises(LineRefused):
        desk.telephony.coach(room_sid, leg, coached_sid="CA" + "0" * 32, muted=False)


def test_an_announcement_reaches_one_leg_and_a_leg_that_left_is_gone(desk: Desk) -> None:
    phone, counsellor, room_sid = talk(desk)
    before = len(counsellor.handset.heard)
    desk.telephony.announce(room_sid, phone.sid, MUSIC)
    desk.line.advance(1)
    assert phone.heard[-1].startswith("♪")
    assert len(counsellor.handset.heard) == before
    phone.hangs_up()
    desk.line.advance(1)
    with pytest.raises(LineGone):
        desk.telephony.announce(room_sid, phone.sid, MUSIC)
    assert desk.telephony.room_sid(desk.call(phone.sid).room) is None


@pytest.mark.parametrize("purpose,allowed", [(Purpose.ANSWER, False), (Purpose.CONSULT, True), (Purpose.LISTEN, True)])
def test_beside_the_one_who_answers_only_others_may_be_in_a_call(desk: Desk, purpose: Purpose, allowed: bool) -> None:
    phone, counsellor, _ = talk(desk)
    other = desk.counsellor("tanto03", phone="+819000000003")
    beside = {"call_id": desk.call(phone.sid).id, "contact": counsellor.presence.contact, "rung_at": desk.clock.now()}

    def put(staff_id: str) -> None:
        with desk.work() as session:
            session.add(Offer(id=new_id(), staff_id=staff_id, purpose=purpose, state=OfferState.JOINED, **beside))

    if allowed:
        put(other.staff_id)
    else:
        with pytest.raises(IntegrityError):
            put(other.staff_id)
    with pytest.raises(IntegrityError):
        put(counsellor.staff_id)
