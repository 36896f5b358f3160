"""The record of a contact: written while it happens, never overwritten, opened only by those who may."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.records.record_codes import Channel, MissingField, Outcome
from callcenter.domain.staff.roles import NotYours, Role
from callcenter.models.calls.calls import Call
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.records import consultations
from callcenter.services.records.consultations import UNDO_WITHIN, NotQuick, TooLateToReopen
from callcenter.services.records.record_fields import NoSuchCode, NoSuchField, TextTooLong
from tests.integration.conftest import new_session
from tests.integration.people import NOW, call_from_somebody, draft_of, member


def draft_for(session: Session, call: Call, counsellor_id: str) -> Consultation:
    return consultations.open_draft(
        session, call_id=call.id, channel=Channel.PHONE, counsellor_id=counsellor_id, hint="1", now=NOW
    )


def actions(session: Session) -> list[str]:
    session.commit()
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


# ---------------------------------------------------------------- the draft


def test_a_call_has_one_record_however_often_it_is_claimed(session: Session) -> None:
    call, counsellor = call_from_somebody(session), member(session, "a")
    first, second = (draft_for(session, call, counsellor.id) for _ in range(2))
    assert first is second
    assert (first.hint, first.relation, first.person_id) == ("1", "unknown", None)
    assert actions(session) == ["consultation.open_draft"]


def test_a_call_that_goes_on_to_another_counsellor_takes_its_record_along(session: Session) -> None:
    call, first, second = call_from_somebody(session), member(session, "a"), member(session, "b")
    draft = draft_for(session, call, first.id)
    consultations.save_draft(session, draft.id, 1, {"story": "はじめの話"}, by=first, now=NOW)
    consultations.finish(session, draft.id, by=first, now=NOW, quick=Outcome.CUT_OFF)
    again = draft_for(session, call, second.id)
    assert (again.id, again.counsellor_id, again.state, again.story) == (
        draft.id,
        second.id,
        ConsultationState.DRAFT,
        "はじめの話",
    )
    with pytest.raises(NotYours):
        consultations.save_draft(session, draft.id, again.version, {"story": "x"}, by=first, now=NOW)


def test_two_claims_in_one_tick_open_one_record(engine: Engine, session: Session, ring: KeyRing) -> None:
    call, counsellor = call_from_somebody(session), member(session, "a")
    session.commit()
    barrier, opened, failures = threading.Barrier(3), list[str](), list[BaseException]()

    def claim_once() -> str:
        with new_session(engine, ring) as own:
            draft = draft_for(own, call, counsellor.id).id
            own.commit()
            return draft

    def claim() -> None:
        try:
            barrier.wait()
            try:
                opened.append(claim_once())
            except IntegrityError:  # a webhook that comes second is undone and runs again
                opened.append(claim_once())
        except BaseException as failure:  # noqa: BLE001  # handed to the test's own thread
            failures.append(failure)

    threads = [threading.Thread(target=claim) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(set(opened)) == 1
    assert actions(session) == ["consultation.open_draft"]


# ---------------------------------------------------------------- saving


def test_what_is_typed_is_saved_with_its_time(session: Session) -> None:
    counsellor = member(session, "a")
    draft = draft_of(session, counsellor)
    later = NOW + timedelta(seconds=3)
    changes = {"story": "きょうは\r\n晴れ", "relation": "self", "topics": ["practice", "work"], "risk_confirmed": "on"}
    saved = consultations.save_draft(session, draft.id, 1, changes, by=counsellor, now=later)
    assert (saved.version, saved.saved_at, saved.conflicts) == (2, later, {})
    session.commit()
    session.expire_all()
    assert (draft.story, draft.relation, draft.risk_confirmed) == ("きょうは\n晴れ", "self", True)
    assert [(row.list, row.code) for row in draft.codes] == [("topics", "practice"), ("topics", "work")]


def test_a_stale_form_never_overwrites_a_newer_text(session: Session) -> None:
    counsellor, supervisor = member(session, "a"), member(session, "b", Role.SUPERVISOR)
    draft = draft_of(session, counsellor)
    consultations.save_draft(session, draft.id, 1, {"story": "統括が書いた"}, by=supervisor, now=NOW)
    changes = {"story": "古い画面から", "next_step": "図書館の話の続き"}
    saved = consultations.save_draft(session, draft.id, 1, changes, by=counsellor, now=NOW)
    assert saved.conflicts == {"story": "統括が書いた"}
    assert (draft.story, draft.next_step) == ("統括が書いた", "図書館の話の続き")


def test_a_stale_form_never_overwrites_newer_codes(session: Session) -> None:
    counsellor, supervisor = member(session, "a"), member(session, "b", Role.SUPERVISOR)
    draft = draft_of(session, counsellor)
    consultations.save_draft(session, draft.id, 1, {"topics": ["work"], "risk": "plan"}, by=supervisor, now=NOW)
    changes = {"topics": ["practice"], "risk": "none"}
    saved = consultations.save_draft(session, draft.id, 1, changes, by=counsellor, now=NOW)
    assert saved.conflicts == {"topics": ["work"], "risk": "plan"}


def test_saving_the_same_twice_is_one_save(session: Session) -> None:
    counsellor = member(session, "a")
    draft = draft_of(session, counsellor)
    once, twice = (
        consultations.save_draft(session, draft.id, 1, {"story": "同じ"}, by=counsellor, now=NOW) for _ in range(2)
    )
    assert once == twice
    assert actions(session) == ["consultation.open_draft", "consultation.save"]


def test_a_version_from_the_future_overwrites_nothing(session: Session) -> None:
    counsellor = member(session, "a")
    draft = draft_of(session, counsellor)
    consultations.save_draft(session, draft.id, 1, {"story": "ある"}, by=counsellor, now=NOW)
    saved = consultations.save_draft(session, draft.id, 99, {"story": "ない"}, by=counsellor, now=NOW)
    assert saved.conflicts == {"story": "ある"}


def test_two_screens_writing_different_fields_at_once_keep_both(
    engine: Engine, session: Session, ring: KeyRing
) -> None:
    counsellor = member(session, "a")
    draft = draft_of(session, counsellor)
    session.commit()
    failures = list[BaseException]()

    def write(name: str) -> None:
        try:
            with new_session(engine, ring) as own:
                consultations.save_draft(own, draft.id, 1, {name: f"{name}の文"}, by=counsellor, now=NOW)
                own.commit()
        except BaseException as failure:  # noqa: BLE001  # handed to the test's own thread
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("story", "background", "response")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    session.expire_all()
    assert (draft.story, draft.background, draft.response) == ("storyの文", "backgroundの文", "responseの文")
    assert draft.version == 4


REFUSED: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"counsellor_id": "x"}, NoSuchField),
    ({"story_sealed": "x"}, NoSuchField),
    ({"channel": "mail"}, NoSuchField),
    ({"story": None}, NoSuchField),
    ({"story": "あ" * 20_001}, TextTooLong),
    ({"relation": "boss"}, NoSuchCode),
    ({"topics": "work"}, NoSuchCode),
    ({"topics": ["work", "x"]}, NoSuchCode),
    ({"municipality": "1"}, NoSuchCode),
    ({"risk_confirmed": "maybe"}, NoSuchCode),
    ({"relation": ["self"]}, NoSuchCode),
]


def test_what_a_record_does_not_have_is_refused_whole(session: Session) -> None:
    counsellor = member(session, "a")
    draft = draft_of(session, counsellor)
    for changes, refusal in REFUSED:
        with pytest.raises(refusal):
            consultations.save_draft(session, draft.id, 1, {"next_step": "続き"} | changes, by=counsellor, now=NOW)
        assert (draft.version, draft.next_step) == (1, None)


def test_everything_may_go_back_to_unknown(session: Session) -> None:
    counsellor = member(session, "a")
    draft = draft_of(session, counsellor)
    filled = {"relation": "self", "topics": ["work"], "story": "ある", "municipality": "131016"}
    version = consultations.save_draft(session, draft.id, 1, filled, by=counsellor, now=NOW).version
    empty: dict[str, Any] = {"relation": "", "topics": [], "story": "", "municipality": None}
    consultations.save_draft(session, draft.id, version, empty, by=counsellor, now=NOW)
    assert (draft.relation, draft.codes, draft.story, draft.municipality) == ("unknown", [], None, "unknown")


# ---------------------------------------------------------------- finishing


def test_a_record_is_finished_with_what_comes_next(session: Session) -> None:
    counsellor = member(session, "a")
    draft = draft_of(session, counsellor)
    with pytest.raises(MissingField):
        consultations.finish(session, draft.id, by=counsellor, now=NOW)
    consultations.save_draft(session, draft.id, 1, {"next_step": "未定"}, by=counsellor, now=NOW)
    first, second = (
        consultations.finish(session, draft.id, by=counsellor, now=NOW + timedelta(minutes=m)) for m in (1, 2)
    )
    assert first is second
    assert (first.state, first.finished_at) == (ConsultationState.FINISHED, NOW + timedelta(minutes=1))
    assert actions(session).count("consultation.finish") == 1


def test_a_silent_call_is_finished_without_a_word(session: Session) -> None:
    counsellor = member(session, "a")
    for quick in (Outcome.SILENT, Outcome.MISDIAL, Outcome.CUT_OFF):
        draft = draft_of(session, counsellor)
        consultations.finish(session, draft.id, by=counsellor, now=NOW, quick=quick)
        assert draft.state is ConsultationState.FINISHED
        assert [(row.list, row.code) for row in draft.codes] == [("outcomes", quick.value)]


def test_a_finish_is_taken_back_within_moments_with_its_quick_outcome(session: Session) -> None:
    counsellor, colleague = member(session, "a"), member(session, "b", Role.SUPERVISOR)
    draft = draft_of(session, counsellor)
    consultations.finish(session, draft.id, by=counsellor, now=NOW, quick=Outcome.SILENT)
    session.commit()
    with pytest.raises(TooLateToReopen):
        consultations.reopen(session, draft.id, by=counsellor, now=NOW + UNDO_WITHIN + timedelta(seconds=1))
    with pytest.raises(TooLateToReopen):
        consultations.reopen(session, draft.id, by=colleague, now=NOW)
    for _ in range(2):
        consultations.reopen(session, draft.id, by=counsellor, now=NOW + timedelta(seconds=9))
    assert (draft.state, draft.finished_at, draft.codes) == (ConsultationState.DRAFT, None, [])
    assert actions(session).count("consultation.reopen") == 1


def test_an_outcome_that_needs_words_does_not_finish_quickly(session: Session) -> None:
    counsellor = member(session, "a")
    draft = draft_of(session, counsellor)
    with pytest.raises(NotQuick):
        consultations.finish(session, draft.id, by=counsellor, now=NOW, quick=Outcome.LISTENED)


def test_a_save_that_arrives_after_the_finish_is_not_lost(session: Session) -> None:
    counsellor = member(session, "a")
    draft = draft_of(session, counsellor)
    consultations.finish(session, draft.id, by=counsellor, now=NOW, quick=Outcome.SILENT)
    consultations.save_draft(session, draft.id, draft.version, {"story": "最後の一文"}, by=counsellor, now=NOW)
    assert (draft.story, draft.state) == ("最後の一文", ConsultationState.FINISHED)
