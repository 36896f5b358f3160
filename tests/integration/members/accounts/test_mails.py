"""Mails to members: what they say, how long they are tried, and that none is sent twice."""

from __future__ import annotations

import itertools
import re
import smtplib
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
import redis
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callcenter.adapters import heavy_queue
from callcenter.adapters.heavy_queue import RqQueue
from callcenter.adapters.mail import SmtpMailer
from callcenter.context import Context, reading, unit_of_work
from callcenter.domain.members.threads import Author, LinkKind, ThreadState
from callcenter.domain.ports import Mail, MailNotTaken, MailRefused
from callcenter.jobs import heavy, heavy_worker, relay
from callcenter.jobs.members import mails as jobs
from callcenter.models.base import new_id
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.members.accounts import Farewell, Member
from callcenter.models.members.threads import Message, Thread
from callcenter.services.delivery import outbox
from callcenter.services.delivery.outbox import Lane
from callcenter.services.members import mails
from callcenter.services.members.accounts import links, settings
from callcenter.services.members.mails import MailKind
from tests.integration.members import people
from tests.pages import ORIGIN, Site
from tests.servers import Mailbox

SENDER = "no-reply@hikikomori-tokyo.net"


class Post:
    """A site whose mails go to a real server, with one member."""

    def __init__(self, site: Site, mailbox: Mailbox) -> None:
        self.site, self.mailbox = site, mailbox
        here: Context = site.app.extensions["callcenter"]
        mailer = SmtpMailer(mailbox.url, SENDER)
        site.app.extensions["callcenter"] = replace(here, ports=replace(here.ports, mailer=mailer))
        self.member_id, self.number = people.registered_at(site.app)
        self.carry()
        self.mailbox.letters.clear()
        self.mailbox.recipients.clear()

    def carry(self) -> int:
        with self.site.app.app_context():
            return relay.drain(Lane.MEMBERS)

    def member(self, session: Session) -> Member:
        return session.get_one(Member, self.member_id)

    def asks_reset(self) -> None:
        with self.site.app.app_context(), unit_of_work() as session:
            now = self.site.clock.now()
            link = links.make(session, self.member(session), LinkKind.RESET, now=now)
            mails.put_link(session, MailKind.RESET, link, now=now)

    def asks_number(self) -> None:
        with self.site.app.app_context(), unit_of_work() as session:
            mails.put_number(session, self.member(session), now=self.site.clock.now())

    def answers(self) -> str:
        """Put a reply of staff into a consultation of the member's, with its notice."""
        now = self.site.clock.now()
        with self.site.app.app_context(), unit_of_work() as session:
            member, key = self.member(session), DataKey.fresh(ring_of(session))
            thread = Thread(
                id=new_id(),
                data_key=key,
                member_id=member.id,
                state=ThreadState.ANSWERED,
                opened_at=now,
                last_sent_at=now,
            )
            session.add(thread)
            session.flush()
            reply = Message(
                id=new_id(), data_key=key, thread_id=thread.id, member_id=member.id, author=Author.STAFF, sent_at=now,
                sent_on=now.date(),
            )  # fmt: skip
            session.add(reply)
            reply.text = "カナリアの言葉"
            session.flush()
            mails.put_reply(session, reply, now=now)
            return reply.id

    def last(self) -> OutboxMessage:
        with self.site.app.app_context(), reading() as session:
            found = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
            assert found is not None
            session.expunge(found)
            return found

    def refused_at(self) -> object:
        return people.as_stored(self.site.app, self.member_id).mail_refused_at


@pytest.fixture
def post(database_url: str, mailbox: Mailbox) -> Iterator[Post]:
    site = Site(database_url)
    yield Post(site, mailbox)
    site.close()


def text_of(letter: EmailMessage) -> str:
    return str(letter.get_content())


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line)


