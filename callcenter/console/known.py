"""The counsellors the caller knows: the usual one, and the one whose call broke off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.casefile.words import called
from callcenter.console.talks.bar import Talk
from callcenter.domain.duty.presence import Work
from callcenter.models.calls.calls import Call, Presence
from callcenter.models.cases.cases import Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line
from callcenter.services.calls import cut_off
from callcenter.services.cases import continuity
from callcenter.ui.state_labels import StateLabel, state_label


@dataclass(frozen=True)
class Known:
    """One of them, and what they are doing now."""

    staff_id: str
    name: str
    title: str
    tone: StateLabel
    since: datetime | None
    is_me: bool
    free: bool
    """Whether the caller can be led to them at this moment."""


def counsellors(
    session: Session, record: Consultation | None, talk: Talk | None, staff: Staff, *, now: datetime
) -> tuple[Known, ...]:
    """Return the counsellors known to the person of the record at hand, the one whose call broke off first."""
    if record is None or record.person is None:
        return ()
    broke_off = cut_off.of_person(session, record.person, now=now, without=record.id)
    usual = continuity.usual_counsellor_of(session, record.person, without=record.id)
    wanted = {"直前の担当": broke_off.counsellor_id if broke_off else None, "いつもの担当": usual}
    found: list[Known] = []
    for title, staff_id in wanted.items():
        if staff_id is not None and staff_id not in [one.staff_id for one in found]:
            found.append(_known(session, staff_id, title, talk, staff))
    return tuple(found)


def _known(session: Session, staff_id: str, title: str, talk: Talk | None, me: Staff) -> Known:
    row = session.get(Presence, staff_id)
    can_ask = talk is not None and talk.is_mine and talk.consulted is None
    return Known(
        staff_id=staff_id,
        name=session.get_one(Staff, staff_id).name,
        title=title,
        tone=state_label(row.work if row else Work.OFFLINE),
        since=row.since if row is not None and row.work is not Work.OFFLINE else None,
        is_me=staff_id == me.id,
        free=can_ask and talk is not None and staff_id in [one.id for one in talk.free],
    )


def name_of_keyed_code(session: Session, call: Call) -> str | None:
    """Return the name behind a caller code (呼び番号) that this caller keyed in."""
    person_id = continuity.person_by_code(session, call.caller_code) if call.caller_code else None
    person = session.get(Person, person_id) if person_id else None
    return called(person.nicknames[0].text) if person is not None and person.nicknames else None


def came_back(session: Session, record: Consultation | None, staff: Staff) -> str | None:
    """Return who talks now with the person whose call I am writing up, as it broke off and they rang again."""
    if record is None or record.person_id is None:
        return None
    later = continuity.came_back(session, record, staff)
    row = session.get(Presence, later.counsellor_id) if later is not None else None
    at_hand = on_the_line.record_at_hand(session, row)
    if later is None or row is None or row.work is not Work.ON_CALL or at_hand is None or at_hand.id != later.id:
        return None
    return later.counsellor.name
