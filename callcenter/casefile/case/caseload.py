"""The list of cases; its filters stand in the address as codes, never a name."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict

from callcenter.casefile import words
from callcenter.casefile.blueprint import bp
from callcenter.casefile.record import form
from callcenter.context import ports, reading
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.states import CaseState
from callcenter.domain.places import Prefecture, municipalities
from callcenter.domain.records.record_codes import Channel, Risk
from callcenter.services.cases import case_handovers, caseload
from callcenter.services.cases.caseload import Filters, Since
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.paging import Paging, page_number
from callcenter.ui.kit.sent import chosen

SINCE = {
    Since.WEEK: "7日以内",
    Since.MONTH: "30日以内",
    Since.QUARTER: "90日以内",
    Since.LONGER: "90日より前",
    Since.NEVER: "まだない",
}
STATES = {CaseState.OPEN: "継続中", CaseState.CLOSED: "終了"}
ALL = "all"


@bp.get("/cases")
@staff_who_may(Action.OPEN)
def caseload_page() -> str:
    """Show the cases that this person may open."""
    filters, page = read_filters(request.args), page_number()
    now = ports().clock.now()
    with reading() as session:
        staff = myself(session)
        found = caseload.list_cases(session, filters, by=staff, now=now, page=page)
        asked = [one for one in case_handovers.awaiting_answer_of(session, staff) if one.case_id not in found.waits]
        waiting = [(one, caseload.names_of(one.case), one.from_staff.name) for one in asked]
        given = _given(filters, page, found.more)
        return render_template(
            "casefile/case/caseload.html",
            found=found,
            waiting=waiting,
            today=local_date(now),
            words=words,
            sees_all=may(staff.role, Action.OPEN),
            **given,
        )


def read_filters(sent: MultiDict[str, str]) -> Filters:
    """Return the filters of the address; an unknown one counts as not chosen."""
    state = sent.get("state", CaseState.OPEN.value)
    return Filters(
        state=None if state == ALL else chosen(CaseState, state) or CaseState.OPEN,
        mine="mine" in sent,
        unowned="unowned" in sent,
        due="due" in sent,
        prefecture=chosen(Prefecture, sent.get("prefecture")),
        municipality=sent.get("municipality") if sent.get("municipality") in municipalities() else None,
        since=chosen(Since, sent.get("since")),
        risk=chosen(Risk, sent.get("risk")),
        channel=chosen(Channel, sent.get("channel")),
    )


def _address(filters: Filters, page: int = 1) -> str:
    """Return the address with these filters."""
    asked: dict[str, Any] = {
        "state": ALL if filters.state is None else None if filters.state is CaseState.OPEN else filters.state.value,
        "mine": "1" if filters.mine else None,
        "unowned": "1" if filters.unowned else None,
        "due": "1" if filters.due else None,
        "prefecture": filters.prefecture,
        "municipality": filters.municipality,
        "since": filters.since,
        "risk": filters.risk,
        "channel": filters.channel,
        "page": page if page > 1 else None,
    }
    return url_for("casefile.caseload_page", **{name: value for name, value in asked.items() if value})


def _given(filters: Filters, page: int, more: bool) -> dict[str, Any]:
    everybody, mine = Filters(), Filters(mine=True)
    return {
        "filters": filters,
        "quick": (
            ("自分の担当", _address(mine), filters == mine),
            ("今日確認する", _address(replace(mine, due=True)), filters.due),
            ("担当がいない", _address(Filters(unowned=True)), filters.unowned),
            ("すべて", _address(everybody), filters == everybody),
        ),
        "states": [*((state.value, label) for state, label in STATES.items()), (ALL, "どちらも")],
        "since": [("", "いつでも"), *((since.value, label) for since, label in SINCE.items())],
        "prefectures": [("", "どこでも"), *form.PREFECTURES],
        "municipalities": [("", "どこでも"), *((one.code, one.name) for one in municipalities().values())],
        "risks": [("", "すべて"), *((risk.value, risk.label) for risk in Risk)],
        "channels": [("", "すべて"), *((channel.value, channel.label) for channel in Channel)],
        "narrowed": filters != everybody,
        "paging": Paging.of(page, more, partial(_address, filters)),
    }
