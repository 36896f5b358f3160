"""Two people at one record: who else views it, and what they wrote since."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.casefile.channel_desk import to_record
from callcenter.casefile.record import notes
from callcenter.casefile.record.writing import NotASave, save_form
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.models.records import Consultation
from callcenter.services.records import consultations, prefill, record_fields, viewers
from callcenter.services.trail.audit import Subject
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.filters import clock_seconds
from callcenter.ui.kit.answers import from_script


@bp.post("/records/<record_id>/beside")
@staff_who_may(Action.WRITE, quiet=True)
def beside(record_id: str) -> Response:
    """Store that this page is open and which field is written in; return other viewers and changes.

    The page asks by itself, so it keeps nobody signed in.
    """
    sent = request.get_json(silent=True)
    version, writing = (sent.get("version"), sent.get("writing")) if isinstance(sent, dict) else (None, None)
    if type(version) is not int or not _is_field(writing):
        raise NotASave
    now, subject = ports().clock.now(), Subject("consultation", record_id)
    with unit_of_work() as session:
        staff = myself(session)
        record = consultations.lock_for_writing(session, record_id, staff)
        viewers.start_viewing(session, subject, staff, writing=writing, now=now)
        others = viewers.other_viewers(session, subject, staff, now=now)
        fields = consultations.newer_fields(session, record, version, by=staff, now=now)
        shown = [{"name": one.name, "writing": one.writing} for one in others]
        answer = {"others": shown, "fields": fields, **_news(record)}
    return jsonify(answer)


@bp.post("/records/<record_id>/closed")
@staff_who_may(Action.WRITE, quiet=True)
def closed(record_id: str) -> Response:
    """Store that the page was closed; one that died is forgotten a minute later."""
    with unit_of_work() as session:
        viewers.stop_viewing(session, Subject("consultation", record_id), myself(session), now=ports().clock.now())
    return Response(status=204)


@bp.post("/records/<record_id>/same-today")
@staff_who_may(Action.WRITE)
def same_today(record_id: str) -> Response:
    """Store that a prefilled value was asked today and is the same (今日も同じ)."""
    with unit_of_work() as session:
        staff = myself(session)
        if not from_script():
            save_form(session, record_id)
        record = consultations.lock_for_writing(session, record_id, staff)
        prefill.confirm(session, record, request.form.get("confirm", ""), by=staff, now=ports().clock.now())
    return Response(status=204) if from_script() else to_record(record_id)


def _is_field(writing: Any) -> bool:
    return writing is None or (isinstance(writing, str) and writing in record_fields.FIELDS)


def _news(record: Consultation) -> dict[str, Any]:
    """Return how far the record has come."""
    return {
        "version": record.version,
        "saved_at": clock_seconds(record.saved_at),
        "taken_over": notes.taken_over(record),
        "steps_at": notes.steps_at(record),
    }
