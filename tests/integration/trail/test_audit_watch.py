"""The trail is looked after: walked when asked, and its head carried outside once a day, through the outbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, text, update

import wsgi
from callcenter.context import Context
from callcenter.domain.ports import Mail, MailNotTaken
from callcenter.domain.trail.audit_heads import Head, read_heads
from callcenter.jobs import audit_heads, heavy, relay
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.trail.audit import AuditEntry, AuditHead
from callcenter.models.trail.audit_watch import AuditCheck, AuditHeadSent
from callcenter.services.delivery import heavy_jobs
from callcenter.services.delivery.outbox import Lane
from callcenter.services.trail import audit, audit_watch
from tests.desk import Desk, environment_of_the_test


@dataclass
class Letterbox:
    """Keeps what is mailed, unless it is shut."""

    letters: list[Mail] = field(default_factory=list)
    shut: bool = False

    def send(self, mail: Mail) -> None:
        if self.shut:
            raise MailNotTaken("SMTPServerDisconnected")
        self.letters.append(mail)


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "heads.txt"


@pytest.fixture
def desk(sqlite_url: str, letterbox: Letterbox, kept: Path) -> Iterator[Desk]:
    desk = Desk(sqlite_url, AUDIT_HEAD_TO="kansa@example.jp, soumu@example.jp", AUDIT_HEAD_FILE=str(kept))
    here: Context = desk.app.extensions["callcenter"]
    desk.app.extensions["callcenter"] = replace(here, ports=replace(here.ports, mailer=letterbox))
    desk.counsellor()  # whose account is the first entry
    yield desk
    desk.close()


def plan(desk: Desk) -> None:
    with desk.app.app_context():
        audit_heads.plan()


def carry(desk: Desk, *, slow: bool = True) -> int:
    with desk.app.app_context():
        return relay.drain(Lane.SLOW if slow else Lane.LINE)


def test_the_head_of_a_day_goes_out_once_by_mail_and_file(desk: Desk, letterbox: Letterbox, kept: Path) -> None:
    plan(desk)
    with desk.work() as session:
        head = audit.head(session)
    for _ in range(2):
        plan(desk)
        carry(desk)
    (letter,) = letterbox.letters
    assert letter.to == ("kansa@example.jp", "soumu@example.jp")
    assert read_heads(letter.text) == read_heads(kept.read_text()) == [head]
    assert kept.read_text().count("\n") == 1
    with desk.work() as session:
        row = session.scalars(select(AuditHeadSent)).one()
        assert row.mailed_at is not None
        assert row.filed_at is not None


def test_no_ring_waits_for_the_mail_server(desk: Desk, letterbox: Letterbox) -> None:
    plan(desk)
    assert carry(desk, slow=False) == 0
    assert letterbox.letters == []
    assert carry(desk) == 1


def test_a_mail_that_nobody_took_is_tried_again_and_the_file_is_not_written_twice(
    desk: Desk, letterbox: Letterbox, kept: Path
) -> None:
    letterbox.shut = True
    plan(desk)
    for _ in range(12):  # until the outbox gives it up
        carry(desk)
        later(desk, minutes=1)
    with desk.work() as session:
        assert session.scalars(select(OutboxMessage.result).where(OutboxMessage.topic == "audit_head")).all() == [
            "gave_up"
        ]
    letterbox.shut = False
    later(desk, minutes=30)
    plan(desk)
    carry(desk)
    assert len(letterbox.letters) == 1
    assert kept.read_text().count("\n") == 1


def test_the_next_day_brings_another_head(desk: Desk, kept: Path) -> None:
    for _ in range(2):
        plan(desk)
        carry(desk)
        later(desk, days=1)
    assert len(set(kept.read_text().splitlines())) == 2


def test_without_a_place_outside_nothing_is_taken(sqlite_url: str) -> None:
    desk = Desk(sqlite_url)
    plan(desk)
    with desk.work() as session:
        assert session.scalars(select(AuditHeadSent)).all() == []
    desk.close()


def later(desk: Desk, **span: float) -> None:
    desk.line.at(desk.clock.now() + timedelta(**span))


def ask(desk: Desk) -> AuditCheck:
    """Let an auditor ask, and the worker walk."""
    from callcenter.domain.staff.roles import Role
    from callcenter.models.staff.accounts import Staff

    with desk.work() as session:
        auditor = session.scalars(select(Staff)).first()
        assert auditor is not None
        auditor.role = Role.AUDITOR
        first = audit_watch.request_check(session, by=auditor, now=desk.clock.now())
        assert audit_watch.request_check(session, by=auditor, now=desk.clock.now()).id == first.id
    with desk.app.app_context():
        heavy.hand_out(threading.Event())
    with desk.work() as session:
        return session.get_one(AuditCheck, first.id)


def test_a_walk_that_was_asked_for_ends_with_a_date_and_the_last_entry(desk: Desk) -> None:
    check = ask(desk)
    assert check.bad_seq is None
    assert (check.seq or 0) >= 2
    assert check.ended_at is not None


def test_a_walk_names_the_first_bad_entry_and_misses_what_was_cut_off_by_the_heads_sent(desk: Desk) -> None:
    with desk.work() as session:
        for number in range(3):
            subject, now = audit.Subject("x"), desk.clock.now()
            audit.record(session, actor=audit.OPERATOR, action=f"x.{number}", subject=subject, now=now)
    plan(desk)
    with desk.work() as session:
        for trigger in ("audit_entries_no_update", "audit_entries_no_delete"):
            session.execute(text(f"DROP TRIGGER {trigger}"))
        third = session.scalars(select(AuditEntry.hash).where(AuditEntry.seq == 3)).one()
        session.execute(delete(AuditEntry).where(AuditEntry.seq > 3))
        session.execute(update(AuditHead).values(seq=3, hash=third))
        assert audit.verify(session) is None
    assert ask(desk).bad_seq == 4


def test_a_chain_cut_back_with_its_head_and_the_heads_in_the_database_is_found_by_the_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, kept: Path
) -> None:
    with desk.work() as session:
        for number in range(3):
            subject, now = audit.Subject("x"), desk.clock.now()
            audit.record(session, actor=audit.OPERATOR, action=f"x.{number}", subject=subject, now=now)
    plan(desk)
    carry(desk)
    with desk.work() as session:
        for trigger in ("audit_entries_no_update", "audit_entries_no_delete"):
            session.execute(text(f"DROP TRIGGER {trigger}"))
        third = session.scalars(select(AuditEntry.hash).where(AuditEntry.seq == 3)).one()
        session.execute(delete(AuditEntry).where(AuditEntry.seq > 3))
        session.execute(update(AuditHead).values(seq=3, hash=third))
        session.execute(delete(AuditHeadSent))
        assert audit.verify(session) is None
    for name, value in environment_of_the_test(desk.settings.database_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AUDIT_HEAD_FILE", str(kept))
    told = CliRunner().invoke(wsgi.cli, ["audit", "verify"])
    assert (told.exit_code, "監査記録 4 番" in told.output) == (1, True)
    assert ask(desk).bad_seq == 4


def test_production_demands_a_head_outside_and_misses_its_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, kept: Path
) -> None:
    def told(**more: str) -> list[str]:
        for name, value in (environment_of_the_test(desk.settings.database_url) | more).items():
            monkeypatch.setenv(name, value)
        lines = CliRunner().invoke(wsgi.cli, ["doctor"]).output.splitlines()
        return [line for line in lines if " audit head:" in line]

    assert told()[0].startswith("✗")
    plan(desk)
    carry(desk)
    assert "決めてください" not in told(AUDIT_HEAD_FILE=str(kept))[0]
    kept.unlink()
    assert "なくなっています" in told(AUDIT_HEAD_FILE=str(kept))[0]


def test_two_heads_that_contradict_one_another_are_a_lie(desk: Desk) -> None:
    with desk.work() as session:
        head = audit.head(session)
        assert head is not None
        assert audit.verify(session, head, head) is None
        assert audit.verify(session, head, Head(head.seq, "0" * 64)) == head.seq


def test_a_walk_left_by_a_dead_worker_is_taken_up(desk: Desk) -> None:
    now = desk.clock.now()
    with desk.work() as session:
        session.add(AuditCheck(id="check", asked_at=now))  # as a version before heavy jobs asked for it
        audit_watch.plan_forgotten(session, now=now)
        (ticket,) = heavy_jobs.due(session, now=now)
        assert heavy_jobs.take(session, ticket.job_id, heavy.KINDS, now=now) is not None
    for span, ended in ((0.9, False), (0.1, True)):
        later(desk, minutes=span)
        with desk.app.app_context():
            heavy.hand_out(threading.Event())
        with desk.work() as session:
            assert (session.get_one(AuditCheck, "check").ended_at is not None) is ended


def test_a_walk_that_was_ended_is_not_ended_again(desk: Desk) -> None:
    check = ask(desk)
    with desk.work() as session:
        assert not audit_watch.begin_check(session, check.id, now=desk.clock.now())
        audit_watch.end_check(session, check.id, 1, 1, now=desk.clock.now())
        assert session.get_one(AuditCheck, check.id).bad_seq is None


def test_the_night_plans_one_walk(desk: Desk) -> None:
    desk.line.at(desk.clock.now().replace(hour=3) + timedelta(days=1))
    plan(desk)
    plan(desk)
    with desk.work() as session:
        (check,) = session.scalars(select(AuditCheck))
        assert [*audit_watch.jobs_of(session, [check])] == [check.id]
