"""A member's copy of everything that is stored of them, and leaving for good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callcenter.adapters import pdf
from callcenter.context import reading, unit_of_work
from callcenter.domain.keeping.retention import HoldReason
from callcenter.domain.members.threads import LinkKind, Written
from callcenter.models.base import Base, new_id
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.keys import sealed_attributes
from callcenter.models.members.accounts import Member, MemberHold, MemberJoin, MemberLink, MemberSession, UserNumber
from callcenter.models.members.threads import MemberDraft, Message, Thread
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.members import drafts, own_data, own_paper
from callcenter.services.members.accounts import links, sessions
from tests.integration.members import people
from tests.integration.members.people import PASSWORD, registered_member
from tests.integration.members.writers import answered, send, thread_of
from tests.integration.people import NOW, person_called
from tests.integration.people import member as staff_named
from tests.pages import ORIGIN, Site

LATER = NOW + timedelta(days=1)
CANARY = "夜中の三時に書いています。"
TOLD: dict[type[Base], str] = {
    Member: "registration",
    Thread: "consultations",
    Message: "messages",
    MemberDraft: "drafts",
    MemberSession: "sessions",
    MemberLink: "links",
    MemberJoin: "joins",
    MemberHold: "holds",
}
OURS = {"id", "data_key_id", "member_id", "thread_id", "ring_key_id", "demo"}
"""What joins rows to one another, and marks those of a trial."""
SECRET = {"address_hash", "password_hash", "token_hash", "form_key", "sent_key"}
OF_STAFF = {
    "risk_words", "claimed_by", "claimed_until", "consultation_id", "person_id", "joined_by", "parted_by",
    "reason", "set_by", "lifted_by", "note", "note_sealed",
}  # fmt: skip
NAMED_OTHERWISE = {"registered_on": "registered_at", "sent_on": "sent_at"}


@pytest.fixture
def whole(session: Session) -> dict[str, Any]:
    """What is stored of somebody who has used everything."""
    haru = registered_member(session, "ハル")
    message = send(session, haru, CANARY, subject="眠れないこと")
    answered(session, thread_of(session, message), "ゆっくりで大丈夫です。")
    drafts.keep(session, haru, Written("k" * 32, "書きかけです"), now=NOW)
    sessions.begin(session, haru, at=NOW)
    links.make(session, haru, LinkKind.RESET, now=NOW)
    staff = staff_named(session, "tanaka")
    person = person_called(session, "ハル")
    join = MemberJoin(
        id=new_id(), member_id=haru.id, person_id=person.id, consent="spoken", joined_at=NOW, joined_by=staff.id
    )
    hold = MemberHold(
        id=new_id(), data_key=haru.data_key, member_id=haru.id, reason=HoldReason.SAFETY, until=NOW.date(), set_at=NOW
    )
    session.add_all([join, hold])
    session.commit()
    return own_data.gather(session, haru)


def test_every_column_is_in_the_copy_or_left_out_for_a_reason(whole: dict[str, Any]) -> None:
    rows = {name: one if isinstance(one, dict) else one[0] for name, one in whole.items() if one} | {
        "messages": whole["consultations"][0]["messages"][0]
    }
    for model, name in TOLD.items():
        stored = {column.key for column in model.__table__.columns} - OURS - SECRET - OF_STAFF
        sealed = set(sealed_attributes(model)) - OF_STAFF
        named = {NAMED_OTHERWISE.get(one, one.removesuffix("_sealed")) for one in stored | sealed}
        missing = named - set(rows[name])
        assert not missing, f"{model.__name__} lacks {missing}"
    assert UserNumber.__table__.columns.keys() == ["number_hash", "member_id"]


def test_the_copy_holds_what_was_written_and_no_secret(session: Session, whole: dict[str, Any]) -> None:
    body = own_data.as_json(whole, service="窓口", now=LATER).decode()
    read = json.loads(body)
    assert read["consultations"][0]["messages"][0]["text"] == CANARY
    assert read["consultations"][0]["messages"][1]["author"] == "相談員"
    assert read["registration"]["relation"] == "本人" and read["registration"]["address"] == "minato@example.jp"
    assert read["registration"]["registered_at"] == "2026-11-20T10:00:00+09:00"
    assert [(one["kind"], one["result"]) for one in read["mails"]] == [("利用者番号", "送る準備をしています")]
    assert read["joins"][0]["consent"].startswith("電話や訪問") and read["drafts"][0]["text"] == "書きかけです"
    haru, link = session.scalars(select(Member)).one(), session.scalars(select(MemberLink)).first()
    row = session.scalars(select(MemberSession)).one()
    assert haru.password_hash is not None and link is not None
    for secret in (haru.password_hash, link.token_hash, row.token_hash, "k" * 32, haru.data_key_id, haru.id):
        assert secret not in body


@pytest.mark.parametrize(
    "result, told",
    [("done", "送りました"), ("refused", "受け取られません"), ("not_wanted", "いらなく"), ("gave_up", "送れません")],
)
def test_how_a_mail_went_is_told_in_words(session: Session, whole: dict[str, Any], result: str, told: str) -> None:
    haru = session.scalars(select(Member)).one()
    session.execute(update(OutboxMessage).values(done_at=NOW, result=result))
    assert told in own_data.gather(session, haru)["mails"][0]["result"]


def test_the_document_says_all_of_it_in_words(whole: dict[str, Any]) -> None:
    made = own_paper.document(whole, service="窓口", now=LATER)
    words = json.dumps(made, ensure_ascii=False)
    for told in (CANARY, "ゆっくりで大丈夫です。", "書きかけです", "眠れないこと", "2026年11月20日(金) 10:00", "本人"):
        assert told in words
    assert made["mark"] == "取扱注意" and made["made"] == "作成日 2026年11月21日(土)"
    assert pdf.disclosure(made).startswith(b"%PDF-")


def test_whoever_has_written_nothing_gets_their_registration(session: Session) -> None:
    haru = registered_member(session)
    session.commit()
    made = own_paper.document(own_data.gather(session, haru), service="窓口", now=NOW)
    assert [one["title"] for one in made["sections"]] == ["登録", "メールでお送りしたリンク", "お送りしたメール"]
    assert pdf.disclosure(made).startswith(b"%PDF-")


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    site = Site(database_url)
    yield site
    site.close()


@pytest.fixture
def haru(site: Site) -> str:
    member_id, _ = people.registered_at(site.app, "ハル")
    people.signed_in(site.reader, member_id)
    with site.app.app_context(), unit_of_work() as session:
        send(session, session.get_one(Member, member_id), CANARY, now=site.clock.now())
    return member_id


def acts(site: Site) -> list[str]:
    with site.app.app_context(), reading() as session:
        return list(session.scalars(select(AuditEntry.action)))


@pytest.mark.parametrize("kind, begins", [("pdf", b"%PDF-"), ("json", b"{")])
def test_the_copy_is_handed_out_for_the_password_and_noted(site: Site, haru: str, kind: str, begins: bytes) -> None:
    page = site.open("/mail/my/records")
    wrong = site.send("/mail/my/records", page, kind=kind, present="not the password")
    assert wrong.status == 422 and "パスワードが合っていません" in wrong.words and "member.export" not in acts(site)
    data = {"csrf_token": page.value("csrf_token"), "kind": kind, "present": PASSWORD}
    answer = site.reader.post("/mail/my/records", data=data, base_url=ORIGIN)
    assert answer.data.startswith(begins) and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="my-record-20261126.{kind}"'
    assert acts(site).count("member.export") == 1


def test_a_file_of_no_known_kind_is_not_made(site: Site, haru: str) -> None:
    page = site.open("/mail/my/records")
    assert "ファイルの形を選んで" in site.send("/mail/my/records", page, kind="exe", present=PASSWORD).words


def test_leaving_needs_the_tick_and_the_password(site: Site, haru: str) -> None:
    page = site.open("/mail/my/leave")
    assert "しるしを付けてください" in site.send("/mail/my/leave", page, present=PASSWORD).words
    assert "パスワードが合っていません" in site.send("/mail/my/leave", page, sure="y", present="x").words
    assert CANARY in site.open(f"/mail/my/threads/{thread_id(site)}").words


def test_who_leaves_is_gone_and_signed_out_everywhere(site: Site, haru: str) -> None:
    elsewhere = site.another_browser()
    people.signed_in(elsewhere.reader, haru)
    letter = f"/mail/my/threads/{thread_id(site)}"
    shown = site.send("/mail/my/leave", site.open("/mail/my/leave"), sure="y", present=PASSWORD)
    assert shown.path == "/mail/goodbye" and "登録と記録を消しました" in shown.words
    assert all(browser.open(letter).path == "/mail/login" for browser in (site, elsewhere))
    with site.app.app_context(), reading() as session:
        assert session.get(Member, haru) is None and session.scalars(select(Message)).all() == []
    assert "member.shred" in acts(site)


def thread_id(site: Site) -> str:
    with site.app.app_context(), reading() as session:
        return session.scalars(select(Thread.id)).one()
