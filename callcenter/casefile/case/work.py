"""The actions on a case's page: writing, follow-up, hand-over, closing and reopening."""

from __future__ import annotations

from collections.abc import Callable

from flask import jsonify, request
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.casefile.case.page import draw_case
from callcenter.casefile.forms import (
    NEVER,
    OPEN_DAYS,
    CloseForm,
    DeclineForm,
    FollowUpForm,
    HandOverForm,
    ReopenForm,
)
from callcenter.casefile.record.writing import NotASave, sent_fields
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.times import long_date
from callcenter.domain.errors import HelplineError
from callcenter.services.cases import case_closing, case_handovers, casework
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.filters import clock_seconds
from callcenter.ui.forms import Form
from callcenter.ui.kit.answers import Answer, again, from_script, onward
from callcenter.ui.kit.sent import a_number


@bp.post("/cases/<case_id>/save")
@staff_who_may(Action.CARE)
def case_save(case_id: str) -> Response:
    """Save the texts: field by field for a script, the whole form without one."""
    if from_script():
        fields, seen = sent_fields()
    else:
        fields = {name: request.form[name] for name in casework.TEXTS if name in request.form}
        seen = dict.fromkeys(fields, a_number(request.form.get("version")))
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

    return _done(case_id, Form(), None, act)


@bp.post("/cases/<case_id>/follow-up")
@staff_who_may(Action.CARE)
def case_follow_up(case_id: str) -> Answer:
    """Set the follow-up."""
    form = FollowUpForm()

    def act() -> str:
        now, when = ports().clock.now(), form.when.data or ""
        with unit_of_work() as session:
            wanted = None if when == NEVER else form.day.data
            if when in OPEN_DAYS:
                wanted = casework.open_day_after(session, OPEN_DAYS[when], now=now)
            day = casework.set_follow_up(session, case_id, wanted, by=myself(session), now=now)
        if day is None:
            return "次に確認する日を、なしにしました。"
        moved = f"{long_date(wanted)}は受付がないため、" if wanted is not None and wanted != day else ""
        return f"{moved}{long_date(day)}に、もう一度見ます。"

    return _done(case_id, form, "follow_up_on", act)


@bp.post("/cases/<case_id>/hand-over")
@staff_who_may(Action.CARE)
def case_hand_over(case_id: str) -> Answer:
    """Ask a colleague to take the case."""
    form = HandOverForm()

    def act() -> str:
        to, note = form.to.data or "", form.note.data or ""
        with unit_of_work() as session:
            asked = case_handovers.ask(session, case_id, to, note, by=myself(session), now=ports().clock.now())
            name = asked.to_staff.name
        return f"{name}さんに、引きつぎをお願いしました。返事があるまで、担当は変わりません。"

    return _done(case_id, form, "note", act)


@bp.post("/handovers/<handover_id>/<answer>")
@staff_who_may(Action.CARE)
def handover_answer(handover_id: str, answer: str) -> Answer:
    """Accept, decline or withdraw a hand-over."""
    form = DeclineForm()
    form.check()
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        if answer == "accept":
            asked, words = case_handovers.accept(session, handover_id, by=staff, now=now), "引きつぎました。"
        elif answer == "decline":
            asked = case_handovers.decline(session, handover_id, form.answer.data or "", by=staff, now=now)
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
    form = CloseForm()

    def act() -> str:
        reason, note, now = form.reason.data, form.close_note.data or "", ports().clock.now()
        with unit_of_work() as session:
            case_closing.close(session, case_id, reason, note, by=myself(session), now=now)
        return "ケースを終了しました。同じ方から電話があれば、また開きます。"

    return _done(case_id, form, "close_note", act)


@bp.post("/cases/<case_id>/reopen")
@staff_who_may(Action.CARE)
def case_reopen(case_id: str) -> Answer:
    """Reopen a closed case."""
    form = ReopenForm()

    def act() -> str:
        note, now = form.reopen_note.data or "", ports().clock.now()
        with unit_of_work() as session:
            case_closing.reopen(session, case_id, note, by=myself(session), now=now)
        return "もう一度開きました。"

    return _done(case_id, form, "reopen_note", act)


def _done(case_id: str, form: Form, field: str | None, act: Callable[[], str]) -> Answer:
    """Call *act* and return to the page; what was refused is shown with what was typed."""
    if not form.validate():
        return again(draw_case(case_id, form))
    try:
        words = act()
    except HelplineError as refused:
        form.refuse(refused, field)
        return again(draw_case(case_id, form))
    return _back(case_id, words)


def _back(case_id: str, words: str) -> Response:
    return onward("casefile.case", words, case_id=case_id)
