"""A hard call in a real browser: written down and marked while the call goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from callcenter.domain.staff.roles import Role
from callcenter.models.misuse import Incident, NumberFlag
from tests.browsers import axe
from tests.journeys.desk import SLOW, available, callbar
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NUMBER = "+819012345675"
WORDS = "大きな声で、帰れと言われた。"


def test_a_hard_call_is_written_down_and_marked_while_it_goes_on(office: Office, page: Page) -> None:
    office.hire(role=Role.SUPERVISOR)
    available(office, page)
    leg = office.dial(NUMBER)
    expect(page.get_by_role("button", name="受ける")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Alt+a")
    expect(callbar(page)).to_contain_text("通話中", timeout=SLOW)
    page.get_by_text("つらい電話だったとき").click()
    axe(page)
    page.get_by_label("言われた言葉、あったこと").fill(WORDS)
    page.get_by_label("この番号に、注意の印をつける").check()
    page.get_by_role("button", name="書きとめる").click()
    expect(page.locator("toast-box")).to_contain_text("1つ選んでください")
    expect(page.get_by_label("言われた言葉、あったこと")).to_have_value(WORDS)
    page.get_by_label("暴言・侮辱").check()
    page.get_by_role("button", name="書きとめる").click()
    expect(page.locator("#misuse-part")).to_contain_text("印をつけました")
    expect(callbar(page)).to_contain_text("注意の印")
    assert not leg.over
    with office.transaction() as session:
        assert session.scalars(select(Incident)).one().words == WORDS
        assert session.scalars(select(NumberFlag)).one().number_hash is not None
    page.goto(f"{office.url}/reports/flags")
    axe(page)
    expect(page.locator("main")).to_contain_text("暴言・侮辱")
