"""Members' pages for very old telephones: the same views without scripts, small, of few tags, and never left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from callcenter.context import reading, unit_of_work
from callcenter.domain.members.threads import LONGEST_TEXT, LinkKind, Written
from callcenter.mail.blueprint import bp
from callcenter.models.base import new_id
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Message, Thread
from callcenter.services.members import drafts
from callcenter.services.members.accounts import links
from callcenter.ui.light.twins import TWINS
from tests.integration.members import people, writers
from tests.integration.members.light.old_telephone import OldTelephone, hold
from tests.integration.members.people import PASSWORD
from tests.integration.site.light import ALLOWED, Tags
from tests.integration.site.pages import EASY, KANA, choose
from tests.outages import no_connections
from tests.pages import ORIGIN, Site

GIVEN = {
    "relation": "mother",
    "nickname": "みなとの母",
    "prefecture": "11",
    "age": "52",
    "sex": "no_answer",
    "period": "5_10",
    "address": "minato.haha@example.jp",
    "address_again": "minato.haha@example.jp",
    "confirmed": "read",
}
NEW = "kiri no naka no densha"
TEXT = "二年ほど、部屋から出てきません。\r\n\r\n<b>どう</b>声をかけたら & よいでしょうか。"
NO_PAGES = {"number_file", "time_left"}
"""Views of a file, and of what only scripts ask for."""


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    site = Site(database_url)
    yield site
    site.close()


@pytest.fixture
def phone(site: Site) -> OldTelephone:
    return OldTelephone(site)


def signed_in(phone: OldTelephone) -> tuple[str, str]:
    """Let a new member sit before their pages; return their id and number."""
    member_id, number = people.registered_at(phone.site.app, "ハル")
    people.signed_in(phone.site.reader, member_id)
    return member_id, number


def messages(site: Site) -> list[str | None]:
    with site.app.app_context(), reading() as session:
        return [one.text for one in session.scalars(select(Message).order_by(Message.id))]


def answer(site: Site, text: str) -> None:
    with site.app.app_context(), unit_of_work() as session:
        writers.answered(session, session.scalars(select(Thread)).one(), text, now=site.clock.now())


def link(phone: OldTelephone, member_id: str, kind: LinkKind) -> str:
    """Open the page that a mail leads to, and return the light one that it offers."""
    usual = people.mailed_path(phone.site.app, member_id, kind)
    page = phone.site.another_browser().open(usual)
    assert f"/m{usual}" in page.links
    return f"/m{usual}"


def registers(phone: OldTelephone) -> str:
    """Register from the guide on, and return the member's id."""
    phone.opens("/m/mail/register")
    wrong = phone.presses("内容を確かめる", **GIVEN | {"age": "140"})
    assert wrong.status == 422 and wrong.words.count("年齢をご確認ください") == 2  # in the summary and beside the field
    assert wrong.leads_to("#age") and wrong.value("nickname") == "みなとの母"
    assert phone.presses("内容を確かめる").heading == "メール相談の登録"
    assert phone.presses("内容を確かめる", age="52").heading == "登録の内容の確認"
    assert phone.presses("戻って直す").value("nickname") == "みなとの母"
    phone.presses("内容を確かめる")
    done = phone.presses("この内容で登録する")
    found = people.as_stored(phone.site.app)
    assert done.path == "/m/mail/registered" and found.relation == "mother"
    assert "コピーする" not in done.words and "印刷する" not in done.words
    file = phone.site.get(phone.forms.links["ファイルに残す"])
    assert file.mimetype == "text/plain"
    return str(found.id)


