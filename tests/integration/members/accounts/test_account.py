"""What members change themselves, and what a forgotten password and a lost browser come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from callcenter.context import reading
from callcenter.domain.members.threads import LinkKind
from callcenter.models.delivery.outbox import OutboxMessage
from tests.integration.members import people
from tests.integration.members.people import PASSWORD
from tests.pages import Page, Site

NEW = "kiri no naka no densha"


@dataclass
class Home:
    """A member at their browser."""

    site: Site
    id: str
    number: str

    def path(self, kind: LinkKind) -> str:
        return people.mailed_path(self.site.app, self.id, kind)

    def send(self, path: str, **fields: str) -> Page:
        return self.site.send(path, self.site.open(path), **fields)

    def elsewhere(self, password: str = PASSWORD) -> tuple[Site, Page]:
        other = self.site.another_browser()
        return other, other.send("/mail/login", other.open("/mail/login"), number=self.number, password=password)

    def topics(self) -> list[str]:
        with self.site.app.app_context(), reading() as session:
            return [facts["kind"] for facts in session.scalars(select(OutboxMessage.facts).order_by(OutboxMessage.id))]


@pytest.fixture
def home(database_url: str) -> Iterator[Home]:
    site = Site(database_url)
    member_id, number = people.registered_at(site.app)
    people.signed_in(site.reader, member_id)
    yield Home(site, member_id, number)
    site.close()


def member(home: Home) -> SimpleNamespace:
    return people.as_stored(home.site.app, home.id)


def test_the_overview_shows_what_was_told_and_of_when_but_never_the_whole_address(home: Home) -> None:
    shown = home.site.open("/mail/my/account")
    assert shown.title == "登録の内容" and "2026年11月26日(木)" in shown.words and "ミナト" in shown.words
    assert "minato@" not in shown.response.text and "m…@example.jp" in shown.words


def test_what_was_told_is_changed_and_is_of_today(home: Home) -> None:
    given = {"relation": "father", "nickname": "父です", "prefecture": "47", "age": "60", "sex": "male"}
    shown = home.send("/mail/my/account/profile", **given, period="unknown", subject_age="", subject_sex="")
    assert shown.path == "/mail/my/account" and "父です" in shown.words and "沖縄県" in shown.words
    wrong = home.send("/mail/my/account/profile", **given | {"age": "x"}, period="unknown")
    assert wrong.status == 422 and wrong.value("nickname") == "父です" and member(home).age == 60


def test_a_changed_password_signs_every_other_browser_out(home: Home) -> None:
    other, _ = home.elsewhere()
    shown = home.send("/mail/my/account/password", present=PASSWORD, password=NEW, again=NEW)
    assert shown.path == "/mail/my/account" and "パスワードを変えました" in shown.words
    assert other.get("/mail/my/").status_code == 302
    assert home.site.get("/mail/my/").status_code == 200
    assert home.elsewhere()[1].status == 422 and home.elsewhere(NEW)[1].path == "/mail/my/"


def test_the_present_password_is_asked_for_before_another(home: Home) -> None:
    shown = home.send("/mail/my/account/password", present="not this one at all", password=NEW, again=NEW)
    assert shown.status == 422 and "いまのパスワードが合っていません" in shown.words
    assert NEW not in shown.response.text


def test_a_forgotten_password_is_set_anew_once_by_the_newest_link_and_every_session_ends(home: Home) -> None:
    reader = home.site.another_browser()
    reader.send("/mail/reset", reader.open("/mail/reset"), number=home.number)
    older = home.path(LinkKind.RESET)
    reader.send("/mail/reset", reader.open("/mail/reset"), number=home.number)
    path = home.path(LinkKind.RESET)
    assert older != path and reader.get(older).status_code == 410
    shown = reader.send(path, reader.open(path), password=NEW, again=NEW)
    assert shown.path == "/mail/login" and "新しいパスワード" in shown.words
    assert reader.get(path).status_code == 410 and home.site.get("/mail/my/").status_code == 302
    page = home.elsewhere(NEW)[1]
    assert page.path == "/mail/my/", "nobody had signed in before, so there is nothing to tell"


def test_the_next_sign_in_says_when_the_password_changed(home: Home) -> None:
    home.elsewhere()
    home.site.clock.at += timedelta(minutes=5)
    reader = home.site.another_browser()
    reader.send("/mail/reset", reader.open("/mail/reset"), number=home.number)
    path = home.path(LinkKind.RESET)
    reader.send(path, reader.open(path), password=NEW, again=NEW)
    assert "11月26日(木)午後2時12分に、パスワードが変わっています" in home.elsewhere(NEW)[1].words
    assert "パスワードが変わっています" not in home.elsewhere(NEW)[1].words


def test_asking_for_a_reset_answers_the_same_whatever_the_number(home: Home) -> None:
    answers = set()
    home.site.send("/mail/my/account/resets", home.site.open("/mail/my/account/mails"), resets="off")
    for number in (home.number, "K7M-2QX-9PA", "not a number"):
        reader = home.site.another_browser()
        answers.add(reader.send("/mail/reset", reader.open("/mail/reset"), number=number).response.data)
    assert len(answers) == 1 and "reset" not in home.topics()


def test_a_link_that_was_mailed_before_resets_were_switched_off_is_worth_nothing(home: Home) -> None:
    reader = home.site.another_browser()
    reader.send("/mail/reset", reader.open("/mail/reset"), number=home.number)
    path = home.path(LinkKind.RESET)
    home.site.send("/mail/my/account/resets", home.site.open("/mail/my/account/mails"), resets="off")
    assert reader.get(path).status_code == 410


def test_signing_in_makes_a_link_that_was_mailed_worthless(home: Home) -> None:
    reader = home.site.another_browser()
    reader.send("/mail/reset", reader.open("/mail/reset"), number=home.number)
    path = home.path(LinkKind.RESET)
    home.elsewhere()
    assert reader.get(path).status_code == 410


def test_a_new_address_counts_once_the_link_mailed_to_it_is_used(home: Home) -> None:
    given = {"address": "sora@example.jp", "address_again": "SORA@example.jp", "present": PASSWORD}
    shown = home.send("/mail/my/account/address", **given)
    assert "確認のメールをお送りしました" in shown.words and "s…@example.jp" in shown.words
    assert member(home).address == "minato@example.jp"
    path, phone = home.path(LinkKind.ADDRESS), home.site.another_browser()
    moved = phone.send(path, phone.open(path))
    assert "メールアドレスを変えました" in moved.words and phone.get(path).status_code == 410
    assert member(home).address == "sora@example.jp"


def test_a_change_of_the_address_needs_the_password_and_can_be_given_up(home: Home) -> None:
    given = {"address": "sora@example.jp", "address_again": "sora@example.jp"}
    wrong = home.send("/mail/my/account/address", **given, present="nothing like that")
    assert wrong.status == 422 and wrong.value("address") == "sora@example.jp" and home.topics() == ["number"]
    same = home.send(
        "/mail/my/account/address", address="Minato@example.jp", address_again="minato@example.jp", present=PASSWORD
    )
    assert "いまのアドレスと同じです" in same.words
    home.send("/mail/my/account/address", **given, present=PASSWORD)
    path = home.path(LinkKind.ADDRESS)
    home.site.send("/mail/my/account/address/drop", home.site.open("/mail/my/account"))
    assert home.site.another_browser().get(path).status_code == 410


def test_how_mails_come_is_chosen(home: Home) -> None:
    shown = home.send("/mail/my/account/mails", notices="off", notice_links="off", named_subject="on")
    assert "受け取り方を変えました" in shown.words
    kept = member(home)
    assert (kept.notices, kept.notice_links, kept.named_subject) == (False, False, True)


def test_a_new_browser_waits_for_its_link_where_the_operator_wants_that(database_url: str) -> None:
    site = Site(database_url, CONFIRM_NEW_DEVICE="on")
    member_id, number = people.registered_at(site.app)
    home = Home(site, member_id, number)
    reader, page = home.elsewhere()
    assert page.heading == "メールをお送りしました" and reader.get("/mail/my/").status_code == 302
    path = home.path(LinkKind.DEVICE)
    assert site.another_browser().get(path).status_code == 410, "the mailbox alone opens nothing"
    assert reader.send(path, reader.open(path)).path == "/mail/my/"
    reader.send("/mail/logout", reader.open("/mail/my/"))
    known = reader.send("/mail/login", reader.open("/mail/login"), number=number, password=PASSWORD)
    assert known.path == "/mail/my/"
    site.close()
