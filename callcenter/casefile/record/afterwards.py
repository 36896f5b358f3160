"""Entering records afterwards, unattended drafts, and reviewing finished records."""

from __future__ import annotations

from datetime import date, datetime, time

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.casefile.surroundings import at_work, to_record
from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.calendar.times import clock_digits, local_date
from callcenter.domain.records.consultations import Channel
from callcenter.domain.records.entering import EnteredWhy, WrongMoment, contact_moment
from callcenter.models.staff.accounts import Staff
from callcenter.services.records import drafts
from callcenter.services.records.drafts import Contact
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.forms import Problem
from callcenter.ui.kit.answers import from_script

Sent = MultiDict[str, str]


@bp.get("/records/afterwards")
@staff_who_may(Action.ADD)
def afterwards() -> str:
    """Show the form for a past contact: channel, day and time, counsellor, and why only now."""
    now = ports().clock.now()
    with reading() as session:
        return _draw(session, MultiDict({"on": str(local_date(now)), "at": clock_digits(now)}), [], now)


@bp.post("/records/afterwards")
@staff_who_may(Action.ADD)
def enter() -> Response | tuple[str, int]:
    """Open the record; problems are shown at their fields, with what was typed."""
    now = ports().clock.now()
    with unit_of_work() as session:
        contact, problems = _read(request.form, myself(session), now)
        if contact is None:
            return _draw(session, request.form, problems, now), 422
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
        people = [(one.id, one.name) for one in drafts.writers(session)]
        mine = myself(session).id
    return render_template("casefile/record/left_behind.html", left=found, people=people, mine=mine, now=now)


@bp.post("/records/<record_id>/rescue")
@staff_who_may(Action.RESCUE)
def rescue(record_id: str) -> Response:
    """Take up an unattended draft, or give it to somebody."""
    with unit_of_work() as session:
        by, now = myself(session), ports().clock.now()
        to = request.form.get("to") or by.id
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


def _draw(session: Session, sent: Sent, problems: list[Problem], now: datetime) -> str:
    staff = myself(session)
    people = drafts.writers(session) if may(staff.role, Action.WRITE) else [staff]
    return render_template(
        "casefile/record/afterwards.html",
        sent=sent,
        problems=problems,
        channels=[(one.value, one.label) for one in Channel],
        reasons=[(one.value, one.label) for one in EnteredWhy],
        people=[(one.id, one.name) for one in people],
        mine=staff.id,
        today=local_date(now),
    )


def _read(sent: Sent, staff: Staff, now: datetime) -> tuple[Contact | None, list[Problem]]:
    problems = []
    if sent.get("channel") not in set(Channel):
        problems.append(Problem("channel", "どこで受けたお話かを選んでください。"))
    if sent.get("why") not in set(EnteredWhy):
        problems.append(Problem("why", "あとから書くわけを選んでください。"))
    moment, wrong = _moment(sent, now)
    problems += wrong
    if problems or moment is None:
        return None, problems
    who = sent.get("who") or staff.id
    return Contact(Channel(sent["channel"]), moment, who, EnteredWhy(sent["why"])), []


def _moment(sent: Sent, now: datetime) -> tuple[datetime | None, list[Problem]]:
    problems, day, clock = [], None, None
    try:
        day = date.fromisoformat(sent.get("on", ""))
    except ValueError:
        problems.append(Problem("on", "お話があった日を入れてください。例 2026-11-26"))
    try:
        clock = time.fromisoformat(sent.get("at", ""))
    except ValueError:
        problems.append(Problem("at", "お話がはじまった時刻を入れてください。おおよそで大丈夫です。例 14:05"))
    if day is None or clock is None:
        return None, problems
    try:
        return contact_moment(day, clock.replace(tzinfo=None), now=now), []
    except WrongMoment as wrong:
        return None, [Problem(wrong.field, wrong.message)]
