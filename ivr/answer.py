"""Answering a webhook: once, in time, and always with a script Twilio can read.

A view gets the form, a session and the moment, and returns a script; everything else is here.
The work runs in a thread of its own with a deadline, so that a database that hangs costs the
caller no more than that: they then hear the view's stand-in, which needs nothing but words.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, request
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from callcenter.context import context, ports, settings, unit_of_work, wake_substitute
from callcenter.models.base import db
from callcenter.services.announcements import changed_phrases
from callcenter.services.delivery import receipts
from ivr import changed_words, deadlines
from ivr.changed_words import Wording
from ivr.payloads import IDEMPOTENCY, Form, call_sid
from ivr.scripts import ending
from ivr.signature import raw_target
from ivr.stand_ins import StandIn, trouble

log = logging.getLogger(__name__)

View = Callable[..., str]


def script(stand_in: StandIn = trouble, *, fresh: bool = False) -> Callable[[View], Callable[..., Response]]:
    """Answer with the view's script; a repetition gets the stored answer, unless *fresh* runs the view again."""

    def decorate(view: View) -> Callable[..., Response]:
        @wraps(view)
        def answer(**where: str) -> Response:
            form, key = request.form, None if fresh else _key()
            spoken = _in_time(lambda: _once(view, key, form, where))
            with changed_words.taken_from(current_wording):
                return _xml(stand_in(form) if spoken is None else spoken)

        return answer

    return decorate


def words_only(view: Callable[[], str]) -> Callable[..., Response]:
    """Answer with a script that needs neither the form nor the database, and so has no stand-in."""

    @wraps(view)
    def answer(**_where: str) -> Response:
        with changed_words.taken_from(current_wording):
            return _xml(view())

    return answer


def news(view: Callable[..., None]) -> Callable[..., Response]:
    """Handle an event and answer ``<Response/>``; what could not be stored gets 503, so that Twilio repeats it.

    News needs no receipt: it only fills in what is still unknown, so telling it twice changes nothing.
    """

    def taken(form: Form, session: Session, now: datetime, **where: str) -> str:
        view(form, session, now, **where)
        return ending.nothing()

    @wraps(view)
    def answer(**where: str) -> Response:
        form = request.form
        stored = _in_time(lambda: _once(taken, None, form, where))
        return _xml(ending.nothing(), status=503 if stored is None else 200)

    return answer


def current_wording() -> Wording:
    """Return the line's wording as this process last read it, without a query."""
    return changed_words.with_changes(changed_phrases.remembered(db.engine), settings().public_base_url)


def _key() -> str:
    """Return what identifies this webhook: its address, its leg, and Twilio's repetition token or its body."""
    token = request.headers.get(IDEMPOTENCY)
    parts = [raw_target(), call_sid(request.form)]
    parts += ["token", token] if token else ["body", *sorted(f"{k}={v}" for k, v in request.form.items(multi=True))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _once(view: View, key: str | None, form: Form, where: dict[str, str]) -> str:
    """Run the view in one transaction with its receipt; of two at once the second gets the first one's answer.

    The database says who was first, and only a repetition pays for the question.
    """
    now = ports().clock.now()
    try:
        with unit_of_work() as session:
            spoken = view(form, session, now, **where)
            if key is not None and session.in_transaction():  # an answer that asked nothing is the same again
                receipts.keep(session, key, spoken, now=now)
            if session.in_transaction():
                changed_phrases.keep_fresh(session)  # for the next one, where nobody asked at the door lately
    except IntegrityError:
        with unit_of_work() as session:
            kept = None if key is None else receipts.kept_answer(session, key)
            return view(form, session, now, **where) if kept is None else kept
    return spoken


def _in_time(work: Callable[[], str]) -> str | None:
    """Return what *work* returns, or None if the database does not answer or our code fails."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # Flask's own idiom

    def inside() -> str:
        with app.app_context(), changed_words.taken_from(current_wording):
            return work()

    try:
        spoken = deadlines.within(settings().policy.answer_within.total_seconds(), inside)
    except TimeoutError:
        _alarm("slow", "the answer took too long")
    except SQLAlchemyError as away:
        _alarm("database", f"the database does not answer ({type(away).__name__})")
    except Exception as mistake:  # noqa: BLE001  # whatever it is: the caller hears words, and _alarm logs the trace
        _alarm("mistake", f"{request.endpoint} failed ({type(mistake).__name__})", mistake)
    else:
        context().outage.worked()
        wake_substitute()  # whoever waits asks again every 20 s, so that a worker that died is missed in time
        return spoken
    return None


def _alarm(kind: str, what: str, mistake: Exception | None = None) -> None:
    """Tell the operator at once, then once a minute, however many callers hear a stand-in."""
    here = context()
    now = here.ports.clock.now()
    here.outage.failed(now)
    untold = here.troubles.met(kind, now)
    if untold:
        log.error("%s; stand-ins since this was last said: %d", what, untold, exc_info=mistake)


def _xml(text: Any, status: int = 200) -> Response:
    return Response(text, status=status, content_type="text/xml; charset=utf-8")
