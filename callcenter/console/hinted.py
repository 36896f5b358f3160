"""Candidates beyond the name: a 呼び番号, a call that broke off; and nobody who is behind the wall just now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.domain.cases.continuity import read_code
from callcenter.domain.cases.wall import Speaker
from callcenter.models.calls.calls import Call
from callcenter.models.cases.cases import Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.calls import cut_off
from callcenter.services.cases import continuity, wall
from callcenter.services.names.nickname_search import Candidate

BROKE_OFF = "さっき切れた電話"
BY_CODE = "呼び番号が同じ"
KEYED = "呼び番号が押されました"


def hinted(
    session: Session, record: Consultation, heard: str, found: Iterable[Candidate], staff: Staff, *, now: datetime
) -> list[Candidate]:
    """Put first whom the number names and whose call broke off, and leave out whoever may not be named now.

    Whoever is linked already is left out too. A number opens nothing: it yields a candidate like any other.
    """
    speaker = wall.speaker_of(session, record, staff)
    broke_off = cut_off.recent_callers(session, now=now, without=record.id)
    called, pressed = _by_code(session, heard), keyed(session, record)
    listed = {one.person_id: one for one in ([called] if called else []) + list(found)}
    if pressed is not None and pressed.person_id in listed:
        listed = {pressed.person_id: pressed} | {key: one for key, one in listed.items() if key != pressed.person_id}
    first = [replace(one, reason=BROKE_OFF) for one in listed.values() if one.person_id in broke_off]
    others = [one for one in listed.values() if one.person_id not in broke_off]
    hidden = _hidden(session, speaker, [*first, *others])
    return [one for one in (*first, *others) if one.person_id not in hidden and one.person_id != record.person_id]


def keyed(session: Session, record: Consultation) -> Candidate | None:
    """Return whom the number names that the caller of this record keyed in while waiting."""
    call = session.get(Call, record.call_id) if record.call_id else None
    found = _by_code(session, call.caller_code) if call is not None and call.caller_code else None
    return replace(found, reason=KEYED) if found is not None else None


def _hidden(session: Session, speaker: Speaker | None, candidates: Iterable[Candidate]) -> set[str]:
    if speaker is None:
        return set()
    same_case = {one.person_id for one in candidates if one.case_id == speaker.case_id}
    return same_case - {one.id for one in wall.visible_people(session, speaker)} if same_case else set()


def _by_code(session: Session, heard: str) -> Candidate | None:
    digits = read_code(heard)
    person_id = continuity.person_by_code(session, digits) if digits else None
    person = session.get(Person, person_id) if person_id else None
    if person is None or not person.nicknames:
        return None
    name = person.nicknames[0]
    return Candidate(
        case_id=person.case_id,
        person_id=person.id,
        nickname=name.text,
        reading=name.reading,
        relation=person.relation,
        is_subject=person.is_subject,
        age_band=person.age_band,
        prefecture=person.case.prefecture,
        last_contact_on=person.last_contact_on,
        likeness="code",
        reason=BY_CODE,
        score=1.0,
    )
