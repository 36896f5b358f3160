"""Runs the errands of the outbox: lease, run, mark done or schedule another try."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from callcenter.context import context, reading, unit_of_work
from callcenter.domain.ports import MailNotTaken
from callcenter.domain.telephony import LineBusy, LineGone, LineRefused, LineShut, LineUnknown
from callcenter.jobs import audit_heads, listening, participants
from callcenter.jobs.errands import ATTEMPT, HANDLERS, NotReady
from callcenter.jobs.loop import where
from callcenter.services.delivery import outbox
from callcenter.services.delivery.outbox import LeasedErrand

log = logging.getLogger(__name__)

ALL = {**HANDLERS, **listening.HANDLERS, **participants.HANDLERS, **audit_heads.HANDLERS}
"""Every errand that can be run, by topic."""

GIVE_UP_AFTER = timedelta(minutes=2)
"""An errand of the telephone is about people who are on the line now; older ones are left to the watchdog."""
TRIES = 5
"""An errand that was left lying while no worker lived is old at its first try, and is tried as often as any other."""


def drain(*, slow: bool = False) -> int:
    """Run every due errand and return how many; safe in many processes at once.

    The *slow* ones are left to the thread that may wait for a mail server.
    """
    with reading() as session:
        waiting = outbox.due(session, now=context().ports.clock.now(), slow=slow)
    return sum(deliver(message_id) for message_id in waiting)


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
        if result is None and (held.attempts < TRIES or now - held.created_at < GIVE_UP_AFTER):
            outbox.retry(session, held, now=now)
        else:
            outbox.finish(session, held, result or "gave_up", now=now)
    return True


def _run(held: LeasedErrand) -> str | None:
    """Return how the errand went, or None if it should be tried again."""
    try:
        return ALL[held.topic](held.facts | {ATTEMPT: held.attempts})
    except LineShut as shut:
        _shut_out(shut)
        return None
    except (LineBusy, LineUnknown, MailNotTaken, NotReady) as not_now:
        log.info("errand %s (%s) rests: %s", held.message_id, held.topic, type(not_now).__name__)
        return None
    except LineRefused as refused:
        log.warning("errand %s (%s) was refused: %s", held.message_id, held.topic, refused)
        return "refused"
    except LineGone:
        return "gone"
    except SQLAlchemyError:
        raise  # no errand can be run now; the worker rests and the lease runs out by itself
    except Exception as failed:  # noqa: BLE001  # the errands after it are not to suffer
        log.error("errand %s (%s) failed and is tried again: %s", held.message_id, held.topic, where(failed))  # noqa: TRY400  # see where()
        return None


def _shut_out(shut: LineShut) -> None:
    """Tell the operator, once a minute, that our keys or account are refused."""
    untold = context().alarms.raised("shut", context().ports.clock.now())
    if untold:
        log.error("the telephone company does not let us in (%s); errands that rest since: %d", shut, untold)