def test_the_first_mail_holds_number_and_link_in_short_lines_and_names_nobody(
    database_url: str, mailbox: Mailbox
) -> None:
    site = Site(database_url)
    post = Post(site, mailbox)
    with site.app.app_context(), unit_of_work() as session:
        member = people.registered_member(session, address="haha@example.jp", password=None, now=site.clock.now())
        member_id = member.id
    post.carry()
    (letter,) = mailbox.letters
    text = text_of(letter)
    shown = people.as_stored(site.app, member_id).number
    assert f"{shown[:3]}-{shown[3:6]}-{shown[6:]}" in text
    assert f"{ORIGIN}{people.mailed_path(site.app, member_id, LinkKind.FIRST)}" in text
    assert (letter["Subject"], letter["To"], letter["Auto-Submitted"]) == (
        "お知らせがあります",
        "haha@example.jp",
        "auto-generated",
    )
    assert letter["From"] == f"お知らせ <{SENDER}>"
    assert letter["Content-Transfer-Encoding"] == "base64" and letter.get_content_charset() == "utf-8"
    assert letter["Message-ID"].endswith("@hikikomori-tokyo.net>")
    assert all(width(line) <= 70 for line in text.splitlines())
    assert not re.search("ひきこもり|相談員|ミナト|サポートネット", text + str(letter["Subject"]))
    site.close()


def test_the_number_is_mailed_also_to_who_has_written_before_the_mail_went(post: Post) -> None:
    with post.site.app.app_context(), unit_of_work() as session:
        people.registered_member(session, address="sora@example.jp", now=post.site.clock.now())
    post.carry()
    (letter,) = post.mailbox.letters
    assert "利用者番号は" in text_of(letter) and "/mail/first/" not in text_of(letter)


@pytest.mark.parametrize("links_in", [True, False])
def test_a_notice_of_a_reply_holds_nothing_of_it_and_a_link_only_if_wanted(post: Post, links_in: bool) -> None:
    with post.site.app.app_context(), unit_of_work() as session:
        now = post.site.clock.now()
        settings.choose_mails(session, post.member(session), notices=True, links_in=links_in, named=True, now=now)
    post.answers()
    post.carry()
    (letter,) = post.mailbox.letters
    assert "新しいお知らせがあります" in text_of(letter) and "カナリア" not in text_of(letter)
    assert (f"{ORIGIN}/mail/login" in text_of(letter)) is links_in
    assert letter["Subject"] == "サポートネットからのお知らせ" and "ひきこもり" not in str(letter["From"])


def test_who_wants_no_notices_gets_none_and_what_was_read_meanwhile_is_not_told(post: Post) -> None:
    reply_id = post.answers()
    with post.site.app.app_context(), unit_of_work() as session:
        session.execute(update(Message).where(Message.id == reply_id).values(seen_at=post.site.clock.now()))
    post.carry()
    assert post.last().result == jobs.NOT_WANTED
    with post.site.app.app_context(), unit_of_work() as session:
        now = post.site.clock.now()
        settings.choose_mails(session, post.member(session), notices=False, links_in=True, named=False, now=now)
    post.answers()
    post.carry()
    assert post.last().result == jobs.NOT_WANTED and post.mailbox.letters == []


def test_a_warning_names_the_day_and_a_farewell_forgets_the_address(post: Post) -> None:
    with post.site.app.app_context(), unit_of_work() as session:
        post.member(session).registered_on = date(2024, 12, 10)
        mails.put_warning(session, post.member(session), now=post.site.clock.now())
        farewell = Farewell(
            id=new_id(), data_key=DataKey.fresh(ring_of(session)), named_subject=False, made_at=post.site.clock.now()
        )
        session.add(farewell)
        farewell.address = "gone@example.jp"
        session.flush()
        mails.put_farewell(session, farewell, now=post.site.clock.now())
        key_id = farewell.data_key_id
    post.carry()
    warning, last = (text_of(letter) for letter in post.mailbox.letters)
    assert "2026年12月11日(金)に" in warning and "消しました" in last
    with post.site.app.app_context(), reading() as session:
        assert session.scalars(select(Farewell)).all() == []
        assert session.get_one(DataKey, key_id).wrapped is None


