"""The actions on a case's page: writing, follow-up, hand-over, closing and reopening."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import jsonify, request
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.casefile.case.page import draw_case
from callcenter.casefile.record.writing import NotASave, sent_fields
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.times import long_date
from callcenter.domain.cases.states import CloseReason
from callcenter.domain.errors import HelplineError
from callcenter.services.cases import case_closing, case_handovers, casework
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.filters import clock_seconds
from callcenter.ui.forms import Problem
from callcenter.ui.kit.answers import Answer, again, from_script, onward
from callcenter.ui.kit.sent import a_day, choice

UNREADABLE = "日付を読みとれませんでした。2026-11-30 のように入れるか、下のボタンで選んでください。"
OPEN_DAYS = {"1": 1, "3": 3, "5": 5, "10": 10, "20": 20}
"""Presets of a follow-up, in open days."""


class ChooseReason(HelplineError):
    """Raised when a case would be closed without a reason."""

    message = "終える理由を選んでください。"


@bp.post("/cases/<case_id>/save")
@staff_who_may(Action.CARE)
def case_save(case_id: str) -> Response:
    """Save the texts: field by field for a script, the whole form without one."""
    if from_script():
        fields, seen = sent_fields()
    else:
        fields = {name: request.form[name] for name in casework.TEXTS if name in request.form}
        seen = dict.fromkeys(fields, request.form.get("version", 0, int))
        if not fields:
            raise NotASave
    with unit_of_work() as session:
        saved = casework.save(session, case_id, seen, fields, by=myself(session), now=ports().clock.now())
    if not from_script():
        return _back(case_id, "ほかの人が書いた欄は、そのままにしました。" if saved.conflicts else "保存しました。")
    return jsonify(
        saved_at=clock_seconds(saved.saved_at),
        version=saved.version,
        kept=sorted(set(fields) - set(saved.conflicts)),
        conflicts=saved.conflicts,
    )


@bp.post("/cases/<case_id>/take-on")
@staff_who_may(Action.CARE)
def case_take_on(case_id: str) -> Answer:
    """Take on a case without an owner."""

    def act() -> str:
        with unit_of_work() as session:
            casework.take_on(session, case_id, by=myself(session), now=ports().clock.now())
        return "担当になりました。"

    return _done(case_id, None, act)


@bp.post("/cases/<case_id>/follow-up")
@staff_who_may(Action.CARE)
def case_follow_up(case_id: str) -> Answer:
    """Set the follow-up."""

    def act() -> str:
        now, when = ports().clock.now(), request.form.get("when", "")
        with unit_of_work() as session:
            wanted = casework.open_day_after(session, OPEN_DAYS[when], now=now) if when in OPEN_DAYS else _day(when)
            day = casework.set_follow_up(session, case_id, wanted, by=myself(session), now=now)
        if day is None:
            return "次に見る日を、なしにしました。"
        moved = f"{long_date(wanted)}は受付がないため、" if wanted is not None and wanted != day else ""
        return f"{moved}{long_date(day)}に、もう一度見ます。"

    return _done(case_id, "follow_up_on", act)


@bp.post("/cases/<case_id>/hand-over")
@staff_who_may(Action.CARE)
def case_hand_over(case_id: str) -> Answer:
    """Ask a colleague to take the case."""

    def act() -> str:
        to, note = request.form.get("to", ""), request.form.get("note", "")
        with unit_of_work() as session:
            asked = case_handovers.ask(session, case_id, to, note, by=myself(session), now=ports().clock.now())
            name = asked.to_staff.name
        return f"{name}さんに、引きつぎをお願いしました。返事があるまで、担当は変わりません。"

    return _done(case_id, "note", act)


@bp.post("/handovers/<handover_id>/<answer>")
@staff_who_may(Action.CARE)
def handover_answer(handover_id: str, answer: str) -> Answer:
    """Accept, decline or withdraw a hand-over."""
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        if answer == "accept":
            asked, words = case_handovers.accept(session, handover_id, by=staff, now=now), "引きつぎました。"
        elif answer == "decline":
            why = request.form.get("answer", "")
            asked = case_handovers.decline(session, handover_id, why, by=staff, now=now)
            words = "見送りました。担当は変わりません。"
        elif answer == "withdraw":
            asked, words = case_handovers.withdraw(session, handover_id, by=staff, now=now), "お願いを取り下げました。"
        else:
            raise case_handovers.SettledAlready
        case_id = asked.case_id
    if answer == "decline":  # whoever does may not be able to open the case any more
        return onward("casefile.caseload_page", words)
    return _back(case_id, words)


@bp.post("/cases/<case_id>/close")
@staff_who_may(Action.CARE)
def case_close(case_id: str) -> Answer:
    """Close the case with its reason."""

    def act() -> str:
        reason = choice(CloseReason, request.form.get("reason"), refusal=ChooseReason)
        note = request.form.get("close_note", "")
        with unit_of_work() as session:
            now = ports().clock.now()
            case_closing.close(session, case_id, reason, note, by=myself(session), now=now)
        return "ケースを終えました。同じ方から電話があれば、またひらきます。"

    return _done(case_id, "close_note", act)


@bp.post("/cases/<case_id>/reopen")
@staff_who_may(Action.CARE)
def case_reopen(case_id: str) -> Answer:
    """Reopen a closed case."""

    def act() -> str:
        with unit_of_work() as session:
            note = request.form.get("reopen_note", "")
            case_closing.reopen(session, case_id, note, by=myself(session), now=ports().clock.now())
        return "もう一度ひらきました。"

    return _done(case_id, "reopen_note", act)


def _done(case_id: str, field: str | None, act: Callable[[], str]) -> Answer:
    """Call *act* and return to the page; what was refused is shown with what was typed."""
    try:
        words = act()
    except HelplineError as refused:
        typed: dict[str, Any] = request.form.to_dict()
        return again(draw_case(case_id, problems=(Problem(field, refused.message),), typed=typed))
    return _back(case_id, words)


def _day(when: str) -> date | None:
    return None if when == "none" else a_day(request.form.get("day"), otherwise=UNREADABLE)


def _back(case_id: str, words: str) -> Response:
    return onward("casefile.case", words, case_id=case_id)
