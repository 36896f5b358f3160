"""Whoever is deleted is gone: no text, name, address or number of theirs is left, and nobody can open a copy."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, LargeBinary, func, make_url, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.keeping.retention import RecordClass
from callcenter.domain.members.deletion import Why
from callcenter.models.base import Base, new_id
from callcenter.models.cases.casework import Viewer
from callcenter.models.cases.continuity import Promise
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.engines import forget_overwritten
from callcenter.models.keeping.retention import Purge
from callcenter.models.keys import DataKey
from callcenter.models.members.accounts import Farewell, Member, MemberJoin, UserNumber
from callcenter.models.members.threads import Thread
from callcenter.models.records import Consultation
from callcenter.models.trail.audit import ActorKind, AuditEntry
from callcenter.services.cases import cases, continuity
from callcenter.services.cases.shredding import id_hash
from callcenter.services.members import deleting, mails
from callcenter.services.members.accounts.signing_in import login_of
from callcenter.services.members.deleting import AlreadyDeleted
from callcenter.services.staff import sign_in_delays
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Actor
from tests.integration.conftest import new_session
from tests.integration.keeping.letters import Writing, consultation, everything, registered, reply
from tests.integration.people import NOW, TODAY, case_of, member

WRITING = Writing()


def texts_in(engine: Engine) -> bytes:
    """Every byte of the database that somebody could read: a SQLite file and its log, or every value of every table."""
    if engine.dialect.name == "sqlite":
        path = Path(str(make_url(str(engine.url)).database))
        return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    found = list[bytes]()
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                found += [value if isinstance(value, bytes) else f"{value}".encode() for value in row]
    return b"\n".join(found)


@pytest.fixture
def secrets(session: Session, ring: KeyRing) -> list[bytes]:
    """A member with everything, already stored, and all that must not be found of them later."""
    boss = member(session, "boss")
    one = everything(session, boss, WRITING)
    mails.put_warning(session, one, now=NOW)
    missed = sign_in_delays.tried(session, login_of(WRITING.number), None)
    sign_in_delays.count_miss(session, missed, at=NOW)
    session.commit()
    told = (WRITING.number, WRITING.nickname, WRITING.address, WRITING.text, WRITING.reply, WRITING.draft)
    found = [text.encode() for text in (*told, WRITING.reply_draft, "$argon2id$canary")]
    found += [missed, one.address_hash, one.nickname_sealed or b"", one.data_key.wrapped or b""]
    found += [record.data_key.wrapped or b"" for record in session.scalars(select(Consultation))]
    for column in (one for table in Base.metadata.sorted_tables for one in table.columns):
        if column.name.endswith("_sealed"):
            found += [value for value in session.scalars(select(column)) if value]
    session.commit()
    assert len(found) > 15
    return found


def test_nothing_of_a_deleted_member_is_left_in_the_database(
    session: Session, engine: Engine, secrets: list[bytes]
) -> None:
    one = session.scalars(select(Member)).one()
    deleting.delete_member(session, one, by=SYSTEM, why=Why.WITHDREW, now=NOW)
    session.commit()
    farewell = session.scalars(select(Farewell)).one()
    assert farewell.address == WRITING.address
    deleting.forget_farewell(session, farewell, now=NOW)
    session.commit()
    forget_overwritten(engine)
    stored = texts_in(engine)
    assert len(stored) > 1_000
    assert [secret for secret in secrets if secret in stored] == []


def test_every_table_forgets_a_deleted_member(session: Session, secrets: list[bytes]) -> None:
    one = session.scalars(select(Member)).one()
    thread = session.scalars(select(Thread)).one().id
    session.add(Viewer(subject_kind="thread", subject_id=thread, staff_id=member(session, "c").id, seen_at=NOW))
    deleting.delete_member(session, one, by=SYSTEM, why=Why.INACTIVE, now=NOW)
    session.commit()
    kept = {"audit_entries", "consultations"}  # an entry and a record's shell name an id that is nobody's
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).all() if table.name not in kept else []:
            assert one.id not in str(row) and thread not in str(row), table.name
    assert [topic.facts for topic in session.scalars(select(OutboxMessage)) if topic.topic == mails.TOPIC] == [
        {"kind": "farewell", "farewell": session.scalars(select(Farewell.id)).one()}
    ]


def test_the_number_of_somebody_deleted_is_never_given_again(session: Session, secrets: list[bytes]) -> None:
    one = session.scalars(select(Member)).one()
    deleting.delete_member(session, one, by=SYSTEM, why=Why.INACTIVE, now=NOW)
    session.commit()
    assert session.scalars(select(UserNumber.member_id)).all() == [None]


def test_what_others_wrote_and_registered_stays(session: Session, secrets: list[bytes]) -> None:
    gone, boss = session.scalars(select(Member)).one(), member(session, "other")
    stays = everything(session, boss, Writing("N2P4R6T8V", nickname="スズラン", text="別の方の相談"))
    session.commit()
    deleting.delete_member(session, gone, by=SYSTEM, why=Why.INACTIVE, now=NOW)
    session.commit()
    session.expire_all()
    assert (stays.nickname, stays.number) == ("スズラン", "N2P4R6T8V")
    thread = session.scalars(select(Thread)).one()
    assert (thread.member_id, thread.subject) == (stays.id, "別の方の相談")
    assert session.scalar(select(func.count()).select_from(UserNumber).where(UserNumber.member_id == stays.id)) == 1


def test_the_figures_keep_the_codes_and_days_of_the_records(session: Session, secrets: list[bytes]) -> None:
    record = session.scalars(select(Consultation)).one()
    record.main_topic, record.subject_age_years, day = "work", 31, record.local_date
    session.commit()
    deleting.delete_member(session, session.scalars(select(Member)).one(), by=SYSTEM, why=Why.INACTIVE, now=NOW)
    session.commit()
    session.expire_all()
    assert (record.main_topic, record.local_date, record.channel) == ("work", day, "mail")
    assert not record.story and not record.nickname_heard and not record.subject_age_years
    assert record.purged_at is not None and record.data_key.wrapped is None


def test_a_record_that_was_joined_to_a_case_parts_from_it_and_the_case_stays(session: Session) -> None:
    boss = member(session, "boss")
    case, one = case_of(session, boss), everything(session, boss, WRITING)
    person, record = case.people[0], session.scalars(select(Consultation).where(Consultation.channel == "mail")).one()
    record.case_id, record.person_id, record.linked_at, record.linked_by = case.id, person.id, NOW, boss.id
    session.add(
        MemberJoin(
            id=new_id(), member_id=one.id, person_id=person.id, consent="written", joined_at=NOW, joined_by=boss.id
        )
    )
    promise = continuity.make_promise(
        session, person, "電話する", due_on=None, owner=boss, record=record, by=boss, now=NOW
    )
    case.summary = "ケースのこと"
    session.commit()
    deleting.delete_member(session, one, by=SYSTEM, why=Why.WITHDREW, now=NOW)
    session.commit()
    session.expire_all()
    assert not record.case_id and not record.person_id and not record.linked_by
    assert session.scalars(select(MemberJoin)).all() == []
    assert (case.summary, case.purged_at, cases.get_person(session, person.id)) == ("ケースのこと", None, person)
    kept = session.get_one(Promise, promise.id)
    assert (kept.note, kept.consultation_id) == ("電話する", None)


def test_one_entry_of_the_ledger_and_one_of_the_trail_count_and_name_nobody(session: Session) -> None:
    boss, one = member(session, "boss"), registered(session)
    for _ in range(2):
        reply(session, consultation(session, one), boss)
    session.commit()
    due_on = TODAY - timedelta(days=1)
    gone = deleting.delete_member(
        session, one, by=Actor(ActorKind.MEMBER, one.id), why=Why.WITHDREW, now=NOW, due_on=due_on
    )
    session.commit()
    purge = session.scalars(select(Purge)).one()
    assert (purge.id_hash, purge.subject_kind) == (id_hash("member", one.id), "member")
    assert (purge.record_class, purge.due_on, purge.consultations, purge.people) == (RecordClass.MAIL, due_on, 2, 1)
    assert (gone.id_hash, gone.threads, gone.messages, gone.consultations) == (purge.id_hash, 2, 4, 2)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "member.shred")).one()
    counts = {"threads": 2, "messages": 4, "consultations": 2, "people": 1, "incidents": 0}
    assert entry.facts == {"why": "withdrew", **counts}
    assert audit.verify(session) is None


@pytest.mark.parametrize("silent", ["notices", "mail_refused_at"])
def test_no_address_is_kept_for_somebody_whom_no_mail_would_reach(session: Session, silent: str) -> None:
    one = registered(session)
    setattr(one, silent, {"notices": False, "mail_refused_at": NOW}[silent])
    deleting.delete_member(session, one, by=SYSTEM, why=Why.INACTIVE, now=NOW)
    session.commit()
    assert session.scalars(select(Farewell)).all() == []
    assert session.scalars(select(OutboxMessage)).all() == []


def test_an_address_goes_a_day_later_whether_its_mail_was_sent_or_not(session: Session) -> None:
    deleting.delete_member(session, registered(session), by=SYSTEM, why=Why.INACTIVE, now=NOW)
    session.commit()
    key = session.scalars(select(Farewell)).one().data_key_id
    deleting.forget_farewells(session, now=NOW + timedelta(hours=24))
    assert len(session.scalars(select(Farewell)).all()) == 1
    deleting.forget_farewells(session, now=NOW + timedelta(hours=25))
    session.commit()
    assert session.scalars(select(Farewell)).all() == []
    assert session.get_one(DataKey, key).wrapped is None


def test_two_who_delete_the_same_member_at_once_delete_it_once(engine: Engine, ring: KeyRing) -> None:
    with new_session(engine, ring) as first, first.begin():
        one = registered(first).id
    with new_session(engine, ring) as late:
        seen = late.get_one(Member, one)
        late.commit()
        with new_session(engine, ring) as first, first.begin():
            deleting.delete_member(first, first.get_one(Member, one), by=SYSTEM, why=Why.INACTIVE, now=NOW)
        with pytest.raises(AlreadyDeleted):
            deleting.delete_member(late, seen, by=SYSTEM, why=Why.WITHDREW, now=NOW)


def test_every_column_with_a_sealed_text_is_empty_or_under_a_living_key(session: Session, secrets: list[bytes]) -> None:
    deleting.delete_member(session, session.scalars(select(Member)).one(), by=SYSTEM, why=Why.INACTIVE, now=NOW)
    session.commit()
    dead = set(session.scalars(select(DataKey.id).where(DataKey.destroyed_at.is_not(None))))
    assert len(dead) == 2
    for table in Base.metadata.sorted_tables:
        sealed = [one for one in table.columns if one.name.endswith("_sealed") and isinstance(one.type, LargeBinary)]
        if sealed and "data_key_id" in table.columns:
            for row in session.execute(select(*sealed).where(table.c.data_key_id.in_(dead))):
                assert set(row) == {None}, table.name
