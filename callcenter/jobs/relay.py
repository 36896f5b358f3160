"""Runs the errands of the outbox: lease, run, mark done or schedule another try."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from callcenter.context import context, reading, unit_of_work
from callcenter.domain.ports import MailNotTaken
from callcenter.domain.telephony import LineBusy, LineGone, LineRefused, LineShut, LineUnknown
from callcenter.jobs import audit_heads, listening, participants
from callcenter.jobs.alarms import mails
from callcenter.jobs.errands import ATTEMPT, HANDLERS, NotReady
from callcenter.jobs.loop import where
from callcenter.models.calls.calls import Offer
from callcenter.services.delivery import outbox
from callcenter.services.delivery.outbox import DueMessage, LeasedErrand

log = logging.getLogger(__name__)

ALL = {**HANDLERS, **listening.HANDLERS, **participants.HANDLERS, **audit_heads.HANDLERS, **mails.HANDLERS}
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

GIVE_UP_AFTER = timedelta(minutes=2)
"""An errand of the telephone is about people who are on the line now; older ones are left to the watchdog."""
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


def due(session: Session, *, now: datetime, slow: bool = False) -> list[DueErrand]:
    """Return the errands that may be run now, oldest first; the *slow* ones may wait for a mail server."""
    found = outbox.due(session, now=now, slow=slow)
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


def drain(*, slow: bool = False) -> int:
    """Run every due errand, one after the other, and return how many; safe in many processes at once."""
    with reading() as session:
        waiting = due(session, now=context().ports.clock.now(), slow=slow)
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
    result = _run(held)
    now = context().ports.clock.now()
    with unit_of_work() as session:
        if result in TRIED_AGAIN and (held.attempts < TRIES or now - held.created_at < GIVE_UP_AFTER):
            outbox.retry(session, held, result, now=now)
        else:
            outbox.finish(session, held, "gave_up" if result in TRIED_AGAIN else result, now=now)
    return True


def _run(held: LeasedErrand) -> str:
    """Return how the errand went, as a code; one of ``TRIED_AGAIN`` if it should be tried again."""
    try:
        return ALL[held.topic](held.facts | {ATTEMPT: held.attempts})
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
