"""Registering, the number on the screen, and the first consultation with which the password is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from callcenter.context import reading
from callcenter.domain.members import user_numbers
from callcenter.domain.members.threads import LinkKind
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Message
from callcenter.models.trail.audit import AuditEntry
from tests.integration.members import people
from tests.integration.members.people import PASSWORD
from tests.pages import ORIGIN, Page, Site, read_page

GIVEN = {
    "relation": "mother",
    "nickname": "みなとの母",
    "prefecture": "11",
    "age": "5２",
    "sex": "no_answer",
    "period": "5_10",
    "subject_age": "２４歳",
    "subject_sex": "male",
    "address": "Minato.Haha@example.jp",
    "address_again": "minato.haha@example.jp",
    "named_subject": "plain",
    "confirmed": "read",
}
TEXT = "二年ほど、部屋から出てきません。\nどう声をかけたらよいでしょうか。"


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    site = Site(database_url)
    yield site
    site.close()


def register(site: Site, **changed: str) -> Page:
    form = site.open("/mail/register")
    given = GIVEN | {"form_key": form.value("form_key")} | changed
    shown = site.send("/mail/register", form, **given)
    assert shown.heading == "登録の内容の確認", shown.words
    return site.send("/mail/register", shown, step="register", **given)


def only_member(site: Site) -> SimpleNamespace:
    return people.as_stored(site.app)


def how_many(site: Site, model: type) -> int:
    with site.app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def write(site: Site, path: str = "/mail/first", *, text: str = TEXT, password: str = PASSWORD) -> Page:
    form = site.open(path)
    key = form.value("form_key")
    return site.send(path, form, form_key=key, subject="", text=text, password=password, again=password)


def test_registering_shows_the_number_once_it_was_confirmed_and_mails_it(site: Site) -> None:
    shown = register(site)
    assert (shown.path, shown.heading, shown.title) == ("/mail/registered", "登録ができました", "登録ができました")
    with site.app.app_context(), reading() as session:
        member = session.scalars(select(Member)).one()
        number = user_numbers.shown(member.number or "")
        told = (member.relation, member.prefecture, member.age, member.sex, member.period)
        assert told == ("mother", "11", 52, "no_answer", "5_10")
        assert (member.subject_age, member.subject_sex, member.password_hash) == (24, "male", None)
        assert member.address == "Minato.Haha@example.jp"
        facts = session.scalars(select(OutboxMessage.facts)).one()
        assert set(facts) == {"kind", "member", "link"} and facts["kind"] == "number"
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "member.register")).one()
        assert (entry.actor_kind.value, entry.actor_id) == ("member", member.id)
    assert number in shown.words and "hikikomori-tokyo.net" in shown.words
    file = site.get("/mail/registered/memo")
    assert file.text == f"{number}\r\n" and file.mimetype == "text/plain"
    assert "attachment" in file.headers["Content-Disposition"]


def test_what_was_typed_stays_when_something_is_to_be_corrected_and_nothing_is_stored(site: Site) -> None:
    form = site.open("/mail/register")
    shown = site.send("/mail/register", form, **GIVEN | {"age": "140", "address": "a..b@docomo.ne.jp", "confirmed": ""})
    assert shown.status == 422 and shown.heading == "メール相談の登録"
    for words in (
        "年齢をご確認ください",
        "「@」の左に点が続いています。ほかのアドレスをお試しください。",
        "読みました",
    ):
        assert words in shown.words
    assert shown.value("nickname") == "みなとの母" and shown.value("address") == "a..b@docomo.ne.jp"
    assert how_many(site, Member) == 0


def test_the_confirmation_leads_back_to_the_form_with_everything_typed(site: Site) -> None:
    form = site.open("/mail/register")
    confirm = site.send("/mail/register", form, **GIVEN)
    again = site.send("/mail/register", confirm, step="edit", **GIVEN)
    assert again.status == 200 and again.value("nickname") == "みなとの母" and how_many(site, Member) == 0


def test_confirming_twice_registers_once(site: Site) -> None:
    form = site.open("/mail/register")
    given = GIVEN | {"form_key": form.value("form_key"), "csrf_token": form.value("csrf_token"), "step": "register"}
    for _ in range(2):
        answer = site.reader.post("/mail/register", data=given, base_url=ORIGIN)
        assert answer.headers["Location"] == "/mail/registered"
        given["csrf_token"] = site.open("/mail/register").value("csrf_token")
    assert how_many(site, Member) == 1


def test_an_address_that_is_registered_already_is_answered_like_any_other(site: Site) -> None:
    first, second = register(site), register(site.another_browser())
    assert first.heading == second.heading and how_many(site, Member) == 2


def test_who_writes_of_themselves_is_not_asked_of_somebody_else(site: Site) -> None:
    register(site, relation="self")
    member = only_member(site)
    assert (member.subject_age, member.subject_sex) == (None, "unknown")


def test_the_first_consultation_sets_the_password_and_signs_its_writer_in(site: Site) -> None:
    register(site)
    shown = write(site)
    assert shown.path.startswith("/mail/my/sent/") and "受付番号" in shown.words
    assert how_many(site, Message) == 1
    member = only_member(site)
    assert member.password_hash is not None and member.last_sent_on is not None
    assert site.another_browser().open("/mail/first").heading == "このリンクは、お使いになれません"
    number = member.number
    assert number is not None
    other = site.another_browser()
    assert other.send("/mail/login", other.open("/mail/login"), number=number, password=PASSWORD).path == "/mail/my/"


def test_the_mailed_link_is_not_used_up_by_looking_and_only_once_by_writing(site: Site) -> None:
    register(site)
    path, phone = people.mailed_path(site.app, only_member(site).id, LinkKind.FIRST), site.another_browser()
    for _ in range(3):
        assert phone.open(path).heading == "はじめての相談"
    assert write(phone, path).heading == "お送りしました"
    assert site.another_browser().get(path).status_code == 410
    assert site.get("/mail/first").status_code in {303, 410}, "the browser that registered has nothing left to choose"


def test_a_form_posted_twice_sends_one_consultation_and_says_the_same_receipt(site: Site) -> None:
    register(site)
    path = people.mailed_path(site.app, only_member(site).id, LinkKind.FIRST)
    form = site.open(path)
    given = {"form_key": form.value("form_key"), "text": TEXT, "password": PASSWORD, "again": PASSWORD}
    sent = site.send(path, form, **given)
    posted = given | {"csrf_token": site.open("/mail/my/").value("csrf_token")}
    answer = site.reader.post(path, data=posted, base_url=ORIGIN, follow_redirects=True)
    assert answer.request.path == sent.path and how_many(site, Message) == 1


def test_what_is_wrong_is_said_and_the_text_stays_but_never_the_password(site: Site) -> None:
    register(site)
    shown = write(site, password="short")
    assert shown.status == 422 and "12文字以上" in shown.words and TEXT.split("\n", maxsplit=1)[0] in shown.words
    assert "short" not in shown.response.text
    number = only_member(site).number or ""
    for guessable in (number * 2, "みなとの母1234みなとの母", "hikikomori-tokyo", "passwordpassword"):
        assert "思いつかれやすい" in write(site, password=guessable).words, guessable
    both = write(site, text="  ", password="short").words
    assert "相談の文を書いてください" in both and "12文字以上" in both
    long = write(site, text="あ" * 10_001)
    assert "10,000文字まで" in long.words and "あ" * 10_001 in long.response.text
    assert (how_many(site, Message), only_member(site).password_hash) == (0, None)


@pytest.mark.parametrize("password", ["あさがおの花と海の見える坂", "asagao-umi-saka" * 8, "🌻 sunflower 坂の上"])
def test_long_passwords_and_those_of_any_letters_are_taken(site: Site, password: str) -> None:
    register(site)
    assert write(site, password=password).heading == "お送りしました"
    number, other = only_member(site).number or "", site.another_browser()
    assert other.send("/mail/login", other.open("/mail/login"), number=number, password=password).path == "/mail/my/"


def test_what_was_written_is_kept_without_a_password_and_goes_on_by_the_link(site: Site) -> None:
    register(site)
    form = site.open("/mail/first")
    key = form.value("form_key")
    kept = site.send("/mail/first", form, step="keep", form_key=key, text=TEXT, subject="", password="", again="")
    assert "保存しました" in kept.words
    path = people.mailed_path(site.app, only_member(site).id, LinkKind.FIRST)
    phone = site.another_browser()
    assert TEXT.split("\n", maxsplit=1)[0] in phone.open(path).words and phone.open(path).value("form_key") == key


def test_half_an_hour_after_registering_only_the_mailed_link_leads_on(site: Site) -> None:
    register(site)
    people.let_pass(site.app, only_member(site).id, timedelta(minutes=31))
    assert "お送りしたメールのリンク" in site.open("/mail/first").words
    assert site.open("/mail/registered").path == "/mail/login"


def test_a_link_is_over_after_two_days(site: Site) -> None:
    register(site)
    path = people.mailed_path(site.app, only_member(site).id, LinkKind.FIRST)
    site.clock.at += timedelta(hours=47, minutes=59)
    assert site.get(path).status_code == 200
    site.clock.at += timedelta(minutes=2)
    assert site.get(path).status_code == 410


def test_asking_for_the_number_again_answers_the_same_for_any_address(site: Site) -> None:
    register(site)
    before = people.mailed_path(site.app, only_member(site).id, LinkKind.FIRST)
    pages = []
    for address in ("MINATO.haha@example.jp", "nobody@example.jp"):
        reader = site.another_browser()
        pages.append(reader.send("/mail/number", reader.open("/mail/number"), address=address))
    assert len({page.response.data for page in pages}) == 1
    assert how_many(site, OutboxMessage) == 2, "the newer link goes with the second mail"
    assert site.get(before).status_code == 410
    assert site.get(people.mailed_path(site.app, only_member(site).id, LinkKind.FIRST)).status_code == 200


def test_asking_again_and_again_is_limited_for_one_mailbox(site: Site) -> None:
    form = site.open("/mail/number")
    codes = [
        site.reader.post(
            "/mail/number",
            data={"csrf_token": form.value("csrf_token"), "address": "x@example.jp"},
            base_url=ORIGIN,
        ).status_code
        for _ in range(4)
    ]
    assert codes == [303, 303, 303, 429]


def test_nobody_fills_a_strangers_mailbox_with_registrations(site: Site) -> None:
    form = site.open("/mail/register")
    given = GIVEN | {"csrf_token": form.value("csrf_token"), "step": "register"}
    codes = []
    for place in range(4):
        address = GIVEN["address"].upper() if place % 2 else GIVEN["address"]
        sent = given | {"form_key": f"key-{place}", "address": address}
        answer = site.another_browser().reader
        sent["csrf_token"] = read_page("/mail/register", answer.get("/mail/register", base_url=ORIGIN)).value(
            "csrf_token"
        )
        codes.append(answer.post("/mail/register", data=sent, base_url=ORIGIN).status_code)
    assert codes == [303, 303, 303, 429]


def test_a_phone_is_warned_literally_only_where_the_operator_wants_that(database_url: str, site: Site) -> None:
    assert "同じ番号で使えます" in site.open("/mail/register").words
    strict = Site(database_url, STRICT_DEVICE_BINDING="on")
    assert "ご覧いただくことはできません" in strict.open("/mail/register").words
    strict.close()
