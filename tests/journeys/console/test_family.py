"""The person beside the record in a real browser: card, wall, linking and undoing, making one and parting again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from callcenter.domain.records.record_codes import Relation
from callcenter.services.cases import cases
from callcenter.services.cases.cases import NewPerson
from callcenter.services.trail.audit import OPERATOR
from tests.browsers import axe
from tests.journeys.desk import available, talking
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HIS, HERS, AGAIN = "図書館まで行けた。", "息子が起きてこない。", "猫の絵を描いた。"


@pytest.fixture
def staff_id(office: Office) -> str:
    return office.hire()


def family(office: Office, staff_id: str) -> None:
    """A son, his mother in the same case, and another entry of the son under another name."""
    son = office.known_caller("ミナト", by=staff_id, told=HIS)
    office.known_caller("みーくん", by=staff_id, told=AGAIN)
    with office.transaction() as session:
        case = cases.get_person(session, son).case
        new = NewPerson("ミナトの母", relation=Relation.MOTHER)
        mother = cases.add_person(session, case, new, by=OPERATOR, now=office.clock.now())
        office.tell(session, mother, staff_id, HERS)


def test_the_thread_beside_the_record(office: Office, staff_id: str, page: Page) -> None:
    family(office, staff_id)
    available(office, page)
    talking(office, page)
    recognise(page)
    note_for_the_next_time(page)
    open_the_wall(page)
    take_it_back_twice(page)
    merge_and_part(page)
    refused_with_a_way_onward(office, page)
    choose_another_of_the_family(page)


def side(page: Page) -> Locator:
    return page.locator("#person-part")


def recognise(page: Page) -> None:
    """Names only before somebody is chosen; then their own story, and nothing of the mother."""
    page.locator("#nickname_heard").fill("みなと")
    expect(page.locator(".candidate b")).to_have_text(["ミナトさん・本人", "ミナトの母"])
    expect(side(page)).not_to_contain_text(HIS)
    page.keyboard.press("Alt+1")
    expect(side(page)).to_contain_text(HIS)
    expect(side(page)).to_contain_text("今日で2回目")
    for behind in (HERS, "ミナトの母"):
        expect(page.locator("body")).not_to_contain_text(behind)
    axe(page)


def note_for_the_next_time(page: Page) -> None:
    """A wish and a promise stand on the card at once."""
    side(page).get_by_text("次のために書きとめる").click()
    side(page).get_by_label("希望", exact=True).select_option(label="無言でもよい")
    side(page).get_by_role("button", name="希望に加える").click()
    expect(side(page).locator(".facts")).to_contain_text("無言でもよい")
    side(page).get_by_text("次のために書きとめる").click()
    side(page).get_by_label("約束したこと").fill("絵の道具の話を聞く")
    side(page).get_by_role("button", name="約束を書きとめる").click()
    expect(side(page).locator(".facts")).to_contain_text("絵の道具の話を聞く")


def open_the_wall(page: Page) -> None:
    """With a reason, the mother's words stand there as hers."""
    side(page).get_by_text("ご家族の記録", exact=True).click()
    axe(page)
    side(page).get_by_label("開く理由").fill("ご本人の安全のため")
    side(page).get_by_role("button", name="この記録のあいだ、開く").click()
    expect(side(page)).to_contain_text(HERS)
    expect(side(page)).to_contain_text("ミナトの母のお話")
    behind = side(page).locator(".earlier-behind")
    expect(behind).to_contain_text(HERS)
    axe(page)
    side(page).get_by_role("button", name="いま閉じる").click()
    expect(side(page)).not_to_contain_text(HERS)
    expect(side(page)).to_contain_text(HIS)
    expect(page.locator("#wall-door")).to_be_focused()


def take_it_back_twice(page: Page) -> None:
    """Not sure yet, then the wrong person: each time nothing of anybody is left on the screen."""
    side(page).get_by_role("button", name="つながりを外す").click()
    expect(page.locator("#nick-state")).to_contain_text("ミナトさんかもしれません")
    expect(side(page)).not_to_contain_text(HIS)
    page.locator("#nickname_heard").fill("ミナト")
    side(page).get_by_role("button", name="ミナトさん・本人").click()
    expect(side(page)).to_contain_text(HIS)
    side(page).get_by_role("button", name="つなぎ直す").click()
    expect(page.locator("#nickname_heard")).to_be_focused()
    expect(side(page)).not_to_contain_text(HIS)
    side(page).get_by_role("button", name="ミナトさん・本人").click()
    expect(side(page)).to_contain_text(HIS)


def merge_and_part(page: Page) -> None:
    """It asks first; two entries of one person tell one story, until they are parted again at the same place."""
    page.locator("#nickname_heard").fill("みーくん")
    side(page).get_by_text("まとめる", exact=True).first.click()
    side(page).get_by_text("同じ方としてまとめる").click()
    expect(side(page)).to_contain_text("同じ方として1つにまとめますか。")
    expect(side(page)).not_to_contain_text(AGAIN)
    axe(page)
    side(page).get_by_role("button", name="まとめる", exact=True).click()
    expect(side(page)).to_contain_text(AGAIN)
    expect(page.locator("#merged-now")).to_be_focused()
    axe(page)
    page.locator("#merged-now").get_by_role("button", name="元の2つに戻す").click()
    expect(side(page)).not_to_contain_text(AGAIN)
    expect(side(page).get_by_role("heading", level=2).first).to_contain_text("ミナトさん")


def refused_with_a_way_onward(office: Office, page: Page) -> None:
    """A colleague's case is not merged, and the refusal leads to where a reason is written."""
    office.known_caller("ソラ", by=office.hire("tanto11"), told="同僚だけが聞いた話。")
    page.locator("#nickname_heard").fill("ソラ")
    side(page).get_by_text("まとめる", exact=True).first.click()
    side(page).get_by_text("同じ方としてまとめる").click()
    side(page).get_by_role("button", name="まとめる", exact=True).click()
    onward = page.locator("toast-box").get_by_role("link", name="理由を書いて開く")
    expect(onward).to_have_attribute("href", re.compile("/console/break-glass/case/"))
    expect(onward).to_have_attribute("target", "_blank")
    axe(page)
    page.locator("toast-box").get_by_role("button", name="閉じる").last.click()


def choose_another_of_the_family(page: Page) -> None:
    """After the son, what his mother told opens with a reason only."""
    side(page).get_by_role("button", name="つなぎ直す").click()
    page.locator("#nickname_heard").fill("みなと")
    side(page).get_by_role("button", name="ミナトの母").click()
    expect(side(page)).to_contain_text("この方のこれまでの相談も、理由を残すと開きます。")
    expect(page.locator("body")).not_to_contain_text(HERS)
    axe(page)
    side(page).get_by_label("開く理由").fill("息子さんを選んだのは、まちがいでした")
    side(page).get_by_role("button", name="この記録のあいだ、開く").click()
    expect(side(page)).to_contain_text(HERS)
