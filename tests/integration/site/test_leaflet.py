"""The leaflet: ours until an administrator publishes one, versions, and what the trail keeps of it."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.administration.leaflets import NotALeaflet
from callcenter.domain.staff.roles import Role
from callcenter.models.administration import Leaflet
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.administration import leaflets
from tests.integration.consoles import Console, Seat
from tests.integration.people import NOW, member
from tests.pages import ORIGIN, OpenSite, Page, read_page
from tests.unit.administration.test_leaflet_files import a_pdf


@pytest.fixture
def seat(desk: Console) -> Seat:
    """An administrator who has signed in."""
    return desk.seat("kanri01", role=Role.ADMINISTRATOR)


def upload(seat: Seat, label: str, body: bytes) -> Page:
    """Send the form as a browser does, and read what comes."""
    data: dict[str, Any] = {"csrf_token": form_token(seat), "label": label, "file": (io.BytesIO(body), "leaflet.pdf")}
    answer = seat.client.post("/admin/leaflets", data=data, base_url=ORIGIN)
    answer.request.environ["wsgi.input"].close()  # the test's own browser keeps so large a form in a file
    return seat.opens("/admin/leaflets") if answer.status_code == 303 else read_page("/admin/leaflets", answer)


def press(seat: Seat, what: str, version: int | str) -> Page:
    data = {"csrf_token": form_token(seat), "version": str(version)}
    answer = seat.client.post(f"/admin/leaflets/{what}", data=data, base_url=ORIGIN, follow_redirects=True)
    return read_page(f"/admin/leaflets/{what}", answer)


def form_token(seat: Seat) -> str:
    return seat.opens("/admin/leaflets").value("csrf_token")


def served(desk: Console) -> bytes:
    body: bytes = desk.app.test_client().get("/leaflet.pdf", base_url=ORIGIN).data
    return body


def offered(desk: Console) -> str:
    return read_page("/leaflet", desk.app.test_client().get("/leaflet", base_url=ORIGIN)).words


def test_until_one_is_published_our_own_is_offered_with_size_and_edition(open_site: OpenSite) -> None:
    site = open_site("2026-11-26T14:00")
    assert re.search(r"リーフレット\(PDF、\d+KB、令和8年度版\)", site.open("/leaflet").words)
    assert re.search(r"リーフレット\(PDF、\d+KB、令和8年度版\)", site.open("/m/leaflet").words)
    answer = site.get("/leaflet.pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="hikikomori-support-20260401.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_a_browser_that_has_the_leaflet_is_not_sent_it_again(open_site: OpenSite) -> None:
    site = open_site()
    first = site.get("/leaflet.pdf")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert site.get("/leaflet.pdf", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_what_an_administrator_publishes_is_offered_and_served_at_once(desk: Console, seat: Seat) -> None:
    page = upload(seat, "令和7年度版", a_pdf())
    assert "リーフレットを公開しました。" in page.words
    assert "令和7年度版(1KB) 担当" not in page.words
    assert served(desk) == a_pdf()
    assert "リーフレット(PDF、1KB、令和7年度版)" in offered(desk)


def test_an_earlier_version_can_be_published_again_and_the_published_one_withdrawn(desk: Console, seat: Seat) -> None:
    first, second = a_pdf(b"/First true"), a_pdf(b"/Second true")
    upload(seat, "令和7年度版", first)
    upload(seat, "令和8年度版", second)
    assert served(desk) == second
    with desk.work() as session:
        old, new = session.scalars(select(Leaflet.id).order_by(Leaflet.id))
    press(seat, "publish", old)
    assert served(desk) == first
    press(seat, "publish", old)
    press(seat, "withdraw", new)
    assert served(desk) == first, "withdrawing what is not published changes nothing"
    press(seat, "withdraw", old)
    assert "令和8年度版)" in offered(desk)
    assert served(desk) not in (first, second)
    assert "令和7年度版" in seat.opens("/admin/leaflets").words


@pytest.mark.parametrize("what", ["publish", "withdraw"])
@pytest.mark.parametrize("version", ["99", "", "x", "9" * 30])
def test_a_version_that_is_not_there_is_refused_kindly(desk: Console, seat: Seat, what: str, version: str) -> None:
    assert "その版は見つかりませんでした。" in press(seat, what, version).words


def test_a_refused_file_is_explained_what_was_typed_stays_and_nothing_is_stored(desk: Console, seat: Seat) -> None:
    page = upload(seat, "令和9年度版", a_pdf(b"/OpenAction 3 0 R"))
    assert page.status == 422
    assert "開いたときに動く命令(OpenAction)が入っているPDFは、公開できません。" in page.words
    assert page.value("label") == "令和9年度版"
    with desk.work() as session:
        assert leaflets.history(session) == []


@pytest.mark.parametrize("size", [5 * 1024 * 1024 + 1, 8 * 1024 * 1024])
def test_a_file_that_is_too_large_is_said_to_be(desk: Console, seat: Seat, size: int) -> None:
    assert "5メガバイトより大きいファイルです。" in upload(seat, "令和8年度版", a_pdf(b" " * size)).words


@pytest.mark.parametrize("label", ["", "  ", "長" * 33])
def test_a_version_without_a_fitting_label_is_refused(desk: Console, seat: Seat, label: str) -> None:
    page = upload(seat, label, a_pdf())
    assert page.status == 422
    with desk.work() as session:
        assert leaflets.history(session) == []


def test_the_form_proposes_this_fiscal_years_edition(seat: Seat) -> None:
    assert seat.opens("/admin/leaflets").value("label") == "令和8年度版"


def test_every_change_of_the_leaflet_is_in_the_trail(desk: Console, seat: Seat) -> None:
    upload(seat, "令和8年度版", a_pdf())
    with desk.work() as session:
        version = session.scalars(select(Leaflet.id)).one()
    press(seat, "withdraw", version)
    press(seat, "publish", version)
    with desk.work() as session:
        kept = session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "leaflet").order_by(AuditEntry.seq))
        assert [entry.action for entry in kept] == ["leaflet.add", "leaflet.withdraw", "leaflet.publish"]


def test_only_one_version_is_published_on_either_database(session: Session) -> None:
    by = member(session, "kanri01", role=Role.ADMINISTRATOR)
    for number in range(3):
        leaflets.add(session, f"令和{number + 6}年度版", a_pdf(f"/N{number} 1".encode()), by=by, now=NOW)
    shown = leaflets.published(session, with_body=True)
    assert shown is not None
    assert (shown.label, shown.body) == ("令和8年度版", a_pdf(b"/N2 1"))
    assert [version.shown for version, _ in leaflets.history(session)] == [True, None, None]
    with pytest.raises(NotALeaflet):
        leaflets.add(session, "令和9年度版", b"nothing", by=by, now=NOW)
    assert leaflets.published(session) == shown
