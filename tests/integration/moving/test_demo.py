"""The trial installation: sign-ins that work, callers who are found again, and nothing that looks real."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.domain.calendar import hours
from callcenter.domain.calendar.holidays_jp import shipped_holidays
from callcenter.domain.cases.wall import Speaker
from callcenter.domain.staff.roles import Contact, Role
from callcenter.models.cases.cases import Case
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.calendar import opening_hours
from callcenter.services.cases import wall
from callcenter.services.moving import demo
from callcenter.services.moving.demo import SignIn
from callcenter.services.names.nickname_search import search
from callcenter.services.staff import accounts, passwords
from callcenter.services.trail import audit
from callcenter.services.trail.audit import OPERATOR
from tests import chance
from tests.integration.people import NOW, member

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def sign_ins(session: Session) -> list[SignIn]:
    opening_hours.store_shipped(session, shipped_holidays())
    made = demo.seed(session, by=OPERATOR, now=NOW, hasher=CHEAP)
    session.commit()
    return made


def test_everybody_of_the_trial_can_sign_in_and_one_answers_by_telephone(
    session: Session, sign_ins: list[SignIn]
) -> None:
    compared = {s.login: passwords.compare(accounts.stored_hash(session, s.login), s.password, CHEAP) for s in sign_ins}
    found = [accounts.check_password(session, login, one, now=NOW) for login, one in compared.items()]
    roles = [account.role for account in found if account is not None]
    assert roles == [Role.COUNSELLOR, Role.COUNSELLOR, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR]
    assert len({s.password for s in sign_ins}) == 5
    assert all(re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}", s.password) for s in sign_ins), "short enough to type"
    assert not any(s.password in repr(sign_ins) for s in sign_ins)
    counsellors = session.scalars(select(Staff).where(Staff.role == Role.COUNSELLOR).order_by(Staff.login)).all()
    assert [(c.contact, c.phone) for c in counsellors] == [
        (Contact.BROWSER, None),
        (Contact.PHONE, "+819000000002"),
    ]


def test_a_trial_begins_whatever_password_chance_brings(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    opening_hours.store_shipped(session, shipped_holidays())
    chance.brings(monkeypatch, "qgt5-vyt6")  # along the keyboard, so that it would be refused
    assert len(demo.seed(session, by=OPERATOR, now=NOW, hasher=CHEAP)) == 5


def test_seeding_again_leaves_everything_as_it_is(session: Session, sign_ins: list[SignIn]) -> None:
    before = session.scalar(select(func.count()).select_from(AuditEntry))
    assert demo.seed(session, by=OPERATOR, now=NOW, hasher=CHEAP) == []
    session.commit()
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_an_installation_in_use_is_never_seeded(session: Session) -> None:
    member(session, "somebody")
    assert demo.seed(session, by=OPERATOR, now=NOW, hasher=CHEAP) == []
    assert session.scalar(select(func.count()).select_from(Case)) == 0


def test_everything_of_the_trial_is_marked(session: Session, sign_ins: list[SignIn]) -> None:
    for table in (Staff, Case, Consultation):
        assert session.scalar(select(func.count()).select_from(table).where(table.demo))
        assert session.scalar(select(func.count()).select_from(table).where(~table.demo)) == 0


def test_callers_of_the_trial_are_found_again(session: Session, sign_ins: list[SignIn]) -> None:
    family = {candidate.label: candidate.case_id for candidate in search(session, "みなとさん")}
    assert next(iter(family)) == "ミナトさん・本人"
    assert family["ミナトさん・本人"] == family["ミナトさんの母"]
    namesakes = {candidate.label: candidate.case_id for candidate in search(session, "ユキ")}
    assert list(namesakes) == ["ゆきさん・本人", "ゆきさん・母"]
    assert len(set(namesakes.values())) == 2
    assert [candidate.label for candidate in search(session, "みそら")] == ["美空さん・本人"]


def test_every_caller_has_a_history_to_come_back_to(session: Session, sign_ins: list[SignIn]) -> None:
    counsellor = session.scalars(select(Staff).where(Staff.login == "tanto01")).one()
    minato = search(session, "ミナト")[0]
    told = wall.history(session, Speaker(minato.case_id, minato.person_id), by=counsellor, now=NOW)
    earlier = [record for record, _ in told]
    assert len(earlier) == 4
    assert earlier[0].next_step == "図書館のその後を聞く。絵の話の続き。こちらから行き先を足さない。"
    assert earlier[0].opened_at < NOW


def test_every_talk_was_held_while_the_line_was_open_and_is_in_the_trail(
    session: Session, sign_ins: list[SignIn]
) -> None:
    days = opening_hours.load(session)
    talks = session.scalars(select(Consultation)).all()
    assert len(talks) > 20
    assert all(talk.state is ConsultationState.FINISHED for talk in talks)
    assert all(hours.state_at(days, talk.opened_at).open for talk in talks)
    assert audit.verify(session) is None
