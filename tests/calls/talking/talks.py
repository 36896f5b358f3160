"""What counsellors do during a call, as the console's buttons do it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import Purpose
from callcenter.domain.talks.talk import Help
from callcenter.models.calls.calls import Call, Offer
from callcenter.models.records import Consultation
from callcenter.services.records import consultations
from callcenter.services.talks import consult, handover, participants, ringing, room, summons
from tests.desk import Counsellor, Desk
from tests.line import Phone

Act = Callable[[Session, Call, Offer], object]


class Talker:
    """A counsellor with the buttons of the call bar; the leg in hand is the one that was claimed last."""

    def __init__(self, desk: Desk, counsellor: Counsellor) -> None:
        self.desk, self.who = desk, counsellor

    def does(self, act: Act) -> None:
        with self.desk.work() as session:
            mine = [one for one in self.desk_offers(session) if one.claimed_at is not None]
            offer, call = ringing.find_with_call(session, mine[-1].id)
            assert offer is not None
            assert call is not None
            act(session, call, offer)
        self.desk.line.settle()

    def desk_offers(self, session: Session) -> list[Offer]:
        from sqlalchemy import select

        mine = select(Offer).where(Offer.staff_id == self.who.staff_id)
        return list(session.scalars(mine.order_by(Offer.rung_at, Offer.id)))

    def holds(self) -> None:
        self.does(
            lambda session, call, offer: participants.put_on_hold(session, call, offer, now=self.desk.clock.now())
        )

    def takes_back(self) -> None:
        self.does(
            lambda session, call, offer: participants.take_off_hold(session, call, offer, now=self.desk.clock.now())
        )

    def mutes(self, *, muted: bool = True) -> None:
        now = self.desk.clock.now()
        self.does(lambda session, _call, offer: participants.set_muted(session, offer, muted=muted, now=now))

    def says(self, what: Help) -> None:
        now = self.desk.clock.now()
        self.does(lambda session, call, offer: participants.say(session, call, offer, what, now=now))

    def ends_for_abuse(self) -> None:
        self.does(lambda session, call, offer: room.end_for_abuse(session, call, offer, now=self.desk.clock.now()))

    def consults(self, colleague: Counsellor, *, told: bool = False) -> None:
        now, policy = self.desk.clock.now(), self.desk.settings.policy
        self.does(
            lambda session, call, offer: consult.start_consult(
                session, call, offer, colleague.staff_id, announced=told, now=now, policy=policy
            )
        )

    def hands_over(self) -> None:
        self.does(lambda session, call, offer: handover.complete(session, call, offer, now=self.desk.clock.now()))

    def introduces(self) -> None:
        self.does(lambda session, call, offer: consult.introduce(session, call, offer, now=self.desk.clock.now()))

    def calls_for_help(self) -> None:
        """Call for a supervisor."""
        now = self.desk.clock.now()
        self.does(lambda session, call, offer: summons.ask(session, call, offer, again=False, now=now))

    def withdraws(self) -> None:
        """As the colleague: leave again."""
        self.does(lambda session, call, offer: consult.withdraw(session, call, offer, now=self.desk.clock.now()))

    def cancels(self) -> None:
        self.does(lambda session, call, offer: consult.cancel(session, call, offer, now=self.desk.clock.now()))


def talking(desk: Desk, *, phone: str | None = "+819000000002") -> tuple[Phone, Talker]:
    """Bring a caller and a counsellor together."""
    counsellor = desk.counsellor(phone=phone)
    caller = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(2)
    return caller, Talker(desk, counsellor)


def consulting(desk: Desk, *, told: bool = False) -> tuple[Phone, Talker, Talker]:
    """Bring them so far that the counsellor speaks with a colleague while the caller hears music."""
    caller, talker = talking(desk)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    talker.consults(colleague, told=told)
    desk.line.advance(2)
    colleague.takes_the_call()
    desk.line.advance(2)
    return caller, talker, Talker(desk, colleague)


def hears(listener: Phone, speaker: Phone) -> bool:
    """Whether what *speaker* says now reaches *listener*."""
    words = f"聞こえますか {len(listener.heard)}"
    speaker.says(words)
    return words in listener.heard


def on_music(desk: Desk, caller: Phone) -> bool:
    """Whether the room itself, not our database, keeps the caller on hold."""
    room_of = desk.line.engine.legs[caller.sid].stay
    participant = getattr(room_of, "participant", None)
    return bool(participant is not None and participant.hold)


def owner_of_the_record(desk: Desk, caller: Phone) -> str:
    with desk.work() as session:
        record: Consultation | None = consultations.of_call(session, desk.call_in(session, caller.sid).id)
        assert record is not None
        return record.counsellor_id


def consult_offer(desk: Desk) -> Offer:
    """The ring of the colleague who was asked."""
    return next(offer for offer in desk.offers() if offer.purpose is Purpose.CONSULT)
