"""Candidates beyond the name: by caller code and by the channel's hints, without those behind the wall."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.casefile.channel_desk import desk_of_channel
from callcenter.domain.cases.continuity import read_code
from callcenter.domain.cases.wall import Speaker
from callcenter.models.cases.cases import Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line
from callcenter.services.cases import continuity, wall
from callcenter.services.names.nickname_search import Candidate

BY_CODE = "呼び番号が同じ"


def apply_hints(
    session: Session, record: Consultation, heard: str, found: Iterable[Candidate], staff: Staff, *, now: datetime
) -> list[Candidate]:
    """Return the candidates, those of a code or of the channel's hints first, without those behind the wall.

    Whoever is linked already is left out too. A number opens nothing: it yields a candidate like any other.
    """
    called = by_code(session, heard)
    listed = {one.person_id: one for one in ([called] if called else []) + list(found)}
    ordered = desk_of_channel(record.channel).apply_hints(session, record, list(listed.values()), now=now)
    hidden = _hidden(session, on_the_line.speaker_of(session, record, staff), ordered)
    return [one for one in ordered if one.person_id not in hidden and one.person_id != record.person_id]


def by_code(session: Session, heard: str) -> Candidate | None:
    """Return the person of a caller code, if what was heard is one."""
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


def _hidden(session: Session, speaker: Speaker | None, candidates: Iterable[Candidate]) -> set[str]:
    if speaker is None:
        return set()
    same_case = {one.person_id for one in candidates if one.case_id == speaker.case_id}
    return same_case - {one.id for one in wall.visible_people(session, speaker)} if same_case else set()
