"""What is kept no longer goes, and nothing else does; afterwards nobody can read or find it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.calendar.periods import first_day_after
from callcenter.domain.cases.states import CaseState, CloseReason
from callcenter.domain.keeping.retention import HoldReason, HoldTooLong, RecordClass, SayWhyHeld
from callcenter.domain.misuse.flags import Misuse
from callcenter.domain.names.nickname_cues import Cues
from callcenter.domain.policy import Policy
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Nickname
from callcenter.models.cases.casework import CaseClosing
from callcenter.models.engines import connect, forget_overwritten
from callcenter.models.keeping.retention import Purge, VisitCount
from callcenter.models.keys import DataKey
from callcenter.models.misuse import Incident
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases import cases, linking, merging, visit_counts
from callcenter.services.cases.cases import NoSuchPerson
from callcenter.services.keeping import holds, retention
from callcenter.services.keeping.retention import Held
from callcenter.services.misuse import incidents
from callcenter.services.names import nickname_search
from callcenter.services.records.consultations import NoSuchConsultation, drafts_of, lock_for_writing
from callcenter.services.trail import audit
from callcenter.services.trail.audit import OPERATOR
from tests.integration.conftest import new_session
from tests.integration.keeping.ageing import CANARY, LONG_AGO, due, old_case, old_record, purge
from tests.integration.people import NOW, TODAY, call_from_somebody, draft_of, member, person_called, talk


@pytest.fixture
def file(sqlite_url: str) -> Iterator[Engine]:
    """One SQLite file; SQL that differs is in the tests that ask for ``session``."""
    engine = connect(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def here(file: Engine, ring: KeyRing) -> Iterator[Session]:
    with new_session(file, ring) as session:
        yield session


# ------------------------------------------------------------------ what is due


def test_the_list_names_what_is_due_and_changes_nothing(session: Session) -> None:
    a = member(session, "a")
    old, _, loose = old_case(session, a), old_case(session, a, "ハル", 100), old_record(session, a)
    last = TODAY - timedelta(days=LONG_AGO)
    assert [(one.id, one.record_class, one.last_contact_on, one.due_on, one.held) for one in due(session)] == [
        (old.id, RecordClass.PHONE, last, first_day_after(last, 2), None),
        (loose.id, RecordClass.PHONE, last, first_day_after(last, 2), None),
    ]
    assert "ミナト" not in str([one.as_json() for one in due(session)])
    assert purge(session) == [old.id, loose.id]
    assert due(session) == []


def test_a_case_of_a_long_list_is_met_once(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    a = member(session, "a")
    ids = [old_case(session, a, f"名前{number}", LONG_AGO + number // 2).id for number in range(5)]
    ids += [old_record(session, a, LONG_AGO + number).id for number in range(3)]
    assert sorted(one.id for one in due(session)) == sorted(ids)


def test_what_is_held_or_will_be_looked_at_stays_until_then(here: Session) -> None:
    a = member(here, "a")
    held, looked_at, loose = old_case(here, a), old_case(here, a, "ハル"), old_record(here, a)
    looked_at.follow_up_on = TODAY
    for row_id in (held.id, loose.id):
        holds.place_hold(here, row_id, HoldReason.DISCLOSURE, "請求の返事を待つ", TODAY, by=OPERATOR, now=NOW)
    assert [one.held for one in due(here)] == [Held.HOLD, Held.FOLLOW_UP, Held.HOLD]
    assert purge(here) == []
    assert [one.held for one in due(here, TODAY + timedelta(days=1))] == [None, None, None]
    holds.lift(here, holds.listed(here, today=TODAY)[0].id, by=OPERATOR, now=NOW)
    looked_at.state = CaseState.CLOSED  # nobody looks at it again
    assert sorted(purge(here)) == sorted([held.id, looked_at.id])


def test_a_hold_needs_a_reason_and_an_end(here: Session) -> None:
    case = old_case(here, member(here, "a"))
    with pytest.raises(SayWhyHeld):
        holds.place_hold(here, case.id, HoldReason.LEGAL, " ", TODAY, by=OPERATOR, now=NOW)
    with pytest.raises(HoldTooLong):
        holds.place_hold(here, case.id, HoldReason.LEGAL, "x", date(2040, 1, 1), by=OPERATOR, now=NOW)
    with pytest.raises(holds.NothingToHold):
        holds.place_hold(here, "nothing", HoldReason.LEGAL, "x", TODAY, by=OPERATOR, now=NOW)


def test_somebody_who_calls_after_the_list_was_drawn_is_kept(here: Session) -> None:
    a = member(here, "a")
    case = old_case(here, a)
    found = due(here)
    talk(here, a, case.people[0])
    assert retention.purge(here, found, periods=Policy().periods, by=OPERATOR, now=NOW) == []
    assert case.people[0].nicknames


def test_a_day_noted_wrongly_on_the_case_destroys_nothing(here: Session) -> None:
    a = member(here, "a")
    case = old_case(here, a)
    talk(here, a, case.people[0])
    case.last_contact_on = TODAY - timedelta(days=LONG_AGO)
    assert purge(here) == []


# ------------------------------------------------------------------ what is left


def test_after_it_went_nobody_reads_or_finds_it(file: Engine, ring: KeyRing) -> None:
    with new_session(file, ring) as session:
        a = member(session, "a")
        case = old_case(session, a, "ミナトガワ")
        case.summary = case.people[0].how_to_address = CANARY
        loose = old_record(session, a)
        loose.call_id = call_from_somebody(session).id
        loose.story, loose.nickname_heard = CANARY, "ミナトガワ"
        incidents.record_incident(session, loose.id, Misuse.OTHER, CANARY, by=a, now=NOW)
        session.commit()
        wrapped = [key.wrapped for key in (case.data_key, loose.data_key)]
        purge(session)
        session.commit()
        assert [case.summary, loose.story, case.people[0].how_to_address] == [None, None, None]
        assert [case.data_key.wrapped, loose.data_key.wrapped] == [None, None]
        assert nickname_search.search(session, "ミナトガワ", Cues()) == []
        assert session.scalars(select(Incident)).all() == []
        assert drafts_of(session, a.id) == []
        with pytest.raises(NoSuchConsultation):
            lock_for_writing(session, loose.id, a)
        with pytest.raises(cases.NoSuchPerson):
            cases.get_person(session, case.people[0].id)
        session.commit()
    forget_overwritten(file)
    path = Path(str(make_url(str(file.url)).database))
    stored = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    assert len(stored) > 10_000
    for secret in ("ミナトガワ".encode(), CANARY.encode(), *(key for key in wrapped if key)):
        assert secret not in stored


def test_the_proof_counts_and_names_nobody(session: Session) -> None:
    a = member(session, "a")
    case, _ = old_case(session, a), old_record(session, a)
    purge(session)
    session.commit()
    proof = session.scalars(select(AuditEntry).where(AuditEntry.action == "retention.purge")).one()
    assert (proof.facts["phone_class"], proof.facts["consultations"], proof.facts["people"]) == (2, 2, 1)
    assert sorted(proof.facts["hashes"]) == sorted(session.scalars(select(Purge.id_hash)))
    assert case.id not in str(proof.facts)
    assert audit.verify(session) is None


def test_the_count_of_visits_outlives_the_case(here: Session) -> None:
    a = member(here, "a")
    case = old_case(here, a, "ミナト", 6 * 366, channel="visit")
    case.municipality = "131016"
    talk(here, a, case.people[0], 6 * 366 - 1, channel="visit")
    here.add(
        CaseClosing(
            id=new_id(),
            data_key_id=case.data_key_id,
            case_id=case.id,
            reason=CloseReason.SETTLED,
            closed_at=NOW - timedelta(days=6 * 366 - 2),
            closed_by=a.id,
        )
    )
    here.flush()
    assert purge(here) == []  # a case with visits stays while it is open
    case.state = CaseState.CLOSED
    here.commit()
    assert purge(here) == [case.id]
    again = person_called(here, "みなと")
    assert visit_counts.used_before(here, again.case, again) == 0  # the same name elsewhere is somebody else
    again.case.municipality = "131016"
    assert visit_counts.used_before(here, again.case, person_called(here, "ハル")) == 0
    same = person_called(here, "ミナト")
    same.case.municipality = "131016"
    assert visit_counts.used_before(here, same.case, same) == 2
    assert "ミナト".encode() not in b"".join(here.scalars(select(VisitCount.person_hash)))


def test_those_who_were_merged_go_with_the_one_that_took_them_in(here: Session) -> None:
    boss = member(here, "boss")
    kept, other = old_case(here, boss), old_case(here, boss, "ハル")
    merging.merge_cases(here, kept.id, other.id, by=boss, now=NOW)
    assert [one.id for one in due(here)] == [kept.id]
    purge(here)
    assert here.scalars(select(DataKey).where(DataKey.id.in_([kept.data_key_id, other.data_key_id]))).all()
    assert (kept.data_key.wrapped, other.data_key.wrapped) == (None, None)
    assert here.scalars(select(Nickname)).all() == []


def test_the_months_ahead_tell_when_what_would_go(session: Session) -> None:
    a = member(session, "a")
    old_case(session, a, days_ago=LONG_AGO)
    old_case(session, a, "ハル", days_ago=0)
    old_record(session, a, days_ago=0)
    old_case(session, a, "ソラ", days_ago=0, channel="visit")  # waits for its closing
    session.flush()
    ahead = retention.months_ahead(session, today=TODAY, periods=Policy().periods)
    assert ahead == {(2026, 11): 1, (2028, 11): 2}


# ------------------------------------------------------------------ in the very moment


def test_a_call_is_never_linked_to_somebody_who_is_being_destroyed(engine: Engine, ring: KeyRing) -> None:
    with new_session(engine, ring) as first, first.begin():
        a = member(first, "a")
        case = old_case(first, a)
        record, person, by = draft_of(first, a, NOW).id, case.people[0].id, a.id
    refused = list[type[Exception]]()

    def link() -> None:
        try:
            with new_session(engine, ring) as session, session.begin():
                linking.confirm_person(session, record, person, by=session.get_one(Staff, by), now=NOW)
        except Exception as refusal:  # noqa: BLE001  # handed to the test's own thread
            refused.append(type(refusal))

    thread = threading.Thread(target=link)
    with new_session(engine, ring) as night, night.begin():
        retention.purge(night, due(night), periods=Policy().periods, by=OPERATOR, now=NOW)
        night.flush()
        thread.start()
        thread.join(0.5)  # the person is still there for it, and it waits for the night
        assert thread.is_alive()
    thread.join(10)
    assert refused == [NoSuchPerson]
    with new_session(engine, ring) as after:
        assert after.get_one(Consultation, record).case_id is None
