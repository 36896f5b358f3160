"""A closed case opened with a reason, read by a supervisor, followed by an auditor: in a real browser."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from callcenter.domain.staff.roles import Role
from callcenter.jobs import heavy
from callcenter.models.cases.cases import Person
from tests.browsers import OpenPage, axe
from tests.desk import PASSWORD
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REASON = "担当が休みで、続きの電話がかかってきた。"
PICTURES = os.environ.get("RIGHTS_PICTURES")


def signed_in(page: Page, office: Office, login: str) -> None:
    page.goto(f"{office.url}/staff/login")
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン", exact=True).click()


def looked_at(page: Page, name: str) -> None:
    """Hold the page against WCAG at both widths; nothing may stick out of a narrow one."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"


def opens_with_a_reason(page: Page, office: Office, case_id: str) -> None:
    signed_in(page, office, "tanto08")
    page.goto(f"{office.url}/console/cases/{case_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("ここは閉じてあります。")
    looked_at(page, "shut")
    page.goto(f"{office.url}/console/cases/find")
    page.get_by_label("呼び名").fill("みなと")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="ミナトさん・本人").focus()
    looked_at(page, "found")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="30分間開く").click()
    expect(page.get_by_role("alert")).to_contain_text("理由をひとこと")
    looked_at(page, "break-glass")
    page.get_by_label("開く理由").fill(REASON)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ミナト")


def reviews(chief: Page, office: Office) -> None:
    signed_in(chief, office, "tokatsu")
    expect(chief.get_by_text("担当ではない記録を理由を書いて開きました")).to_be_visible()
    chief.goto(f"{office.url}/reports/break-glass")
    expect(chief.get_by_text(REASON)).to_be_visible()
    looked_at(chief, "review")
    chief.get_by_role("link", name="このときの閲覧を見る").click()
    chief.wait_for_url(lambda url: not url.endswith("/break-glass"))  # else the page before is looked at and left
    looked_at(chief, "readers-of")
    chief.go_back()
    chief.get_by_label("ひとこと").fill("休みの日の引きつぎを、いっしょに決めます。")
    chief.get_by_label("確認の結果").select_option("talk")
    chief.get_by_role("button", name="確認を残す").click()
    expect(chief.get_by_text("確認を待っているものは、ありません。")).to_be_visible()
    chief.goto(f"{office.url}/reports/readers?own=1")
    looked_at(chief, "readers")


def follows(auditor: Page, office: Office) -> None:
    signed_in(auditor, office, "kansa")
    expect(auditor.get_by_role("heading", level=1)).to_have_text("操作の記録")
    expect(auditor.get_by_role("cell", name="理由を書いて開いた").first).to_be_visible()
    assert REASON not in auditor.content()
    looked_at(auditor, "trail")
    for path, name in (("settings-history", "settings"), ("purges", "purges"), ("figures", "figures")):
        auditor.goto(f"{office.url}/admin/{path}")
        looked_at(auditor, name)
    auditor.goto(f"{office.url}/admin/chain")
    auditor.get_by_role("button", name="いま確かめる").click()
    expect(auditor.get_by_text("確かめています。終わったら")).to_be_visible()
    with office.app.app_context():
        heavy.hand_out(threading.Event())
    auditor.reload()
    expect(auditor.get_by_text("すべてつながっています").first).to_be_visible()
    looked_at(auditor, "chain")


def test_a_closed_case_is_opened_with_a_reason_and_everybody_who_should_hears_of_it(
    office: Office, open_page: OpenPage
) -> None:
    writer = office.hire("tanto07")
    office.hire("tanto08")
    office.hire("tokatsu", role=Role.SUPERVISOR)
    office.hire("kansa", role=Role.AUDITOR)
    person_id = office.known_caller("ミナト", by=writer, told="昨日、父と話せた。")
    with office.transaction() as session:
        case_id = session.get_one(Person, person_id).case_id
    opens_with_a_reason(open_page(), office, case_id)
    reviews(open_page(), office)
    follows(open_page(), office)