def test_somebody_with_a_very_old_telephone_registers_writes_by_the_mailed_link_and_reads_the_reply(
    site: Site, phone: OldTelephone
) -> None:
    assert {"/m/mail/register", "/m/mail/login"} <= set(site.open("/m/mail").links)
    member_id = registers(phone)
    number = people.as_stored(site.app).number
    assert phone.opens("/m/mail/first").heading == "はじめての相談"
    phone.forgets()
    by_link = link(phone, member_id, LinkKind.FIRST)
    phone.opens(by_link)
    short = phone.presses("送る", text=TEXT, password="short", again="short")
    assert short.status == 422 and short.value("password") == "" and "どう" in short.words
    sent = phone.presses("送る", password=PASSWORD, again=PASSWORD)
    assert sent.path.startswith("/m/mail/my/sent/") and "受付番号" in sent.words
    assert messages(site) == [TEXT.replace("\r\n", "\n")]
    assert phone.opens(by_link).status == 410
    phone.opens("/m/mail/my/")
    assert phone.presses("ログアウト").path == "/m/mail/login"

    answer(site, "ゆっくりで大丈夫です。\nまた書いてください。")
    assert phone.opens("/m/mail/my/").path == "/m/mail/login"
    wrong = phone.presses("ログイン", number=number, password="not this one")
    assert wrong.status == 422 and wrong.leads_to("#number")
    assert "まだ読んでいない返信が" in phone.presses("ログイン", number=number, password=PASSWORD).words
    letter = phone.follows("返信を読む").response.text
    assert "ゆっくりで大丈夫です。<br>また書いて" in letter
    assert "部屋から出てきません。<br><br>&lt;b&gt;どう&lt;/b&gt;声をかけたら &amp; よい" in letter
    again = phone.presses("送る前に読み返す", text="ありがとう\r\nございます")
    assert again.path.startswith("/m/mail/my/read/") and "ありがとう<br>ございます" in again.response.text
    assert phone.presses("送る").heading == "お送りしました"
    assert messages(site)[-1] == "ありがとう\nございます"
    assert phone.follows("送ったお便りを見る").path.startswith("/m/mail/my/threads/")


def test_drafts_are_kept_and_dropped_and_a_letter_is_taken_back(site: Site, phone: OldTelephone) -> None:
    signed_in(phone)
    phone.opens("/m/mail/my/new")
    kept = phone.presses("下書きに保存", subject="夜のこと", text="書き\r\n\r\n かけ")
    assert kept.path == "/m/mail/my/new" and "下書きに保存しました" in kept.words
    assert phone.filled("送る前に読み返す")[1]["text"] == "書き\r\n\r\n かけ"
    assert "夜のこと" in phone.follows("下書き").words
    assert "下書きを消しました" in phone.presses("消します").words
    phone.opens("/m/mail/my/new")
    phone.presses("送る前に読み返す", text="まちがい")
    phone.presses("送る")
    phone.follows("送ったお便りを見る")
    assert "取り下げました" in phone.presses("取り下げます").words
    assert phone.follows("新しく書く").path == "/m/mail/my/new"


def test_a_member_changes_what_is_registered(site: Site, phone: OldTelephone) -> None:
    member_id, number = signed_in(phone)
    phone.opens("/m/mail/my/account")
    phone.follows("内容を変える")
    assert "登録の内容を変えました" in phone.presses("この内容にする", age="53").words
    phone.follows("受け取り方を変える")
    assert phone.presses("この受け取り方にする", notices="off").path == "/m/mail/my/account"
    phone.follows("忘れたときのことを変える")
    assert phone.page.leads_to("#resets")
    phone.presses("このようにする", resets="on")
    phone.follows("アドレスを変える")
    phone.presses("確認のメールを受け取る", address="x@example.jp", address_again="x@example.jp", present=PASSWORD)
    phone.opens(link(phone, member_id, LinkKind.ADDRESS))
    assert phone.presses("このアドレスに変える").path == "/m/mail/my/"
    stored = people.as_stored(site.app)
    assert (stored.age, stored.notices, stored.address) == (53, False, "x@example.jp")
    phone.opens("/m/mail/my/account/password")
    assert phone.presses("このパスワードにする", present="x", password="y", again="z").status == 422
    phone.presses("このパスワードにする", present=PASSWORD, password=NEW, again=NEW)
    phone.presses("ログアウト")
    assert phone.presses("ログイン", number=number, password=NEW).path == "/m/mail/my/"