def test_a_server_that_is_away_for_a_day_is_tried_with_growing_pauses_and_then_loses_nothing(post: Post) -> None:
    began, tries = post.site.clock.at, list[float]()
    post.mailbox.refuse_recipient = "451 4.3.0 later"
    post.asks_number()
    while post.last().done_at is None and post.site.clock.at - began < timedelta(hours=23, minutes=55):
        tries.append((post.site.clock.at - began).total_seconds())
        assert post.carry() == 1
        post.site.clock.at = max(post.site.clock.at, post.last().due_at)
    pauses = [round(after - before) for before, after in itertools.pairwise(tries)]
    assert sorted(pauses) == pauses and pauses[0] <= 2 and max(pauses) == 15 * 60
    assert post.last().done_at is None and post.mailbox.letters == []
    post.mailbox.refuse_recipient = None
    assert post.carry() == 1
    assert post.last().result == jobs.DONE and len(post.mailbox.letters) == 1


def test_after_a_whole_day_it_is_given_up_and_the_member_is_told(post: Post) -> None:
    post.mailbox.refuse = "421 4.3.2 away"
    post.asks_number()
    began = post.site.clock.at
    while post.last().done_at is None:
        post.site.clock.at = max(post.site.clock.at, post.last().due_at)
        post.carry()
    assert timedelta(hours=24) <= post.site.clock.at - began < timedelta(hours=24, minutes=16)
    assert post.last().result == "gave_up" and post.refused_at() is not None


def test_an_address_refused_for_good_is_not_tried_again_and_a_later_mail_clears_it(post: Post) -> None:
    post.mailbox.refuse_recipient = "550 5.1.1 no such user"
    post.asks_number()
    post.carry()
    assert post.last().result == jobs.REFUSED and post.refused_at() is not None
    people.signed_in(post.site.reader, post.member_id)
    assert "お届けできませんでした" in post.site.open("/mail/my/account").words
    post.mailbox.refuse_recipient = None
    post.asks_number()
    post.carry()
    assert post.refused_at() is None and len(post.mailbox.letters) == 1


def test_only_a_5xx_of_every_recipient_is_for_good(mailbox: Mailbox) -> None:
    mailer, mail = SmtpMailer(mailbox.url, SENDER), Mail(("a@example.jp",), "件名", "文", key="k")
    for answer, kind in (("550 no", MailRefused), ("450 later", MailNotTaken)):
        mailbox.refuse_recipient = answer
        with pytest.raises(MailNotTaken) as trouble:
            mailer.send(mail)
        assert type(trouble.value) is kind and "a@example.jp" not in str(trouble.value)
    mailbox.refuse_recipient, mailbox.refuse = None, "554 no"
    with pytest.raises(MailNotTaken) as trouble:
        mailer.send(mail)
    assert type(trouble.value) is MailNotTaken, "what is refused after the text says nothing of the recipient"


