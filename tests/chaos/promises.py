"""What must be true whatever happened: some things at every moment, others once everybody had their time.

The line simulator knows who is really connected; the database says what the desk believes. A promise compares the
two, and never asks the desk whether the desk is right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from callcenter.context import reading
from callcenter.domain.calls.lifecycle import LIVE_OFFERS, OPEN_OFFERS, CallState, OfferState, Purpose
from callcenter.domain.duty.presence import BOUND, Work
from callcenter.domain.staff.roles import Contact
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.records import Consultation
from callcenter.services.trail import audit
from ivr.simulator.line.legs import Leg
from ivr.simulator.line.places import Room
from ivr.simulator.line.queues import is_waiting
from tests.chaos.stage import Stage

UNANSWERED = 8.0
"""Seconds for which somebody may wait beside somebody who is free: the greeting, and some looks of the worker."""
KEPT_BACK = 20.0
"""Seconds for which a caller whose counsellor was lost is kept for that counsellor."""
RESTS = 15.0
"""Seconds for which whoever declined a caller is not rung for them."""
APART = 120.0
"""Seconds for which the desk may believe something else than what is so, where news of it was lost."""
ALONE = 90.0
"""Seconds for which somebody may be alone in a room."""
WORDLESS = 120.0
"""Seconds for which a caller may hear music and no words."""
BROKEN_ROOM = "document for a room failed"
"""The simulator's remark about a room whose music could not be fetched; a cut wire is no fault of the desk's."""


class Broken(AssertionError):
    """A promise was not kept."""


@dataclass
class Rows:
    """What the desk believes."""

    calls: dict[str, Call] = field(default_factory=dict)
    """By the caller's leg."""
    offers: list[Offer] = field(default_factory=list)
    people: dict[str, Presence] = field(default_factory=dict)
    drafts: set[str | None] = field(default_factory=set)