def test_a_forgotten_password_is_set_anew_and_the_membership_given_up(site: Site, phone: OldTelephone) -> None:
    member_id, number = people.registered_at(site.app, "ハル")
    phone.opens("/m/mail/reset")
    assert phone.presses("メールを受け取る", number=number).path == "/m/mail/asked/reset"
    phone.opens(link(phone, member_id, LinkKind.RESET))
    assert phone.presses("このパスワードにする", password=NEW, again=NEW).path == "/m/mail/login"
    phone.presses("ログイン", number=number, password=NEW)
    phone.follows("自分の記録を受け取る")
    path, data = phone.filled("受け取る", present=NEW, kind="json")
    assert site.reader.post(path, data=data, base_url=ORIGIN).mimetype == "application/json"
    phone.opens("/m/mail/my/leave")
    assert phone.presses("登録と記録を消す", present=NEW).status == 422
    assert phone.presses("登録と記録を消す", present=NEW, sure="y").path == "/m/mail/goodbye"
    with site.app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(Member)) == 0
    assert phone.opens("/m/mail/my/").path == "/m/mail/login"


def test_every_page_of_members_has_a_light_twin_that_keeps_to_the_rules(site: Site, phone: OldTelephone) -> None:
    member_id, _ = signed_in(phone)
    tokens = {}
    with site.app.app_context(), unit_of_work() as session:
        me, now = session.get_one(Member, member_id), site.clock.now()
        sent = writers.send(session, me, "眠れない日がつづいています。", subject="夜のこと", now=now)
        draft = drafts.keep(session, me, Written(new_id(), "書きかけ"), now=now)
        assert draft is not None
        ids = {"thread_id": sent.thread_id, "message_id": sent.id, "draft_id": draft.id, "form_key": draft.form_key}
        for view, kind in {"new_password": LinkKind.RESET, "new_address": LinkKind.ADDRESS}.items():
            tokens[view] = links.token_of(session, me, links.make(session, me, kind, now=now))
    known = [rule for rule in site.app.url_map.iter_rules() if rule.endpoint.startswith(f"{TWINS[bp.name]}.")]
    pages = [rule for rule in known if "GET" in (rule.methods or ()) and view_of(rule.endpoint) not in NO_PAGES]
    assert len(pages) > 25
    for rule in pages:
        given = ids | {"token": tokens.get(view_of(rule.endpoint), "x"), "what": "number"}
        _domain, path = rule.build({name: given[name] for name in rule.arguments}) or ("", "")
        phone.opens(path)


def view_of(endpoint: str) -> str:
    return endpoint.rpartition(".")[2]


def test_where_new_browsers_are_confirmed_the_light_pages_lead_through_it(database_url: str) -> None:
    site = Site(database_url, CONFIRM_NEW_DEVICE="on")
    phone = OldTelephone(site)
    member_id, number = people.registered_at(site.app, "ハル")
    phone.opens("/m/mail/login")
    assert phone.presses("ログイン", number=number, password=PASSWORD).path == "/m/mail/device"
    phone.opens(f"/m{people.mailed_path(site.app, member_id, LinkKind.DEVICE)}")
    assert phone.presses("この機器でログインする").path == "/m/mail/my/"
    site.close()