def test_an_old_carriers_address_is_written_to_in_quoted_form(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    said, rcpt = list[str](), smtplib.SMTP.putcmd

    def spoken(server: smtplib.SMTP, command: str, args: str = "") -> None:
        said.append(f"{command} {args}")
        rcpt(server, command, args)

    monkeypatch.setattr(smtplib.SMTP, "putcmd", spoken)
    with post.site.app.app_context(), unit_of_work() as session:
        post.member(session).address = "a..b.@docomo.ne.jp"
    post.asks_number()
    post.carry()
    assert post.last().result == jobs.DONE and len(post.mailbox.letters) == 1
    assert 'rcpt TO:<"a..b."@docomo.ne.jp>' in said


def test_two_workers_at_once_send_one_mail(post: Post) -> None:
    post.asks_number()
    message_id, gate = post.last().id, threading.Barrier(2)

    def work() -> None:
        with post.site.app.app_context():
            gate.wait()
            relay.deliver(message_id)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(post.mailbox.letters) == 1 and post.last().attempts == 1


def test_a_worker_killed_between_sending_and_marking_leaves_one_repetition_of_the_same_message_id(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.asks_number()
    message_id = post.last().id

    def dies(*_args: object, **_named: object) -> None:
        raise SystemExit

    with post.site.app.app_context(), monkeypatch.context() as patch:
        patch.setattr(jobs, "_settle", dies)
        with pytest.raises(SystemExit):
            relay.deliver(message_id)
    with post.site.app.app_context():
        assert not relay.deliver(message_id), "its lease still holds"
    post.site.clock.at += outbox.LEASE + timedelta(seconds=1)
    assert post.carry() == 1 and post.last().result == jobs.DONE
    assert len(post.mailbox.letters) == 2 and len({letter["Message-ID"] for letter in post.mailbox.letters}) == 1


def test_two_mails_of_one_kind_have_each_a_message_id(post: Post) -> None:
    for _ in range(2):
        post.asks_number()
    post.carry()
    assert len({letter["Message-ID"] for letter in post.mailbox.letters}) == 2


def test_a_link_that_is_worth_nothing_any_more_is_not_mailed(post: Post) -> None:
    post.asks_reset()
    post.site.clock.at += timedelta(minutes=31)
    post.carry()
    assert post.last().result == jobs.NOT_WANTED and post.mailbox.letters == []


def test_without_a_queue_the_worker_carries_the_mails_itself(post: Post) -> None:
    post.asks_number()
    with post.site.app.app_context():
        heavy.hand_out_mails(threading.Event())
    assert len(post.mailbox.letters) == 1


class Queue:
    """A queue whose processes are all busy."""

    def __init__(self) -> None:
        self.errands = list[tuple[int, int]]()

    def put(self, job_id: str, attempts: int) -> None:
        raise AssertionError("a mail is no heavy job")

    def put_errand(self, message_id: int, attempts: int) -> None:
        self.errands.append((message_id, attempts))

    def is_served(self) -> bool:
        return True


def test_what_nobody_takes_from_the_queue_is_carried_by_the_worker(post: Post) -> None:
    queue, here = Queue(), post.site.app.extensions["callcenter"]
    post.site.app.extensions["callcenter"] = replace(here, ports=replace(here.ports, heavy=queue))
    post.asks_number()
    for expected in (0, 0, 1):
        with post.site.app.app_context():
            heavy.hand_out_mails(threading.Event())
        assert len(post.mailbox.letters) == expected
        post.site.clock.at += timedelta(seconds=20)
    assert queue.errands == [(post.last().id, 0)] * 2


def test_a_process_that_takes_from_redis_carries_a_mail_once_however_often_it_is_queued(
    post: Post, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.asks_number()
    message_id, queue = post.last().id, RqQueue(redis_url)
    process = heavy_worker.Process(post.site.app, threading.Event(), lambda: None)
    monkeypatch.setattr(heavy_worker, "_process", process)
    for attempts in (0, 0, 7):
        queue.put_errand(message_id, attempts)
    with redis.Redis.from_url(redis_url) as server:
        assert len(heavy_queue.queue(server)) == 2
        heavy_worker._worker(server, threading.Event()).work(burst=True, logging_level="WARNING")
    assert len(post.mailbox.letters) == 1 and post.last().attempts == 1


def test_the_lease_of_a_slow_conversation_is_kept(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = threading.Event()
    monkeypatch.setattr(outbox, "LEASE", timedelta(seconds=0.3))
    monkeypatch.setattr(outbox, "renew", lambda *_a, **_n: kept.set())

    def slow(_facts: object) -> str:
        assert kept.wait(10)
        return jobs.DONE

    monkeypatch.setitem(relay.ALL, mails.TOPIC, slow)
    post.asks_number()
    post.carry()
    assert kept.is_set() and post.last().result == jobs.DONE


def test_every_link_of_a_mail_leads_to_a_page(post: Post) -> None:
    adapter = post.site.app.url_map.bind("desk.test")
    for kind in LinkKind:
        assert adapter.match(f"/mail/{kind}/token", method="POST")[0].startswith("mail.")
    assert adapter.match("/mail/login")[0] == "mail.login"
