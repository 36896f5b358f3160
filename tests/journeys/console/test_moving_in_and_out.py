"""A case moves in from a table, is found in a call, is copied for its person and let go in time: in a real browser."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import Download, Page, expect

from callcenter.cli.commands import build
from callcenter.domain.staff.roles import Role
from callcenter.jobs.night import retention as night
from callcenter.settings import Settings
from callcenter.ui.staff import login_flow
from tests.browsers import OpenPage, axe
from tests.desk import PASSWORD
from tests.journeys.desk import available, hung_up, talking
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEAD = "nickname,reading,relation,age_band,prefecture,municipality,opened_on,last_contact_on,summary\n"
TABLE = HEAD + "湊,みなと,本人,20-24,東京都,131032,2026-04-01,2026-11-02,図書館に行ける日がある。\n"
OLD = HEAD + "こはる,,本人,,,,2023-04-01,2024-12-20,猫の話をした。\nあお,,本人,,,,2023-04-01,2024-12-24,\n"
AFTER_TWO_YEARS = datetime.fromisoformat("2027-01-05T14:00+09:00")


def imports(office: Office, folder: Path, table: str, *words: str) -> Result:
    file = folder / "cases.csv"
    file.write_text(table, encoding="utf-8")
    cli = build(settings=lambda: Settings.from_env({}, folder), app=lambda: office.app, run=lambda **_: 0)
    return CliRunner().invoke(cli, ["cases", "import", str(file), *words])


def enters(page: Page, office: Office, login: str, path: str = "") -> None:
    page.goto(f"{office.url}/staff/login?next={path}")
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン", exact=True).click()


def looked_at(page: Page) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def handed(page: Page, button: str) -> bytes:
    """Press a button that makes a file; return what arrived."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    download: Download = waiting.value
    return download.path().read_bytes()


def proves_again(chief: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Press for the PDF with a proof that is too old, and prove it in another window."""
    with monkeypatch.context() as long_ago:
        long_ago.setattr(login_flow, "PROVEN_FOR", timedelta(seconds=-1))
        chief.get_by_role("button", name="お渡し用のPDF").click()
        expect(chief.get_by_role("heading", level=1)).to_have_text("渡す前の確認")
        looked_at(chief)
    with chief.expect_popup() as opened:
        chief.get_by_role("link", name="あなたの確認をする").click()
    opened.value.get_by_label("パスワード").fill(PASSWORD)
    opened.value.keyboard.press("Enter")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("ログインの安全設定")
    opened.value.close()


def test_a_case_moves_in_is_found_in_a_call_and_is_copied_for_its_person(
    office: Office, open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.hire()
    office.hire("tokatsu", role=Role.SUPERVISOR)
    assert "まだ、何も書いていません" in imports(office, tmp_path, TABLE, "--dry-run").output
    assert "1件を取りこみました" in imports(office, tmp_path, TABLE).output

    page = open_page()
    leg = talking(office, available(office, page))
    page.get_by_label("呼び名").press_sequentially("ミナト", delay=20)
    expect(page.locator(".candidate").first).to_contain_text("湊さん・本人")
    page.keyboard.press("Alt+1")
    expect(page.locator(".earlier")).to_contain_text("図書館に行ける日がある。")
    hung_up(office, page, leg)
    page.get_by_label("主なお話").fill("山田さんの店で、珈琲を飲めた。")
    page.get_by_role("textbox", name="次回").fill("来週も話す")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="記録を閉じました")).to_be_visible()

    chief = open_page()
    enters(chief, office, "tokatsu", "/console/cases")
    chief.get_by_role("link", name="湊さん").first.click()
    chief.get_by_role("link", name="開示の準備").click()
    expect(chief.get_by_role("heading", level=1)).to_have_text("開示の準備")
    looked_at(chief)
    chief.get_by_role("button", name="お渡し用のJSON").click()
    expect(chief.get_by_role("alert").first).to_be_visible()  # without a reason nothing leaves
    chief.get_by_label("開示の理由").fill("請求 第1号")
    chief.get_by_label("文の中で伏せる言葉").fill("山田さん")
    told = json.dumps(json.loads(handed(chief, "お渡し用のJSON")), ensure_ascii=False)
    assert "図書館に行ける日がある。" in told
    assert "珈琲を飲めた" in told
    assert "山田さん" not in told
    proves_again(chief, monkeypatch)
    assert handed(chief, "続ける").startswith(b"%PDF-")


def holds_the_first(chief: Page, office: Office) -> None:
    """Let a supervisor see what goes tonight, named by nobody, and keep one of it."""
    enters(chief, office, "tokatsu", "/admin/retention")
    going = chief.get_by_role("region", name="今夜消えるものの一覧").get_by_role("row")
    expect(going).to_have_count(1 + 2)
    expect(chief.get_by_text("こはる")).to_have_count(0)
    looked_at(chief)
    chief.get_by_role("link", name="残す").first.click()
    chief.get_by_role("button", name="この日まで残す").click()
    expect(chief.get_by_role("alert").first).to_be_visible()
    chief.get_by_label("理由", exact=True).select_option(index=1)
    chief.get_by_label("いつまで").fill("2027-03-31")
    chief.get_by_label("詳しい理由").fill("請求への答えを待っている")
    looked_at(chief)
    chief.get_by_role("button", name="この日まで残す").click()
    expect(chief.get_by_role("heading", name="期間は過ぎたが、残しているもの")).to_be_visible()


def test_what_is_kept_no_longer_goes_in_the_night_and_what_is_held_stays(
    office: Office, open_page: OpenPage, tmp_path: Path
) -> None:
    office.hire()
    office.hire("tokatsu", role=Role.SUPERVISOR)
    office.hire("kansa", role=Role.AUDITOR)
    assert "2件を取りこみました" in imports(office, tmp_path, OLD).output
    office.clock.jump(AFTER_TWO_YEARS)

    holds_the_first(open_page(), office)
    office.clock.jump((AFTER_TWO_YEARS + timedelta(days=1)).replace(hour=3, minute=10))
    with office.app.app_context():
        night.destroy_due(lambda _: False)
    office.clock.jump(AFTER_TWO_YEARS + timedelta(days=1))
    page = open_page()
    enters(page, office, "kansa", "/admin/purges")
    expect(page.get_by_role("heading", level=1)).to_have_text("消去の証明")
    expect(page.get_by_role("region", name="消したもの").get_by_role("row")).to_have_count(1 + 1)
    looked_at(page)

    found = open_page()
    talking(office, available(office, found))
    found.get_by_label("呼び名").fill("あお")
    expect(found.get_by_text("「あお」に近い呼び名は、見つかりません。")).to_be_visible()
    found.get_by_label("呼び名").fill("こはる")
    expect(found.locator(".candidate").first).to_contain_text("こはるさん・本人")
