"""Entering records afterwards, unattended drafts, and reviewing finished records."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.casefile.channel_desk import at_work, to_record
from callcenter.casefile.forms import AfterwardsForm, RescueForm, people
from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.calendar.times import local_date
from callcenter.models.staff.accounts import Staff
from callcenter.services.records import drafts
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import again, from_script


@bp.get("/records/afterwards")
@staff_who_may(Action.ADD)
def afterwards() -> str:
    """Show the form for a past contact: channel, day and time, counsellor, and why only now."""
    now = ports().clock.now()
    with reading() as session:
        return _draw(session, AfterwardsForm.at_present(now), now)


@bp.post("/records/afterwards")
@staff_who_may(Action.ADD)
def enter() -> Response | tuple[str, int]:
    """Open the record; problems are shown at their fields, with what was typed."""
    form, now = AfterwardsForm(), ports().clock.now()
    with unit_of_work() as session:
        contact = form.contact(myself(session), now)
        if contact is None:
            return again(_draw(session, form, now))
        record = drafts.enter_afterwards(session, contact, by=myself(session), now=now)
        record_id = record.id
    return to_record(record_id)


@bp.get("/records/left-behind")
@staff_who_may(Action.RESCUE)
def left_behind() -> str:
    """Show the unattended drafts."""
    now = ports().clock.now()
    with reading() as session:
        found = drafts.unattended(session, by=myself(session), now=now, on_duty=at_work(now, settings().policy))
        form = RescueForm.among(drafts.writers(session), myself(session))
    return render_template("casefile/record/left_behind.html", left=found, form=form, now=now)


@bp.post("/records/<record_id>/rescue")
@staff_who_may(Action.RESCUE)
def rescue(record_id: str) -> Response:
    """Take up an unattended draft, or give it to somebody."""
    with unit_of_work() as session:
        by, now = myself(session), ports().clock.now()
        to = RescueForm().to.data or by.id
        record = drafts.rescue(session, record_id, to=to, by=by, now=now, on_duty=at_work(now, settings().policy))
        is_mine, name = record.counsellor_id == by.id, session.get_one(Staff, record.counsellor_id).name
    if is_mine:
        return to_record(record_id)
    flash(f"書きかけの記録を、{name}さんに渡しました。")
    return redirect(url_for("casefile.left_behind"), 303)


@bp.post("/records/<record_id>/review")
@staff_who_may(Action.REVIEW)
def review(record_id: str) -> Response:
    """Store that a supervisor has read the finished record (読みました)."""
    with unit_of_work() as session:
        drafts.review(session, record_id, by=myself(session), now=ports().clock.now())
    return Response(status=204) if from_script() else to_record(record_id)


def _draw(session: Session, form: AfterwardsForm, now: datetime) -> str:
    staff = myself(session)
    form.who.listed = people(drafts.writers(session) if may(staff.role, Action.WRITE) else [staff])
    return render_template("casefile/record/afterwards.html", form=form, mine=staff.id, today=local_date(now))
