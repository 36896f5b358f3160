"""Supervisors as the calls' tests meet them, and the talks that they follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from callcenter.domain.staff.roles import Role
from callcenter.domain.talks.supervision import Mode
from callcenter.models.calls.calls import Offer
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.talks import ringing, supervision
from ivr.simulator.line.places import Participant
from tests.desk import Counsellor, Desk
from tests.line import Phone


class Chief:
    """A supervisor with a telephone of their own."""

    def __init__(self, desk: Desk, login: str = "tokatsu", *, phone: str | None = "+819000000009") -> None:
        self.desk = desk
        self.desk_of = desk.counsellor(login, phone=phone, role=Role.SUPERVISOR)
        self.handset, self.staff_id = self.desk_of.handset, self.desk_of.staff_id

    def asks_to_hear(self, phone: Phone) -> str:
        """Press 聴く beside the caller's talk; return the offer."""
        with self.desk.work() as session:
            call_id = self.desk.call_in(session, phone.sid).id
            by, now = session.get_one(Staff, self.staff_id), self.desk.clock.now()
            offer = supervision.listen(session, call_id, by=by, now=now, policy=self.desk.settings.policy)
            offer_id = offer.id
        self.desk.line.advance(1)
        return offer_id

    def hears(self, phone: Phone) -> str:
        """Ask and pick up."""
        offer_id = self.asks_to_hear(phone)
        self.desk_of.takes_the_call()
        self.desk.line.advance(1)
        return offer_id

    def changes(self, offer_id: str, mode: Mode) -> None:
        with self.desk.work() as session:
            offer, _ = ringing.find_with_call(session, offer_id)
            assert offer is not None
            by = session.get_one(Staff, self.staff_id)
            supervision.set_mode(session, offer, mode, by=by, now=self.desk.clock.now())
        self.desk.line.advance(1)

    def stops(self, offer_id: str) -> None:
        with self.desk.work() as session:
            offer, _ = ringing.find_with_call(session, offer_id)
            assert offer is not None
            supervision.stop_listening(
                session, offer, by=session.get_one(Staff, self.staff_id), now=self.desk.clock.now()
            )
        self.desk.line.advance(1)

    @property
    def participant(self) -> Participant:
        """The leg as the room has it."""
        rooms = (room for room in self.desk.line.engine.rooms.values() if room.status != "completed")
        return next(one for room in rooms for one in room.participants if one.leg is self.handset.leg)


@dataclass
class Talk:
    """A caller and a counsellor who talk with one another."""

    phone: Phone
    counsellor: Counsellor


def talking(desk: Desk) -> Talk:
    """Bring a caller and a counsellor together."""
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(1)
    return Talk(phone, counsellor)


def who_hears(talk: Talk, chief: Chief, words: str) -> tuple[bool, bool]:
    """Let the supervisor say *words*; tell whether the counsellor and whether the caller heard them."""
    chief.handset.says(words)
    return words in talk.counsellor.handset.heard, words in talk.phone.heard


def trail(desk: Desk) -> list[tuple[str, Any]]:
    with desk.work() as session:
        listening = select(AuditEntry).where(AuditEntry.action.startswith("call.listen")).order_by(AuditEntry.seq)
        return [
            (entry.action, entry.facts.get("mode") or entry.facts.get("state")) for entry in session.scalars(listening)
        ]


def offer(desk: Desk, offer_id: str) -> Offer:
    with desk.work() as session:
        return session.get_one(Offer, offer_id)
