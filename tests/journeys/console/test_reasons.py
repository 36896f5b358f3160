"""What is opened with a reason, in three browsers: who opens it sees its bounds, and a supervisor reads the reason."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from callcenter.domain.records.record_codes import Relation
from callcenter.domain.staff.roles import Role
from callcenter.models.cases.cases import Case
from callcenter.services.cases import cases
from callcenter.services.cases.cases import NewPerson
from callcenter.services.trail.audit import OPERATOR
from tests.browsers import OpenPage, axe
from tests.journeys.desk import available, talking
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HIS, HERS = "図書館まで行けた。", "息子が起きてこない。"
SAFETY, AWAY = "ご本人の安全のため", "担当が休みで、続きの電話がかかってきた。"


def family(office: Office, by: str) -> None:
    """A son and his mother in one case, who have both called before."""
    son = office.known_caller("ミナト", by=by, told=HIS)
    with office.transaction() as session:
        case = cases.get_person(session, son).case
        new = NewPerson("ミナトの母", relation=Relation.MOTHER)
        office.tell(session, cases.add_person(session, case, new, by=OPERATOR, now=office.clock.now()), by, HERS)


def test_the_reason_for_opening_the_wall_is_read_by_a_supervisor(
    office: Office, page: Page, open_page: OpenPage
) -> None:
    family(office, office.hire())
    office.hire("tanto01", role=Role.SUPERVISOR)
    available(office, page)
    talking(office, page)
    page.keyboard.type("みなと")
    page.get_by_role("button", name="ミナトさん・本人").click()
    page.get_by_text("ご家族の記録", exact=True).click()
    page.get_by_label("開く理由").fill(SAFETY)
    page.get_by_role("button", name="この記録のあいだ、開く").click()
    expect(page.locator(".earlier-behind")).to_contain_text(HERS)
    chief = office.sign_in(open_page(), "tanto01")
    chief.goto(f"{office.url}/reports/break-glass")
    opened = chief.get_by_role("region", name="ご家族の記録を開いたもの")
    expect(opened).to_contain_text(SAFETY)
    expect(opened).not_to_contain_text("に閉じました")
    axe(chief)
    page.get_by_role("button", name="いま閉じる").click()
    expect(page.locator("body")).not_to_contain_text(HERS)
    chief.reload()
    expect(opened).to_contain_text("に閉じました")


def test_a_case_that_was_opened_with_a_reason_can_be_read_and_not_written(
    office: Office, page: Page, open_page: OpenPage
) -> None:
    family(office, office.hire())
    office.hire("tanto08")
    with office.transaction() as session:
        case_id = session.scalars(select(Case.id)).one()
    office.sign_in(page, "tanto08")
    page.goto(f"{office.url}/console/break-glass/case/{case_id}")
    page.get_by_label("理由").fill(AWAY)
    page.get_by_role("button", name="30分間開く").click()
    expect(page.locator("#case-glass")).to_contain_text("読むだけの画面です。")
    expect(page.locator("#case-glass")).to_contain_text("あと30分")
    expect(page.locator("main")).to_contain_text(HIS)
    expect(page.locator("main").get_by_role("textbox")).to_have_count(0)
    expect(page.locator("main").get_by_role("button")).to_have_count(0)
    axe(page)
    own = office.sign_in(open_page(), "tanto07")
    own.goto(f"{office.url}/console/cases/{case_id}")
    expect(own.locator("#case-glass")).to_be_hidden()
    expect(own.get_by_label("このケースのこと")).to_be_editable()
