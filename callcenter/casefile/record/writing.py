"""Saving the record during the talk, and finishing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.casefile.channel_desk import ChannelDesk, PageResults, desk_of_record, to_record
from callcenter.casefile.record.form import changes
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.errors import HelplineError
from callcenter.domain.records.record_codes import MissingField, Outcome
from callcenter.services.cases import casework
from callcenter.services.records import consultations
from callcenter.services.records.consultations import NotQuick, Saved
from callcenter.services.staff import browser_sessions
from callcenter.ui.access import me, myself, staff_who_may
from callcenter.ui.filters import clock_seconds
from callcenter.ui.forms import Problem
from callcenter.ui.kit.answers import from_script
from callcenter.ui.kit.sent import a_number

HELD = (
    "この欄は、ほかの人も書きました。いまお話し中の方とは別の方の記録なので、"
    "比べるのは、この電話の記録を閉じてからにします。"
)
"""Said of a text that differs from a colleague's, while that one stays behind the wall of a family."""


SaveGroup = Callable[[int, Mapping[str, Any]], Saved]
"""Saves fields that were last seen at one version."""


class NotASave(HelplineError):
    """Raised when a request is not what our own script sends."""

    message = "保存できませんでした。ページを読みこみ直してください。"


@bp.post("/records/<record_id>/save")
@staff_who_may(Action.WRITE)
def save(record_id: str) -> Response:
    """Save what was typed: field by field for a script, the whole form without one."""
    if not from_script():
        with unit_of_work() as session:
            save_form(session, record_id)
        flash("保存しました。")
        return to_record(record_id)
    fields, seen = sent_fields()
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()

        def save_group(version: int, group: Mapping[str, Any]) -> Saved:
            return consultations.save_draft(session, record_id, version, group, by=staff, now=now)

        saved = save_each(fields, seen, save_group, now=now)
    return as_saved(fields, saved)


def as_saved(fields: Mapping[str, Any], saved: Saved) -> Response:
    """Return what became of the fields that a script saved."""
    return jsonify(
        saved_at=clock_seconds(saved.saved_at),
        version=saved.version,
        kept=sorted(set(fields) - set(saved.conflicts) - saved.held),
        conflicts=saved.conflicts,
        held=HELD if saved.held else None,
    )


def sent_fields() -> tuple[dict[str, Any], dict[str, int]]:
    """Return the fields that were sent, and the version at which each was last seen."""
    sent = request.get_json(silent=True)
    fields, seen = (sent.get("fields"), sent.get("seen")) if isinstance(sent, dict) else (None, None)
    if not isinstance(fields, dict) or not fields or not isinstance(seen, dict):
        raise NotASave
    if not all(type(seen.get(name)) is int for name in fields):
        raise NotASave
    return fields, seen


def save_each(fields: Mapping[str, Any], seen: Mapping[str, int], save_group: SaveGroup, *, now: datetime) -> Saved:
    """Save together the fields last seen at the same version, oldest first."""
    conflicts, held, saved = dict[str, Any](), set[str](), None
    for version in sorted({seen[name] for name in fields}):
        group = {name: value for name, value in fields.items() if seen[name] == version}
        saved = save_group(version, group)
        conflicts |= saved.conflicts
        held |= saved.held
    if saved is None:
        raise NotASave
    is_any_saved = len(conflicts) + len(held) < len(fields)
    return Saved(saved.version, now if is_any_saved else saved.saved_at, conflicts, frozenset(held))


def save_form(session: Session, record_id: str) -> None:
    """Save a whole form, if one was sent; a colleague's newer text stays."""
    sent = changes(request.form)
    if sent:
        version = a_number(request.form.get("version"))
        consultations.save_draft(session, record_id, version, sent, by=myself(session), now=ports().clock.now())


@bp.post("/records/<record_id>/finish")
@staff_who_may(Action.WRITE)
def finish(record_id: str) -> Response | tuple[str, int] | tuple[Response, int]:
    """Finish the record; the channel's desk adds what that means."""
    with unit_of_work() as session:
        save_form(session, record_id)  # kept whatever is still missing
        place = desk_of_record(session, record_id)
    quick = _quick(request.form.get("quick"))
    try:
        with unit_of_work() as session:
            is_out = _finish(session, record_id, quick, place)
    except MissingField as missing:
        return _ask_for(record_id, missing, place)
    if is_out or not from_script():
        flash("記録を閉じました。おつかれさまでした。")
    if is_out:
        return jsonify(goto=url_for("staff.login")) if from_script() else redirect(url_for("staff.login"), 303)
    return Response(status=204) if from_script() else redirect(place.workplace(), 303)


def _finish(session: Session, record_id: str, quick: Outcome | None, place: ChannelDesk) -> bool:
    """Finish the record; True if its person was signed out with it, as decided before."""
    now, staff = ports().clock.now(), myself(session)
    with place.finishing(session, record_id, staff, now=now):
        finished = consultations.finish(session, record_id, by=staff, now=now, quick=quick)
        casework.follow_up_after_danger(session, finished, by=staff, now=now)
    return browser_sessions.staff_of(session, me().token) is None


@bp.post("/records/<record_id>/reopen")
@staff_who_may(Action.WRITE)
def reopen(record_id: str) -> Response:
    """Take back that I finished the record a moment ago."""
    with unit_of_work() as session:
        now, staff, place = ports().clock.now(), myself(session), desk_of_record(session, record_id)
        with place.reopening(session, record_id, staff, now=now):
            consultations.reopen(session, record_id, by=staff, now=now)
    return jsonify(goto=place.address(record_id)) if from_script() else to_record(record_id)


def _quick(sent: str | None) -> Outcome | None:
    if not sent:
        return None
    if sent not in set(Outcome):
        raise NotQuick
    return Outcome(sent)


def _ask_for(record_id: str, missing: MissingField, place: ChannelDesk) -> tuple[str, int] | tuple[Response, int]:
    problem = Problem(missing.field, missing.message)
    if from_script():
        return jsonify(problems=[{"field": problem.field, "message": problem.message}]), 422
    with unit_of_work() as session:
        draw = place.page(session, record_id, PageResults(problems=(problem,)))
    return draw(), 422
