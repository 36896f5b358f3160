"""Whoever is signed in and refused stands in the trail: who, which page, about what, and no word more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.context import unit_of_work
from callcenter.domain.records.record_codes import Channel
from callcenter.domain.staff.roles import Role
from callcenter.models.base import new_id
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.records import consultations
from tests.pages import Site

Entry = tuple[str, str, str | None, str]


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    site = Site(database_url)
    for login, role in {"tanto01": Role.COUNSELLOR, "tanto02": Role.COUNSELLOR, "kanri": Role.ADMINISTRATOR}.items():
        site.employ(login, role)
    yield site
    site.close()


def refused(site: Site) -> list[Entry]:
    """Return every refusal in the trail: login, kind and id of what it was about, page."""
    with site.app.app_context(), unit_of_work() as session:
        names = {one.id: one.login for one in session.scalars(select(Staff))}
        query = select(AuditEntry).where(AuditEntry.action == "access.refused").order_by(AuditEntry.seq)
        return [
            (names[one.actor_id or ""], one.subject_kind, one.subject_id, one.facts["page"])
            for one in session.scalars(query)
        ]


def record_of(site: Site, login: str) -> str:
    with site.app.app_context(), unit_of_work() as session:
        writer = session.scalars(select(Staff).where(Staff.login == login)).one()
        opened = consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=writer.id, hint=None, now=site.clock.now()
        )
        return opened.id


def test_a_page_of_another_role_and_a_colleagues_record_are_refused_in_the_trail(site: Site) -> None:
    record = record_of(site, "tanto02")
    site.sign_in("tanto01")
    assert site.get("/admin/staff").status_code == 403
    assert site.get(f"/console/records/{record}/read").status_code == 403
    assert refused(site) == [
        ("tanto01", "page", None, "admin.staff_list"),
        ("tanto01", "consultation", record, "casefile.read_record"),
    ]


def test_whoever_may_not_ask_with_a_reason_is_refused_in_the_trail_too(site: Site) -> None:
    record = record_of(site, "tanto02")
    site.sign_in("kanri")
    assert site.get(f"/console/break-glass/record/{record}").status_code == 403
    assert refused(site) == [("kanri", "consultation", record, "casefile.break_glass_form")]


def test_who_tries_again_and_again_is_written_down_once_a_minute(site: Site) -> None:
    site.sign_in("tanto01")
    for _ in range(5):
        site.get("/admin/staff")
    assert len(refused(site)) == 1
    site.clock.at += timedelta(minutes=2)
    site.get("/admin/staff")
    assert len(refused(site)) == 2


def test_no_text_of_an_address_comes_into_the_trail(site: Site) -> None:
    site.sign_in("tanto01")
    for tail in ("ミナトさん", "090-1234-5678", "x" * 300, new_id()):
        assert site.get(f"/admin/staff/{tail}").status_code == 403
    assert {subject for _, _, subject, _ in refused(site)} - {None} == {refused(site)[-1][2]}


def test_nobody_who_is_not_signed_in_can_fill_the_trail(site: Site) -> None:
    assert site.get("/admin/staff").status_code == 302
    assert refused(site) == []
