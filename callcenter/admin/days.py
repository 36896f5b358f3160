"""Special days: closing, shortening or opening a day in three taps, and undoing it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import abort, render_template, request, url_for
from werkzeug.wrappers import Response

from callcenter.admin import choice, preview
from callcenter.admin.blueprint import bp
from callcenter.admin.choice import Choice, SpecialDayForm, What, describe, planned
from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.hours import Calendar, SpecialKind, windows
from callcenter.domain.calendar.times import at_japan, local_date, read_day
from callcenter.domain.errors import HelplineError
from callcenter.services.calendar import opening_hours, special_days
from callcenter.services.calls import queue
from callcenter.ui.access import me, staff_who_may
from callcenter.ui.kit.answers import again, onward
from callcenter.ui.line_now import band
from callcenter.ui.notices import sentences

PAST_DAYS = 400
"""How far back the list goes."""


@bp.get("/days")
@staff_who_may(Action.SET_LINE)
def days() -> str:
    """Show today, the usual choices, and every day that is or was different."""
    return _draw_days(SpecialDayForm(formdata=None))


@bp.get("/days/decide")
@staff_who_may(Action.SET_LINE)
def decide() -> str | tuple[str, int]:
    """Ask why, then show what will be said; nothing is decided yet."""
    form, now = SpecialDayForm(request.args), ports().clock.now()
    chosen = form.read(now)
    if chosen is None:
        return again(_draw_days(form))
    if not chosen.special.reason and chosen.what is not What.EXTRA:
        return _ask_why(chosen)
    return _confirm(chosen, now)


@bp.post("/days/decide")
@staff_who_may(Action.SET_LINE)
def decided() -> Response | tuple[str, int]:
    """Decide it from this moment on, instead of an earlier decision about the day."""
    form, now = SpecialDayForm(), ports().clock.now()
    chosen = form.read(now)
    if chosen is None:
        return again(_draw_days(form))
    try:
        with unit_of_work() as session:
            special_days.decide(session, chosen.day, chosen.special, now=now, by=me().staff_id, instead=True)
    except HelplineError as refused:
        form.refuse(refused)
        return again(_draw_days(form))
    words = f"{describe(chosen.day, chosen.special)}にしました。ほかの統括と管理者にも、お知らせしました。"
    return onward("admin.days", words)


@bp.get("/days/undo/<day>")
@staff_who_may(Action.SET_LINE)
def ask_undo(day: str) -> str:
    """Show how the day will be after undoing."""
    on, now = _known_day(day), ports().clock.now()
    with reading() as session:
        known = opening_hours.current(session, now)
    special = known.special_days.get(on)
    if special is None:
        raise special_days.NothingToUndo
    then = preview.preview_day(known, on, None, now=now)
    return render_template("admin/calendar/undo.html", day=on, was=planned(special), then=then, now=now)


@bp.post("/days/undo/<day>")
@staff_who_may(Action.SET_LINE)
def undo(day: str) -> Response:
    """Make the day an ordinary one again."""
    on, now = _known_day(day), ports().clock.now()
    with unit_of_work() as session:
        special_days.undo(session, on, now=now, by=me().staff_id)
    words = "取り消しました。ふだんの受付に戻っています。ほかの統括と管理者にも、お知らせしました。"
    return onward("admin.days", words)


def _known_day(text: str) -> date:
    try:
        return read_day(text)
    except ValueError:
        abort(404)


def _draw_days(form: SpecialDayForm) -> str:
    now = ports().clock.now()
    today = local_date(now)
    with reading() as session:
        known = opening_hours.current(session, now)
        listed = special_days.decisions(session, since=today - timedelta(days=PAST_DAYS))
        notices = sentences(session, me().staff_id)
    coming = [one for one in reversed(listed) if one.row.day >= today and one.row.withdrawn_at is None]
    return render_template(
        "admin/calendar/days.html",
        now=now,
        today=today,
        band=band(known, now),
        today_special=known.special_days.get(today),
        quick=_quick(known, now),
        open_today=_open_later(known, now),
        coming=coming,
        past=[one for one in listed if one not in coming],
        notices=notices,
        describe=describe,
        form=form,
    )


def _quick(known: Calendar, now: datetime) -> list[str]:
    """Return the full hours at which today could still end early, as a form carries them."""
    today = local_date(now)
    ends = [(at_japan(today, span.open_at), at_japan(today, span.close_at)) for span in windows(known, today)]
    return [
        f"{hour:02}:00"
        for hour in range(24)
        for opening, end in ends
        if max(now, opening) < at_japan(today, datetime.min.time().replace(hour=hour)) < end
    ]


def _open_later(known: Calendar, now: datetime) -> bool:
    return any(at_japan(local_date(now), span.close_at) > now for span in windows(known, local_date(now)))


def _ask_why(chosen: Choice) -> str:
    reasons = [*choice.REASONS, *([choice.DISASTER] if chosen.special.kind is SpecialKind.CLOSED else [])]
    links = [(reason, _to_confirm(choice.because(chosen, reason))) for reason in reasons]
    given: dict[str, Any] = {name: value for name, value in chosen.fields.items() if name != "reason"}
    return render_template(
        "admin/calendar/ask_reason.html",
        title=describe(chosen.day, chosen.special),
        links=links,
        given=given,
        told=choice.told(chosen.special),
    )


def _to_confirm(chosen: Choice) -> str:
    fields: dict[str, Any] = dict(chosen.fields)
    return url_for("admin.decide", **fields)


def _confirm(chosen: Choice, now: datetime) -> str:
    with reading() as session:
        known = opening_hours.current(session, now)
        waiting = queue.count_waiting(session) if chosen.day == local_date(now) else 0
    then = preview.preview_day(known, chosen.day, chosen.special, now=now)
    return render_template(
        "admin/calendar/confirm.html",
        title=describe(chosen.day, chosen.special),
        chosen=chosen,
        then=then,
        waiting=waiting,
        instead=known.special_days.get(chosen.day),
        drain=int(settings().policy.drain.total_seconds() // 60),
        describe=describe,
        now=now,
    )
