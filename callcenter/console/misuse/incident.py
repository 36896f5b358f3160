"""Recording an incident, and flagging the number if there is one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile.surroundings import to_record
from callcenter.console import drawing
from callcenter.console.blueprint import bp
from callcenter.console.misuse import flagged
from callcenter.console.misuse.flagged import Typed
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.errors import HelplineError
from callcenter.domain.misuse.flags import FLAG_DAYS, Misuse, NoNumberShown, NothingChosen
from callcenter.models.calls.calls import Call
from callcenter.services.misuse import flags, incidents
from callcenter.services.records import consultations
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.forms import Problem
from callcenter.ui.kit.answers import from_script

REST = "つらい電話のあとは、休んで大丈夫です。"
SAVED = f"書きとめました。{REST}"
SAVED_WITH_FLAG = f"書きとめて、この番号に印をつけました。{REST}"


@dataclass(frozen=True)
class Sent:
    """The form as it was sent."""

    key: str
    typed: Typed

    @classmethod
    def read(cls) -> Sent:
        sent = request.form
        days = sent.get("misuse_days", type=int)
        typed = Typed(
            kind=sent.get("misuse_kind", ""),
            words=sent.get("misuse_words", ""),
            flag=sent.get("misuse_flag") == "on",
            days=FLAG_DAYS if days is None else days,
        )
        return cls(sent.get("misuse_key", ""), typed)


@bp.post("/records/<record_id>/incident")
@staff_who_may(Action.WRITE)
def note_incident(record_id: str) -> str | Response | tuple[str, int]:
    """Store the incident, and flag the number if that was asked for: both or neither."""
    sent = Sent.read()
    try:
        with unit_of_work() as session:
            _keep(session, record_id, sent)
    except HelplineError as refused:
        if from_script():
            raise  # the words are told, and the form stays as it is
        return _again(record_id, sent, refused)
    saved = SAVED_WITH_FLAG if sent.typed.flag else SAVED
    if not from_script():
        flash(saved)
        return to_record(record_id)
    with unit_of_work() as session:
        staff = myself(session)
        record = consultations.lock_for_writing(session, record_id, staff)
        drawn = flagged.part(session, record, staff, now=ports().clock.now(), saved=saved)
    return render_template("console/misuse/incident.html", misuse=drawn)


def _keep(session: Session, record_id: str, sent: Sent) -> None:
    staff, now, typed = myself(session), ports().clock.now(), sent.typed
    if typed.kind not in set(Misuse):
        raise NothingChosen
    kind = Misuse(typed.kind)
    incident = incidents.record_incident(session, record_id, kind, typed.words, by=staff, now=now, key=sent.key)
    if incident is None or not typed.flag:
        return
    record = consultations.lock_for_writing(session, record_id, staff)
    call = session.get(Call, record.call_id) if record.call_id else None
    if call is None:
        raise NoNumberShown
    flags.flag(session, call, kind, days=typed.days, by=staff, now=now)


def _again(record_id: str, sent: Sent, refused: HelplineError) -> tuple[str, int]:
    """Draw the record again with what was typed, and its problems."""
    field = "misuse_kind" if isinstance(refused, NothingChosen) else None
    problems = (Problem(field, refused.message),)
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        record = consultations.lock_for_writing(session, record_id, staff)
        again = flagged.part(session, record, staff, now=now, typed=sent.typed, problems=problems)
        draw = drawing.gather(session, record_id, misuse=again)
    return draw(), 422
