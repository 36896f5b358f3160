"""Runs the errands of the outbox: lease, run, mark done or schedule another try."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from callcenter.context import context, reading, unit_of_work
from callcenter.domain.ports import MailNotTaken
from callcenter.domain.telephony import LineBusy, LineGone, LineRefused, LineShut, LineUnknown
from callcenter.jobs import audit_heads, listening, participants
from callcenter.jobs.alarms import mails
from callcenter.jobs.errands import ATTEMPT, ERRAND, HANDLERS, Facts, NotReady
from callcenter.jobs.loop import where
from callcenter.jobs.members import mails as member_mails
from callcenter.models.calls.calls import Offer
from callcenter.services.delivery import outbox
from callcenter.services.delivery.outbox import DueMessage, Lane, LeasedErrand

log = logging.getLogger(__name__)

ALL = {
    **HANDLERS,
    **listening.HANDLERS,
    **participants.HANDLERS,
    **audit_heads.HANDLERS,
    **mails.HANDLERS,
    **member_mails.HANDLERS,
}
"""Every errand that can be run, by topic."""

ABOUT_THE_CALLER = frozenset(
    {
        "bring_caller",
        "rescue_caller",
        "say_bye",
        "announce",
        "set_hold",
        "look_into_hold",
        "look_into_room",
        "ask_after_call",
    }
)
"""Errands about the leg of a call's caller; the others are about the leg of their offer."""

GIVEN_UP: dict[str, Callable[[Facts], object]] = {**member_mails.GIVEN_UP}
"""What is done, by topic, about an errand that is tried no more."""

TRIES = 5
"""An errand that was left lying while no worker lived is old at its first try, and is tried as often as any other."""


NOT_NOW = "not_now"
TRIED_AGAIN = {NOT_NOW, outbox.NO_ANSWER}
"""How a try ends after which another one follows."""


@dataclass(frozen=True)
class DueErrand:
    """An errand that may be run now, and the leg that it is about: the errands of one leg are run in their order."""

    message_id: int
    leg: str


def due(session: Session, *, now: datetime, lane: Lane = Lane.LINE) -> list[DueErrand]:
    """Return the errands of a lane that may be run now, oldest first."""
    found = outbox.due(session, now=now, lane=lane)
    offers = {one.facts["offer"] for one in found if one.topic in ABOUT_THE_CALLER and "offer" in one.facts}
    held = select(Offer.id, Offer.call_id).where(Offer.id.in_(offers))
    calls = dict(session.execute(held).all()) if offers else {}
    return [DueErrand(one.message_id, _leg(one, calls)) for one in found]


def _leg(errand: DueMessage, calls: Mapping[str, str]) -> str:
    offer, call = errand.facts.get("offer"), errand.facts.get("call")
    if errand.topic in ABOUT_THE_CALLER:
        call = call or calls.get(offer or "")
        return f"caller {call or offer}"
    return f"offer {offer}" if offer else f"errand {errand.message_id}"


def drain(lane: Lane = Lane.LINE) -> int:
    """Run every due errand of a lane, one after the other, and return how many; safe in many processes at once."""
    with reading() as session:
        waiting = due(session, now=context().ports.clock.now(), lane=lane)
    return run(waiting)


def run(errands: Sequence[DueErrand]) -> int:
    """Run these errands in their order and return how many nobody else was working on."""
    return sum(deliver(errand.message_id) for errand in errands)


def deliver(message_id: int) -> bool:
    """Run one errand; False if it is done or leased."""
    now = context().ports.clock.now()
    with unit_of_work() as session:
        held = outbox.lease(session, message_id, now=now)
    if held is None:
        return False
    with kept(held):
        result = _run(held)
    now = context().ports.clock.now()
    again = result in TRIED_AGAIN
    if again and (held.attempts < TRIES or now - held.created_at < outbox.patience_with(held.topic).altogether):
        with unit_of_work() as session:
            outbox.retry(session, held, result, now=now)
        return True
    if again and held.topic in GIVEN_UP:
        GIVEN_UP[held.topic](held.facts)
    with unit_of_work() as session:
        outbox.finish(session, held, "gave_up" if again else result, now=now)
    return True


@contextmanager
def kept(held: LeasedErrand) -> Iterator[None]:
    """Renew the lease of a mail to a member while its server is spoken to, which may take minutes.

    A process that dies renews nothing, so that another one takes the errand up within the length of a lease.
    """
    if held.topic not in outbox.MEMBERS:
        yield
        return
    over, app = threading.Event(), current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # as Flask says for threads
    renewing = threading.Thread(target=_renew, args=(app, held, over), name="lease", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()


def _renew(app: Flask, held: LeasedErrand, over: threading.Event) -> None:
    every = outbox.LEASE.total_seconds() / 3
    with app.app_context():
        while not over.wait(every):
            with suppress(SQLAlchemyError), unit_of_work() as session:  # the next look may find the database again
                outbox.renew(session, held, now=context().ports.clock.now())


def _run(held: LeasedErrand) -> str:
    """Return how the errand went, as a code; one of ``TRIED_AGAIN`` if it should be tried again."""
    try:
        return ALL[held.topic](held.facts | {ATTEMPT: held.attempts, ERRAND: held.message_id})
    except LineShut as shut:
        _shut_out(shut)
        return outbox.NO_ANSWER
    except (LineBusy, LineUnknown) as silent:
        log.info("errand %s (%s) rests: %s", held.message_id, held.topic, type(silent).__name__)
        return outbox.NO_ANSWER
    except (MailNotTaken, NotReady) as not_now:
        log.info("errand %s (%s) rests: %s", held.message_id, held.topic, type(not_now).__name__)
        return NOT_NOW
    except LineRefused as refused:
        log.warning("errand %s (%s) was refused: %s", held.message_id, held.topic, refused)
        return "refused"
    except LineGone:
        return "gone"
    except SQLAlchemyError:
        raise  # no errand can be run now; the worker rests and the lease runs out by itself
    except Exception as failed:  # noqa: BLE001  # the errands after it are not to suffer
        log.error("errand %s (%s) failed and is tried again: %s", held.message_id, held.topic, where(failed))  # noqa: TRY400  # see where()
        return NOT_NOW


def _shut_out(shut: LineShut) -> None:
    """Tell the operator, once a minute, that our keys or account are refused."""
    untold = context().troubles.met("shut", context().ports.clock.now())
    if untold:
        log.error("the telephone company does not let us in (%s); errands that rest since: %d", shut, untold)
