"""The list of cases asks both databases alike."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from callcenter.domain.cases.states import CaseState, CloseReason
from callcenter.domain.places import Prefecture
from callcenter.domain.records.record_codes import Channel, Risk
from callcenter.domain.staff.roles import NotAllowed, Role
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import case_access, case_closing, caseload
from callcenter.services.cases.caseload import Filters, Since
from tests.integration.people import NOW, TODAY, case_of, member, person_called, talk


def shown(session: Session, by: Staff, filters: Filters | None = None) -> list[str]:
    found = caseload.list_cases(session, filters or Filters(), by=by, now=NOW)
    return [row.names[0] for row in found.rows]


def test_a_counsellor_sees_the_cases_they_know_and_a_supervisor_all(session: Session) -> None:
    mine, other = member(session, "a"), member(session, "b")
    case_of(session, mine, "ミナト")
    case_of(session, other, "ハル")
    assert shown(session, mine) == ["ミナト"]
    assert set(shown(session, member(session, "boss", Role.SUPERVISOR))) == {"ミナト", "ハル"}
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        with pytest.raises(NotAllowed):
            case_access.open_for_reading(session, "any", member(session, role.value, role), now=NOW)


def test_the_list_is_narrowed_by_codes(session: Session) -> None:
    a = member(session, "a")
    near = case_of(session, a, "ミナト", risk="plan")
    near.prefecture, near.municipality, near.follow_up_on = "13", "131016", TODAY
    far = case_of(session, a, "ハル", channel="mail")
    far.prefecture, far.owner_id = "27", None
    case_closing.close(session, case_of(session, a, "ソラ").id, CloseReason.SETTLED, "", by=a, now=NOW)
    session.flush()
    everything = {"ミナト", "ハル", "ソラ"}
    assert set(shown(session, a, Filters(state=None))) == everything
    for filters, names in {
        Filters(): {"ミナト", "ハル"},
        Filters(state=CaseState.CLOSED): {"ソラ"},
        Filters(mine=True): {"ミナト"},
        Filters(unowned=True): {"ハル"},
        Filters(due=True): {"ミナト"},
        Filters(prefecture=Prefecture.TOKYO): {"ミナト"},
        Filters(municipality="131016"): {"ミナト"},
        Filters(channel=Channel.MAIL): {"ハル"},
        Filters(risk=Risk.PLAN): {"ミナト"},
        Filters(risk=Risk.UNKNOWN): {"ハル"},
        Filters(since=Since.WEEK): {"ミナト", "ハル"},
        Filters(since=Since.LONGER): set(),
        Filters(since=Since.NEVER): set(),
    }.items():
        assert set(shown(session, a, filters)) == names, filters


def test_a_risk_that_was_heard_later_takes_the_place_of_the_earlier_one(session: Session) -> None:
    a, person = member(session, "a"), person_called(session, "ミナト")
    talk(session, a, person, 20, risk="plan")
    talk(session, a, person, 10, risk="none")
    talk(session, a, person, 5, risk="unknown")
    assert shown(session, a, Filters(risk=Risk.PLAN)) == []
    assert shown(session, a, Filters(risk=Risk.NONE)) == ["ミナト"]
    row = caseload.list_cases(session, Filters(), by=a, now=NOW).rows[0]
    assert (row.risk, row.risk_on) == (Risk.NONE, date(2026, 11, 10))


def test_a_long_list_comes_page_by_page(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caseload, "AT_ONCE", 2)
    a = member(session, "a")
    for name in ("ミナト", "ハル", "ソラ"):
        case_of(session, a, name)
    pages = [caseload.list_cases(session, Filters(), by=a, now=NOW, page=page) for page in (1, 2)]
    assert [(len(page.rows), page.more) for page in pages] == [(2, True), (1, False)]
    assert len({row.case.id for page in pages for row in page.rows}) == 3
