"""メール相談の消去の予定 in a real browser: who goes when, and a hold by keyboard, at every width, light and dark."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from callcenter.context import context, unit_of_work
from callcenter.domain.keeping.retention import HoldReason
from callcenter.domain.staff.roles import Role
from callcenter.services.keeping import member_holds
from callcenter.services.staff import passwords
from callcenter.services.trail.audit import OPERATOR
from tests.browsers import OpenPage, axe
from tests.desk import CHEAP
from tests.integration.keeping.letters import Writing, consultation, registered
from tests.pages import PASSWORD, Site

pytestmark = pytest.mark.browser

NICKNAME = "ハマナスの灯台"


@pytest.fixture(autouse=True)  # first of all, so that every page is closed before the server is gone
def address(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a trial with a supervisor, an administrator and members of long ago."""
    monkeypatch.setattr(passwords, "hasher", lambda: CHEAP)
    site = Site(sqlite_url, env="development")
    for login, role in {"tokatsu": Role.SUPERVISOR, "kanri": Role.ADMINISTRATOR}.items():
        site.employ(login, role)
    with site.app.app_context(), unit_of_work() as session:
        now = context().ports.clock.now()
        registered(session, 800, Writing("K7M2QX9PA", nickname=NICKNAME), now)
        waiting = registered(session, 900, now=now)
        consultation(session, waiting, 820, now=now)
        registered(session, 720, now=now)
        held = registered(session, 760, now=now)
        until = now.date().replace(year=now.year + 1)
        member_holds.place_hold(session, held.id, HoldReason.LEGAL, "公文書の確認", until, by=OPERATOR, now=now)
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    site.close()


def signed_in(page: Page, address: str, login: str) -> Page:
    page.goto(f"{address}/staff/login")
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("職員の入り口")
    return page


def looked_at(page: Page) -> None:
    """Refuse the page if somebody cannot read it at some width, in light or dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_supervisor_sees_who_goes_and_keeps_one_by_keyboard(open_page: OpenPage, address: str) -> None:
    boss = signed_in(open_page(width=1280), address, "tokatsu")
    boss.get_by_text("その他", exact=True).first.click()
    boss.get_by_role("link", name="メール相談の消去の予定").first.click()
    expect(boss.get_by_role("heading", level=1)).to_have_text("メール相談の消去の予定")
    expect(boss.get_by_text(NICKNAME)).to_have_count(0)
    expect(boss.get_by_text("返事をしていない相談がある")).to_be_visible()
    looked_at(boss)

    keep = boss.get_by_role("region", name="今夜消えるものの一覧").get_by_role("link", name="残す")
    keep.focus()
    keep.press("Enter")
    expect(boss.get_by_role("heading", level=1)).to_have_text("期間が過ぎても残す")
    boss.get_by_role("button", name="この日まで残す").press("Enter")
    expect(boss.get_by_role("alert").first).to_be_visible()
    looked_at(boss)
    boss.get_by_label("理由", exact=True).select_option(index=1)
    boss.get_by_label("いつまで").fill("2027-03-31")
    boss.get_by_label("詳しい理由").fill("請求への答えを待っている")
    boss.get_by_role("button", name="この日まで残す").press("Enter")
    expect(boss.get_by_text("この日まで、消さずに残します。")).to_be_visible()
    expect(boss.get_by_text("今夜消えるものは、ありません。")).to_be_visible()
    looked_at(boss)
    boss.get_by_role("listitem").filter(has_text="請求への答え").get_by_role("button", name="解く").press("Enter")
    expect(boss.get_by_text("保存の延長を解きました。")).to_be_visible()


def test_an_administrator_sees_the_days_and_decides_nothing(open_page: OpenPage, address: str) -> None:
    chief = signed_in(open_page(width=1280), address, "kanri")
    chief.goto(f"{address}/admin/retention/members")
    expect(chief.get_by_role("region", name="今夜消えるものの一覧")).to_be_visible()
    expect(chief.get_by_role("link", name="残す")).to_have_count(0)
    expect(chief.get_by_role("button", name="解く")).to_have_count(0)
    expect(chief.get_by_text("公文書の確認")).to_have_count(0)
    looked_at(chief)