class Promises:
    """Watches one history; ``calm_from`` is the moment from which nothing keeps the desk from its work."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.calm_from: float | None = 0.0
        self._since: dict[str, float] = {}
        self._words: dict[str, float] = {}
        """When each caller last heard words, by their leg."""
        stage.on_tick.append(self._listen)

    def check(self) -> None:
        """Raise ``Broken`` with every promise that is broken now, or has been for too long."""
        rows = self._read()
        broken = [*self._at_once(rows), *self._wordless(), *self._too_long(rows)]
        if broken:
            raise Broken("\n".join(broken))

    @property
    def pending(self) -> bool:
        """Whether something still differs that should pass by itself."""
        return bool(self._since)

    def open_in_the_evening(self) -> list[str]:
        """Tell what is still open after everybody has gone, and where the trail is not whole."""
        self.check()
        rows, engine = self._read(), self.stage.line.engine
        found = [f"a leg to {leg.to} is still {leg.status}" for leg in engine.legs.values() if not leg.over]
        found += [f"call {call.id} is {call.state}" for call in rows.calls.values() if call.state != CallState.ENDED]
        found += [f"offer {offer.id} is {offer.state}" for offer in rows.offers if offer.state in LIVE_OFFERS]
        found += [f"a counsellor is {row.work} with nobody" for row in rows.people.values() if row.work in BOUND]
        with self.stage.work() as session:
            undone = session.scalars(select(OutboxMessage.topic).where(OutboxMessage.done_at.is_(None)))
            found += [f"errand {topic} was never done" for topic in undone]
            if not found and (bad := audit.verify(session)) is not None:
                found.append(f"the trail breaks at entry {bad}")
        return found

    def counts(self) -> dict[str, int]:
        """Count what has happened in this history."""
        rows, engine = self._read(), self.stage.line.engine
        return {
            "calls": len(rows.calls),
            "rings": len(rows.offers),
            "claims": sum(offer.claimed_at is not None for offer in rows.offers),
            "talks": sum(call.talked_at is not None for call in rows.calls.values()),
            "returns to the queue": sum(call.requeued_at is not None for call in rows.calls.values()),
            "webhooks": engine.journal.webhooks,
        }

    def _read(self) -> Rows:
        with self.stage.app.app_context(), reading() as session:
            rows = Rows(
                {call.caller_sid: call for call in session.scalars(select(Call))},
                list(session.scalars(select(Offer))),
                {row.staff_id: row for row in session.scalars(select(Presence))},
                set(session.scalars(select(Consultation.call_id))),
            )
            session.expunge_all()  # they are read after the transaction
            return rows

    # ------------------------------------------------------------ at every moment

    def _at_once(self, rows: Rows) -> Iterator[str]:
        live = [offer for offer in rows.offers if offer.state in LIVE_OFFERS]
        yield from self._bound(rows, live)
        yield from self._answered(rows)
        yield from self._on_the_line(rows, live)

    def _bound(self, rows: Rows, live: list[Offer]) -> Iterator[str]:
        answers = [offer for offer in live if offer.purpose is Purpose.ANSWER]
        theirs = [f"{o.call_id}{' beside another' * o.companion}" for o in answers] + [o.staff_id for o in live]
        for what, count in Counter(theirs).items():
            if count > 1:
                yield f"{count} live offers for {what}"
        claimed = {offer.call_id for offer in answers if offer.state not in OPEN_OFFERS}
        for offer in answers:
            if offer.state in OPEN_OFFERS and offer.call_id in claimed:
                yield f"somebody is rung for call {offer.call_id}, which was accepted"
        bound = {row.offer_id for row in rows.people.values() if row.work in BOUND}
        rung = {offer.id for offer in live if offer.purpose is not Purpose.LISTEN}
        if bound != rung:
            yield f"counsellors are bound to {bound}, live offers are {rung}"

    def _answered(self, rows: Rows) -> Iterator[str]:
        for leg in self.stage.line.engine.legs.values():
            if leg.inbound and leg.verbs and leg.sid not in rows.calls:
                yield f"a caller was answered and has no row: {leg.sid}"
        for offer in rows.offers:
            if offer.claimed_at and offer.purpose is Purpose.ANSWER and offer.call_id not in rows.drafts:
                yield f"call {offer.call_id} was claimed and nobody finds a record to write"

    def _on_the_line(self, rows: Rows, live: list[Offer]) -> Iterator[str]:
        engine = self.stage.line.engine
        consulted = {call.consult_id for call in rows.calls.values()}
        owners = {f"c-{offer.id}" for offer in live if offer.id not in consulted}
        for room in running_rooms(self.stage):
            if len(owners & staff_in(room)) > 1:
                yield f"{len(owners & staff_in(room))} counsellors with one caller in {room.name}"
        ringing = Counter(leg.to for leg in engine.legs.values() if leg.status == "ringing" and not leg.inbound)
        yield from (f"{to} rings {count} times" for to, count in ringing.items() if count > 1)
        yield from (v for v in engine.journal.violations if BROKEN_ROOM not in v)

    # ------------------------------------------------------------ for too long

    def _listen(self) -> None:
        """Note who hears words now: from the line, or because somebody is with them.

        Whoever is left alone in a room is led out of it by a worker, or by a web process in its place; while neither
        is there, only those who wait in the queue are promised words.
        """
        now, talking = self.stage.line.engine.elapsed, set(self._with_somebody())
        somebody_works = self.stage.working or self.stage.stands_in
        for leg in self.stage.line.engine.legs.values():
            if leg.inbound and leg.answered is not None:
                spoken = max((c.began + c.seconds for c in leg.captions if c.kind == "said"), default=leg.answered)
                heard = leg.sid in talking or not (somebody_works or is_waiting(leg))
                since = now if heard else min(now, spoken)
                self._words[leg.sid] = max(self._words.get(leg.sid, leg.answered), since)

    def _with_somebody(self) -> Iterator[str]:
        for room in running_rooms(self.stage):
            if not is_alone(room):
                yield from (one.leg.sid for one in room.participants if not one.hold)

    def _wordless(self) -> Iterator[str]:
        """Yield every caller who has heard music and nothing else; this holds in calm and in trouble."""
        self._listen()
        for sid, since in self._words.items():
            lasted = self.stage.line.engine.elapsed - since
            if lasted > WORDLESS and not self.stage.line.engine.legs[sid].over:
                yield f"caller {sid} has heard no word for {lasted:.0f} s"

    def _too_long(self, rows: Rows) -> Iterator[str]:
        now, calm = self.stage.line.engine.elapsed, self.calm_from
        found = dict(self._wrong(rows))
        self._since = {what: self._since.get(what, now) for what in found}
        if calm is None:
            return
        for what, allowed in found.items():
            lasted = now - max(self._since[what], calm)
            if lasted > allowed:
                yield f"{what}, for {lasted:.0f} s already"

    def _wrong(self, rows: Rows) -> Iterator[tuple[str, float]]:
        """Yield what should pass by itself, and the seconds within which it must."""
        legs = self.stage.line.engine.legs
        yield from self._callers(rows, [leg for leg in legs.values() if leg.inbound])
        by_leg = {offer.leg_sid: offer for offer in rows.offers if offer.leg_sid}
        for leg in legs.values():
            offer = by_leg.get(leg.sid)
            if not leg.inbound and not leg.over and (offer is None or offer.state not in LIVE_OFFERS):
                yield f"a counsellor's leg {leg.sid} lives on and is nobody's", APART
        for offer in rows.offers:
            own = legs.get(offer.leg_sid or "")
            if offer.state in LIVE_OFFERS and (own is None or own.over):
                yield f"offer {offer.id} is {offer.state} and its leg is not there", APART
        for room in running_rooms(self.stage):
            if is_alone(room):
                yield f"somebody is alone in {room.name}", ALONE

    def _callers(self, rows: Rows, legs: list[Leg]) -> Iterator[tuple[str, float]]:
        for leg in legs:
            call = rows.calls.get(leg.sid)
            if call is None:
                continue
            if not leg.over and call.state is CallState.ENDED:
                yield f"caller {leg.sid} is still there and their call has ended", APART
            if leg.over and call.state is not CallState.ENDED:
                yield f"caller {leg.sid} has gone and their call is {call.state}", APART
            if is_waiting(leg):
                yield from self._beside(rows, call)

    def _beside(self, rows: Rows, call: Call) -> Iterator[tuple[str, float]]:
        """Yield every counsellor who is free beside this waiting caller; each such meeting has its own beginning."""
        mine = [offer for offer in rows.offers if offer.call_id == call.id]
        if any(offer.state in LIVE_OFFERS for offer in mine):
            return
        for row in rows.people.values():
            declined = any(o.staff_id == row.staff_id and o.state is OfferState.DECLINED for o in mine)
            if self._can_answer(row):
                began = max(row.since, row.idle_since, call.requeued_at or call.waiting_since, *_ends(mine)).isoformat()
                yield (
                    f"call {call.id} has waited beside {row.staff_id}, who is free, since {began}",
                    UNANSWERED + (RESTS if declined else 0) + (KEPT_BACK if call.requeued_at else 0),
                )

    def _can_answer(self, row: Presence) -> bool:
        there = row.contact is Contact.PHONE or (row.registered and row.staff_id in self.stage.there)
        return row.work is Work.AVAILABLE and not row.draining and there


def _ends(offers: list[Offer]) -> list[datetime]:
    return [offer.left_at for offer in offers if offer.left_at is not None]


def running_rooms(stage: Stage) -> list[Room]:
    return [room for room in stage.line.engine.rooms.values() if room.status != "completed"]


def staff_in(room: Room) -> set[str]:
    """Return the labels of the counsellors in the room."""
    return {participant.label for participant in room.participants if participant.label.startswith("c-")}


def is_alone(room: Room) -> bool:
    """Whether a caller hears nobody, or a counsellor is without the caller; supervisors do not count."""
    there = [participant for participant in room.participants if not participant.label.startswith("s-")]
    return len(there) == 1 or (len(there) > 1 and not any(one.leg.inbound for one in there))