def test_a_letter_of_ten_thousand_characters_posted_two_hours_late_waits_as_a_draft(
    site: Site, phone: OldTelephone
) -> None:
    member_id, number = signed_in(phone)
    phone.opens("/m/mail/my/new")
    text = "夜になると、先のことばかり浮かびます。" * (LONGEST_TEXT // 19)
    path, data = phone.filled("送る前に読み返す", text=text, subject="夜のこと")
    people.let_pass(site.app, member_id, timedelta(hours=2))
    response = site.reader.post(path, data=data, base_url=ORIGIN, follow_redirects=True)
    phone.page = site.open("/m/mail/login", query_string={"next": response.request.args["next"]})
    assert response.request.path == "/m/mail/login" and "書きかけは下書きにあります" in response.text
    path, data = phone.filled("ログイン", number=number, password=PASSWORD)
    back = site.send(path, phone.page, **data)
    assert back.path == "/m/mail/my/new" and text in back.words and "ログアウトのあとに届いた" in back.words
    hold(back, own=text)
    assert messages(site) == []


def test_what_was_written_stays_on_the_light_page_while_the_database_is_away(site: Site, phone: OldTelephone) -> None:
    signed_in(phone)
    phone.opens("/m/mail/my/new")
    path, data = phone.filled("送る前に読み返す", text="つながらない夜\r\nに")
    with no_connections(site.app):
        away = site.reader.post(path, data=data, base_url=ORIGIN)
    assert away.status_code == 503 and "つながらない夜" in away.text
    assert f'action="{path}"' in away.text


def test_somebody_elses_letter_is_not_there_on_light_pages_either(site: Site, phone: OldTelephone) -> None:
    signed_in(phone)
    assert phone.opens("/m/mail/my/threads/0191").status == 404
    assert phone.page.heading == "見つかりませんでした"


def test_a_light_form_without_its_token_changes_nothing(site: Site, phone: OldTelephone) -> None:
    signed_in(phone)
    phone.opens("/m/mail/my/new")
    path, data = phone.filled("下書きに保存", text="x")
    refused = site.reader.post(path, data=data | {"csrf_token": "forged"}, base_url=ORIGIN)
    assert refused.status_code == 400
    assert "下書きはありません" in phone.opens("/m/mail/my/drafts").words


def test_guesses_on_usual_and_light_pages_are_counted_together(site: Site) -> None:
    data = {"number": "K7M-2QX-9PA", "password": "not the password at all"}
    data["csrf_token"] = site.open("/mail/login").value("csrf_token")
    doors = ["/mail/login", "/m/mail/login"] * 5 + ["/mail/login", "/m/mail/login"]
    codes = [site.reader.post(door, data=data, base_url=ORIGIN).status_code for door in doors]
    assert codes == [422] * 10 + [429] * 2


def test_the_place_where_a_member_is_is_marked(site: Site, phone: OldTelephone) -> None:
    signed_in(phone)
    text = phone.opens("/m/mail/my/drafts").response.text
    assert '<a href="/m/mail/my/drafts" aria-current="page">下書き</a>' in text
    assert text.count("aria-current") == 1


@pytest.mark.parametrize("choices", [KANA, EASY], ids=["kana", "easy"])
def test_furigana_and_easy_words_are_chosen_on_light_pages_too(
    site: Site, phone: OldTelephone, choices: dict[str, str]
) -> None:
    signed_in(phone)
    choose(site, **choices)
    found = Tags(site.open("/m/mail/my/").response.text)
    assert "ruby" in found.tags and found.tags - ALLOWED == set()


@pytest.mark.parametrize("wanted", ["/staff/login", "/mail/my/drafts", "//evil.example/m/mail/my/", "/m/mail/my/../x"])
def test_after_signing_in_on_light_pages_only_a_light_page_of_the_member_is_gone_on_to(
    site: Site, phone: OldTelephone, wanted: str
) -> None:
    _, number = people.registered_at(site.app)
    phone.opens("/m/mail/login", query_string={"next": wanted})
    assert phone.presses("ログイン", number=number, password=PASSWORD).path == "/m/mail/my/"


def test_a_usual_page_of_a_member_offers_its_light_twin(site: Site, phone: OldTelephone) -> None:
    signed_in(phone)
    assert "/m/mail/my/drafts" in site.open("/mail/my/drafts").links
