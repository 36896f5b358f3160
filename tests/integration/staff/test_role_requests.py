"""役割の確認: nobody makes a reader alone, neither of another account nor of one they made up."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from sqlalchemy import select

import wsgi
from callcenter.context import unit_of_work
from callcenter.domain.staff.roles import NotAllowed, Role, RoleAnswer
from callcenter.models.staff.accounts import Staff
from callcenter.models.staff.role_requests import RoleRequest
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.administration import duty_changes, role_requests, staff_accounts
from callcenter.services.administration.staff_accounts import Change
from callcenter.services.delivery import notices
from callcenter.services.staff import accounts, passwords
from callcenter.services.staff.accounts import FirstPassword, NewStaff
from callcenter.services.trail.audit import OPERATOR, staff_member
from tests.desk import CHEAP, FIELD_KEYS
from tests.pages import Page, Site

READERS = (Role.COUNSELLOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
PEOPLE = {"kanri": Role.ADMINISTRATOR, "kanri2": Role.ADMINISTRATOR, "tokatsu": Role.SUPERVISOR, "kansa": Role.AUDITOR}


@pytest.fixture
def site(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(passwords, "hasher", lambda: CHEAP)
    site = Site(database_url)
    for login, role in PEOPLE.items():
        site.employ(login, role)
    site.sign_in("kanri")
    yield site
    site.close()


def known(site: Site, login: str) -> Staff:
    with site.app.app_context(), unit_of_work() as session:
        return session.scalars(select(Staff).where(Staff.login == login)).one()


def waiting(site: Site) -> list[str]:
    with site.app.app_context(), unit_of_work() as session:
        return [one.id for one in role_requests.unanswered(session)]


def told(site: Site, login: str) -> list[str]:
    with site.app.app_context(), unit_of_work() as session:
        staff = session.scalars(select(Staff).where(Staff.login == login)).one()
        return [one.kind for one in notices.unseen(session, staff.id)]


def trail(site: Site) -> list[tuple[str, str | None]]:
    """Return the entries about requests, with the login of who acted."""
    with site.app.app_context(), unit_of_work() as session:
        names = {one.id: one.login for one in session.scalars(select(Staff))}
        query = select(AuditEntry).where(AuditEntry.action.startswith("role.")).order_by(AuditEntry.seq)
        return [(one.action, names.get(one.actor_id or "")) for one in session.scalars(query)]


def browser(site: Site, login: str) -> Site:
    other = site.another_browser()
    other.sign_in(login)
    return other


def answer(site: Site, which: str, *, at: str = "/admin/roles") -> Page:
    return site.send(f"/admin/roles/{waiting(site)[0]}/{which}", site.open(at))


def ask(site: Site, login: str = "kansa", role: str = "counsellor") -> Page:
    path = f"/admin/staff/{known(site, login).id}"
    return site.send(f"{path}/role", site.open(path), role=role)


@pytest.mark.parametrize("role", READERS)
def test_a_role_that_reads_or_gives_roles_does_not_act_until_a_second_person_agrees(site: Site, role: Role) -> None:
    ask(site, role=role.value)
    assert known(site, "kansa").role is Role.AUDITOR
    assert "申し出ました" in browser(site, "tokatsu").get("/admin/notices").text
    answer(browser(site, "tokatsu"), "confirm")
    assert known(site, "kansa").role is role
    assert [entry for entry in trail(site) if entry[0] != "staff.set_role"] == [
        ("role.asked", "kanri"),
        ("role.confirmed", "tokatsu"),
    ]


@pytest.mark.parametrize("role", READERS)
def test_an_account_that_was_made_up_lets_nobody_in_until_a_second_person_agrees(site: Site, role: Role) -> None:
    with site.app.app_context(), unit_of_work() as session:
        by = session.scalars(select(Staff).where(Staff.login == "kanri")).one()
        first = FirstPassword.made_up(CHEAP)
        new = NewStaff("second-self", "担当09", role)
        staff_accounts.create_account(session, new, first, by=staff_member(by.id), now=site.clock.now())
    other = site.another_browser()
    other.sign_in("second-self", first.text)
    assert other.get("/admin/roles").status_code == 302
    assert answer(browser(site, "kanri2"), "confirm").status == 200
    assert other.sign_in("second-self", first.text).heading == "自分のパスワードを決める"


@pytest.mark.parametrize("who, word", [("kanri", "take-back"), ("tokatsu", "refuse")])
def test_who_turns_a_request_down_learns_that_the_account_stays_closed(site: Site, who: str, word: str) -> None:
    with site.app.app_context(), unit_of_work() as session:
        by = session.scalars(select(Staff).where(Staff.login == "kanri")).one()
        new = NewStaff("second-self", "担当09", Role.COUNSELLOR)
        first = FirstPassword.made_up(CHEAP)
        staff_accounts.create_account(session, new, first, by=staff_member(by.id), now=site.clock.now())
    assert "担当09さんのアカウント(相談員)を使えるようにしたいと" in browser(site, "kanri2").get("/admin/notices").text
    said = answer(site if who == "kanri" else browser(site, who), word).words
    assert "担当09さんは、まだ使えません" in said
    assert "役割は、前のまま" not in said


def test_all_supervisors_and_administrators_are_told_of_both_steps_and_the_request_leads_to_its_page(
    site: Site,
) -> None:
    ask(site)
    assert told(site, "tokatsu") == told(site, "kanri2") == [role_requests.ASKED]
    assert told(site, "kanri") == told(site, "kansa") == []
    assert 'href="/admin/roles"' in browser(site, "tokatsu").get("/admin/notices").text
    answer(browser(site, "tokatsu"), "confirm")
    assert told(site, "tokatsu") == []
    assert told(site, "kanri2") == told(site, "kanri") == [role_requests.ANSWERED]
    assert "確かめて、認めました" in browser(site, "kanri2").get("/admin/notices").text


def test_nobody_confirms_what_they_asked_for_nor_a_role_of_their_own(site: Site) -> None:
    ask(site, "kanri2", "supervisor")
    for who in ("kanri", "kanri2"):
        second = browser(site, who)
        assert "/confirm" not in second.get("/admin/roles").text
        assert "確かめられません" in answer(second, "confirm").words
    assert browser(site, "kansa").get("/admin/roles").status_code == 403
    assert known(site, "kanri2").role is Role.ADMINISTRATOR
    answer(browser(site, "tokatsu"), "confirm")
    assert known(site, "kanri2").role is Role.SUPERVISOR


def test_a_request_is_refused_or_taken_back_and_nothing_changes(site: Site) -> None:
    ask(site)
    assert "認めませんでした。役割は、前のままです" in answer(browser(site, "tokatsu"), "refuse").words
    ask(site)
    late = browser(site, "tokatsu")
    page, request = late.open("/admin/roles"), waiting(site)[0]
    assert "取り下げました。役割は、前のままです" in answer(site, "take-back").words
    assert "取り下げられています" in late.send(f"/admin/roles/{request}/confirm", page).words
    assert known(site, "kansa").role is Role.AUDITOR
    assert [action for action, _ in trail(site)] == [
        *("role.asked", "role.refused"),
        *("role.asked", "role.taken_back"),
    ]


def test_a_supervisor_takes_nothing_back_that_they_did_not_ask_for(site: Site) -> None:
    ask(site)
    second = browser(site, "tokatsu")
    assert second.send(f"/admin/roles/{waiting(site)[0]}/take-back", second.open("/admin/roles")).status == 403


def test_another_wish_takes_the_place_of_the_one_that_waits(site: Site) -> None:
    ask(site, role="counsellor")
    ask(site, role="supervisor")
    assert len(waiting(site)) == 1
    answer(browser(site, "tokatsu"), "confirm")
    assert known(site, "kansa").role is Role.SUPERVISOR


def test_an_account_that_was_ended_meanwhile_is_not_opened_by_a_late_yes(site: Site) -> None:
    ask(site)
    path = f"/admin/staff/{known(site, 'kansa').id}"
    site.send(f"{path}/active", site.open(path), active="0")
    assert waiting(site) == []
    assert not known(site, "kansa").active


def test_roles_that_read_nothing_are_given_at_once_and_taking_one_that_reads_is_told(site: Site) -> None:
    site.employ("tanto01", Role.COUNSELLOR)
    ask(site, "tanto01", "auditor")
    assert known(site, "tanto01").role is Role.AUDITOR
    assert told(site, "tokatsu") == [role_requests.SET]
    assert waiting(site) == []


def test_the_last_administrator_is_not_confirmed_away(site: Site) -> None:
    ask(site, "kanri2", "supervisor")
    with site.app.app_context(), unit_of_work() as session:
        kanri = session.scalars(select(Staff).where(Staff.login == "kanri")).one()
        accounts.set_active(session, kanri, active=False, by=OPERATOR, now=site.clock.now())
    assert "管理者がいなくなってしまいます" in answer(browser(site, "tokatsu"), "confirm").words
    assert known(site, "kanri2").role is Role.ADMINISTRATOR


def test_a_role_confirmed_during_a_talk_acts_when_it_is_written_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.employ("tanto01", Role.COUNSELLOR)
    ask(site, "tanto01", "supervisor")
    monkeypatch.setattr(duty_changes, "_is_busy", lambda *_, **__: True)
    assert "電話のあとで変わります" in answer(browser(site, "tokatsu"), "confirm").words
    assert (known(site, "tanto01").role, known(site, "tanto01").next_role) == (Role.COUNSELLOR, Role.SUPERVISOR)


def test_of_two_who_answer_at_once_one_is_heard(site: Site) -> None:
    ask(site)
    with site.app.app_context():
        request = waiting(site)[0]
        with unit_of_work() as session:
            by = session.scalars(select(Staff).where(Staff.login == "tokatsu")).one()
            now = site.clock.now()
            given = staff_accounts.answer_role(session, request, RoleAnswer.REFUSED, by=by, now=now)
            assert given is Change.DONE
            with pytest.raises(role_requests.NoSuchRequest):
                staff_accounts.answer_role(session, request, RoleAnswer.CONFIRMED, by=by, now=now)


def test_a_role_without_the_right_answers_nothing(site: Site) -> None:
    ask(site, "kanri2", "counsellor")
    with site.app.app_context(), unit_of_work() as session:
        by = session.scalars(select(Staff).where(Staff.login == "kansa")).one()
        request = session.scalars(select(RoleRequest)).one()
        with pytest.raises(NotAllowed):
            role_requests.answer(session, request.id, RoleAnswer.CONFIRMED, by=by, now=site.clock.now())


def test_what_the_operator_does_on_the_machine_acts_at_once_is_audited_and_told(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "hasher", lambda: CHEAP)
    for name, value in {"DATABASE_URL": sqlite_url, "FIELD_KEYS": FIELD_KEYS}.items():
        monkeypatch.setenv(name, value)
    site = Site(sqlite_url)
    site.employ("tokatsu", Role.SUPERVISOR)
    for words in (["add", "tanto05", "--name", "担当05", "--role", "counsellor"], ["role", "tanto05", "supervisor"]):
        result = CliRunner().invoke(wsgi.cli, ["staff", *words])
        assert result.exit_code == 0, result.output
    assert known(site, "tanto05").role is Role.SUPERVISOR
    assert waiting(site) == []
    assert told(site, "tokatsu") == [role_requests.SET] * 2
    assert "運用の担当者が、担当05さんを統括にしました" in browser(site, "tokatsu").get("/admin/notices").text
    site.close()


def test_two_administrators_who_ask_in_the_same_moment_leave_one_request(site: Site) -> None:
    asked, ready = list[str](), threading.Barrier(2)

    def asks(login: str, role: Role) -> None:
        with site.app.app_context():
            ready.wait(10)
            with unit_of_work() as session:
                by = session.scalars(select(Staff).where(Staff.login == login)).one()
                staff = session.scalars(select(Staff).where(Staff.login == "kansa")).one()
                now = site.clock.now()
                staff_accounts.change_role(session, staff, role, by=staff_member(by.id), now=now)
            asked.append(login)

    both = [("kanri", Role.COUNSELLOR), ("kanri2", Role.SUPERVISOR)]
    threads = [threading.Thread(target=asks, args=one) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(asked) == ["kanri", "kanri2"]
    assert len(waiting(site)) == 1
