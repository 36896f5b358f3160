"""Who opens a record, what the trail says about it, and that nothing said stands in the clear."""

from __future__ import annotations

import pytest
from sqlalchemy import LargeBinary, select, text
from sqlalchemy.orm import Session

from callcenter.crypto import KeyMissing, SealBroken
from callcenter.domain.cases.wall import Speaker
from callcenter.domain.records.record_codes import Outcome
from callcenter.domain.staff.roles import NotAllowed, NotYours, Role
from callcenter.models.base import Base
from callcenter.models.records import Consultation
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases import linking, shredding, wall
from callcenter.services.records import consultations
from callcenter.services.records.consultations import NoSuchConsultation
from callcenter.services.trail import audit
from callcenter.services.trail.audit import OPERATOR
from tests.integration.people import NOW, draft_of, member, person_called

CANARY = "カナリアは夜明けに図書館で鳴いた"


def test_only_the_owner_and_a_supervisor_write(session: Session) -> None:
    owner = member(session, "owner")
    draft = draft_of(session, owner)
    refusals = {Role.COUNSELLOR: NotYours, Role.ADMINISTRATOR: NotAllowed, Role.AUDITOR: NotAllowed}
    for role, refusal in refusals.items():
        other = member(session, role.value, role)
        with pytest.raises(refusal):
            consultations.save_draft(session, draft.id, 1, {"story": "x"}, by=other, now=NOW)
        with pytest.raises(refusal):
            consultations.finish(session, draft.id, by=other, now=NOW, quick=Outcome.SILENT)
        with pytest.raises(refusal):
            linking.unlink(session, draft.id, by=other, now=NOW)
    boss = member(session, "boss", Role.SUPERVISOR)
    assert consultations.save_draft(session, draft.id, 1, {"story": "x"}, by=boss, now=NOW).version == 2


def test_who_keeps_accounts_or_the_trail_opens_no_record(session: Session) -> None:
    counsellor, person = member(session, "a"), person_called(session, "ミナト")
    draft = draft_of(session, counsellor)
    linking.confirm_person(session, draft.id, person.id, by=counsellor, now=NOW)
    speaker = Speaker(person.case_id, person.id)
    assert wall.history(session, speaker, by=counsellor, now=NOW)
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        outsider = member(session, role.value, role)
        with pytest.raises(NotAllowed):
            consultations.read(session, draft.id, by=outsider, now=NOW)
        assert wall.history(session, speaker, by=outsider, now=NOW) == []


def test_every_opening_is_in_the_trail(session: Session) -> None:
    counsellor, person = member(session, "a"), person_called(session, "ミナト")
    drafts = [draft_of(session, counsellor) for _ in range(2)]
    for draft in drafts:
        linking.confirm_person(session, draft.id, person.id, by=counsellor, now=NOW)
    wall.history(session, Speaker(person.case_id, person.id), by=counsellor, now=NOW)
    consultations.read(session, drafts[0].id, by=counsellor, now=NOW)
    session.commit()
    opened = session.scalars(select(AuditEntry).where(AuditEntry.action == "consultation.read")).all()
    assert [entry.actor_id for entry in opened] == [counsellor.id] * 3
    assert {entry.subject_id for entry in opened} == set(session.scalars(select(Consultation.id)))
    assert audit.verify(session) is None


def test_a_record_that_is_not_there_is_said_so(session: Session) -> None:
    counsellor = member(session, "a")
    with pytest.raises(NoSuchConsultation):
        consultations.read(session, "none", by=counsellor, now=NOW)
    with pytest.raises(NoSuchConsultation):
        consultations.save_draft(session, "none", 1, {}, by=counsellor, now=NOW)


def whole_database(session: Session) -> str:
    """Every value of every table, in one text."""
    found = []
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            for column, value in zip(table.columns, row, strict=True):
                readable = value.decode("utf-8", "replace") if isinstance(column.type, LargeBinary) and value else value
                found.append(f"{readable}")
    return "\n".join(found)


def test_what_was_said_stands_nowhere_in_the_clear(session: Session) -> None:
    counsellor, person = member(session, "a"), person_called(session, "ミナト")
    person.case.summary = person.how_to_address = CANARY
    draft = draft_of(session, counsellor)
    texts = dict.fromkeys(("story", "background", "response", "next_step"), CANARY)
    consultations.save_draft(session, draft.id, 1, texts, by=counsellor, now=NOW)
    session.commit()
    assert draft.story == CANARY
    assert "ミナト" in whole_database(session)
    assert CANARY not in whole_database(session)


def test_a_text_moved_to_another_record_does_not_open(session: Session) -> None:
    counsellor = member(session, "a")
    mine, other = draft_of(session, counsellor), draft_of(session, counsellor)
    mine.story = CANARY
    other.story_sealed, other.data_key = mine.story_sealed, mine.data_key
    with pytest.raises(SealBroken):
        assert other.story


def test_a_destroyed_case_is_unreadable_even_from_an_old_copy(session: Session) -> None:
    counsellor, person = member(session, "a"), person_called(session, "ミナト")
    draft = draft_of(session, counsellor)
    draft.story = person.case.summary = CANARY
    linking.confirm_person(session, draft.id, person.id, by=counsellor, now=NOW)
    session.flush()
    old_copy, old_summary = draft.story_sealed, person.case.summary_sealed
    shredding.shred_case(session, person.case, by=OPERATOR, now=NOW)
    session.commit()
    draft.story_sealed, person.case.summary_sealed = old_copy, old_summary
    for row, name in ((draft, "story"), (person.case, "summary")):
        with pytest.raises(KeyMissing, match="destroyed"):
            getattr(row, name)
    assert session.execute(text("SELECT count(*) FROM nickname_keys")).scalar_one() == 0
    assert session.execute(text("SELECT count(*) FROM nicknames")).scalar_one() == 0
    assert audit.verify(session) is None
