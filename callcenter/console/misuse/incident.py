"""Recording an incident, and flagging the number if there is one."""

from __future__ import annotations

from flask import flash, render_template
from sqlalchemy.orm import Session

from callcenter.casefile.channel_desk import to_record
from callcenter.console import drawing
from callcenter.console.blueprint import bp
from callcenter.console.forms import IncidentForm
from callcenter.console.misuse import flagged
from callcenter.context import ports, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.errors import HelplineError
from callcenter.models.calls.calls import Call
from callcenter.services.misuse import flags, incidents
from callcenter.services.records import consultations
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import Answer, again, from_script

REST = "つらい電話のあとは、休んで大丈夫です。"
SAVED = f"書きとめました。{REST}"
SAVED_WITH_FLAG = f"書きとめて、この番号に印をつけました。{REST}"


@bp.post("/records/<record_id>/incident")
@staff_who_may(Action.WRITE)
def note_incident(record_id: str) -> Answer:
    """Store the incident, and flag the number if that was asked for: both or neither."""
    form = IncidentForm()
    if not form.validate():
        return _refuse(record_id, form)
    try:
        with unit_of_work() as session:
            _keep(session, record_id, form)
    except HelplineError as refused:
        form.refuse(refused)
        return _refuse(record_id, form, refused)
    saved = SAVED_WITH_FLAG if form.misuse_flag.data else SAVED
    if not from_script():
        flash(saved)
        return to_record(record_id)
    with unit_of_work() as session:
        staff = myself(session)
        record = consultations.lock_for_writing(session, record_id, staff)
        drawn = flagged.part(session, record, staff, now=ports().clock.now(), saved=saved)
    return render_template("console/misuse/incident.html", misuse=drawn)


def _keep(session: Session, record_id: str, form: IncidentForm) -> None:
    staff, now, kind = myself(session), ports().clock.now(), form.misuse_kind.data
    words, key = form.misuse_words.data or "", form.misuse_key.data or ""
    incident = incidents.record_incident(session, record_id, kind, words, by=staff, now=now, key=key)
    if incident is None or not form.misuse_flag.data:
        return
    record = consultations.lock_for_writing(session, record_id, staff)
    call = session.get_one(Call, record.call_id)
    flags.flag(session, call, kind, days=form.misuse_days.data, by=staff, now=now, policy=settings().policy)


def _refuse(record_id: str, form: IncidentForm, refused: HelplineError | None = None) -> tuple[str, int]:
    """Draw the record again with what was typed, and what to mend; a script gets the words alone."""
    if from_script():
        raise refused or form.refusal
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        record = consultations.lock_for_writing(session, record_id, staff)
        part = flagged.part(session, record, staff, now=now, sent=form)
        draw = drawing.gather(session, record_id, misuse=part)
    return again(draw())
