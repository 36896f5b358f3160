"""Taking the caller for the one whose call broke off a moment ago, before any name was given."""

from __future__ import annotations

from datetime import datetime

from flask import request

from callcenter.casefile.person import page
from callcenter.console.blueprint import bp
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.times import clock_digits, local_date
from callcenter.domain.errors import HelplineError
from callcenter.services.calls import cut_off
from callcenter.services.cases import linking
from callcenter.services.records import consultations
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import Answer


class NoLongerRecent(HelplineError):
    """Raised when the call is not among those that broke off lately."""

    message = "その電話は、切れてから時間がたちました。「つなぐ・まとめる」から、あとでつなげます。"


@bp.post("/records/<record_id>/same-caller")
@staff_who_may(Action.WRITE)
def same_caller(record_id: str) -> Answer:
    """Link this record and the one of a call that broke off to one person, whose earlier talk is then shown."""
    now, earlier_id = ports().clock.now(), request.form.get("earlier", "")
    with unit_of_work() as session:
        staff = myself(session)
        consultations.lock_for_writing(session, record_id, staff)
        found = cut_off.recent(session, now=now, without=record_id)
        ended_at = next((one.ended_at for one in found if one.record_id == earlier_id), None)
        if ended_at is None:
            raise NoLongerRecent
        linking.take_up(session, record_id, earlier_id, _name(ended_at), by=staff, now=now)
        answer = page.gather_answer(session, record_id)
    return answer()


def _name(ended_at: datetime) -> str:
    """Return what somebody is called who has given no name."""
    day = local_date(ended_at)
    return f"{day.month}月{day.day}日{clock_digits(ended_at)}の電話の方"
