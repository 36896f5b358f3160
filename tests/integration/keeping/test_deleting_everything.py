"""Whoever registered, wrote, was answered and joined to a case by the services themselves leaves no trace either."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from callcenter.domain.members import receipts
from callcenter.domain.members.deletion import Why
from callcenter.domain.members.threads import Written
from callcenter.models.base import Base
from callcenter.models.delivery.alarms import Alarm
from callcenter.models.engines import forget_overwritten
from callcenter.models.members.accounts import Farewell
from callcenter.models.members.threads import Message
from callcenter.models.records import Consultation
from callcenter.models.trail.audit import ActorKind
from callcenter.services.members import deleting, drafts
from callcenter.services.members.accounts import sessions, settings
from callcenter.services.members.answering import watching
from callcenter.services.trail.audit import Actor
from tests.integration.keeping.test_deleting import texts_in
from tests.integration.members.people import registered_member
from tests.integration.members.threads_people import answers, joins, replies, staffed, writes
from tests.integration.people import NOW, case_of

SAID = ("ハマナスの灯台", "hamanasu.todai@example.jp", "カナリアは夜明けに図書館で鳴いた", "もう死にたい渡り鳥の手紙")
ANSWERED, HALF, UNSENT = "灯台守は鐘を三度鳴らした", "沈む夕日の下書き", "まだ送っていない入江"
NAME_ONLY_AN_ID = {"alarms", "audit_entries", "consultations"}
"""An entry of the trail, the shell of a record and an alarm of these months name an id that is nobody's any more."""


@pytest.fixture
def gone(session: Session) -> tuple[list[str], list[str]]:
    """Delete such a member; return their ids, and what they and staff had written."""
    office = staffed(session)
    one = registered_member(session, SAID[0], SAID[1], now=NOW)
    sessions.begin(session, one, at=NOW)
    settings.ask_address(session, one, "todai.hamanasu@example.jp", now=NOW)
    thread = writes(session, one, SAID[2])
    letter = answers(session, thread, office.sato, ANSWERED)
    writes(session, one, SAID[3], into=thread, now=NOW + timedelta(hours=1))
    other = writes(session, one, "別の相談の入江", now=NOW + timedelta(hours=2))
    watching.watch(session, now=NOW + timedelta(hours=2))
    replies(session, thread, office.ono, HALF, now=NOW + timedelta(hours=3))
    drafts.keep(session, one, Written(receipts.new_form_key(), UNSENT), now=NOW)
    joins(session, thread, case_of(session, office.ono, "別人").people[0], office.ono)
    session.commit()
    ids = [one.id, thread.id, other.id, letter.id, *session.scalars(select(Message.id))]
    said = [*SAID, "todai.hamanasu@example.jp", one.number or "", ANSWERED, HALF, UNSENT, "別の相談の入江"]
    by = Actor(ActorKind.MEMBER, one.id)
    deleting.delete_member(session, one, by=by, why=Why.WITHDREW, now=NOW + timedelta(hours=4))
    session.commit()
    return ids, said


def test_no_table_holds_a_word_or_an_id_of_theirs(
    session: Session, engine: Engine, gone: tuple[list[str], list[str]]
) -> None:
    ids, said = gone
    for farewell in session.scalars(select(Farewell)):
        deleting.forget_farewell(session, farewell, now=NOW)
    session.commit()
    forget_overwritten(engine)
    stored = texts_in(engine)
    assert [one for one in said if one.encode() in stored] == []
    found = {
        table.name
        for table in Base.metadata.sorted_tables
        for row in session.execute(select(table))
        if any(one in str(row) for one in ids)
    }
    assert found <= NAME_ONLY_AN_ID


def test_staff_find_nothing_of_them_and_the_desk_for_mail_goes_on(
    session: Session, gone: tuple[list[str], list[str]]
) -> None:
    session.expire_all()
    records = session.scalars(select(Consultation).where(Consultation.channel == "mail")).all()
    assert len(records) == 2
    assert not any(one.story or one.next_step or one.case_id or one.person_id for one in records)
    assert all(one.purged_at for one in records)
    watching.watch(session, now=NOW + timedelta(hours=5))
    session.commit()
    assert session.scalars(select(Alarm).where(Alarm.over_at.is_(None))).all() == []
