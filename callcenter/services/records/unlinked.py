"""The list of consultations linked to nobody: when, how long, what helped; nothing of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from callcenter.domain.cases.linking import LinkState
from callcenter.domain.codes import Code
from callcenter.domain.records.record_codes import Channel, Outcome
from callcenter.domain.talks.talk import Help
from callcenter.models.calls.calls import CallEvent
from callcenter.models.records import Consultation, ConsultationCode
from callcenter.models.staff.accounts import Staff
from callcenter.services.records import lengths

AT_ONCE = 30
NOBODYS = (Outcome.MISDIAL.value, Outcome.NUISANCE.value)
"""Outcomes of calls from which nobody is expected to be found again."""


class UnlinkedFilter(StrEnum):
    """The filters of the list."""

    ALL = "all"
    SILENT = "silent"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Unlinked:
    """One consultation of the list."""

    id: str
    at: datetime
    channel: Channel
    seconds: int | None
    """How long they talked, or were silent together."""
    counsellor: str
    counsellor_id: str
    state: LinkState
    outcomes: tuple[Code, ...]
    played: tuple[Help, ...]
    """What the line said for the counsellor, such as that silence is fine."""


def listed(
    session: Session,
    *,
    which: UnlinkedFilter = UnlinkedFilter.ALL,
    before: datetime | None = None,
    without: str | None = None,
) -> Sequence[Unlinked]:
    """Return thirty of them, newest first; *before* goes on. Those who wished to stay anonymous are left out."""
    query = select(Consultation, Staff).join(Staff, Staff.id == Consultation.counsellor_id)
    query = query.where(Consultation.person_id.is_(None), Consultation.purged_at.is_(None), ~_has(NOBODYS))
    query = query.where(or_(Consultation.doubt.is_(None), Consultation.doubt != LinkState.ANONYMOUS))
    if which is UnlinkedFilter.SILENT:
        query = query.where(_has((Outcome.SILENT.value,)))
    if which is UnlinkedFilter.UNSURE:
        query = query.where(Consultation.doubt == LinkState.UNSURE)
    if before is not None:
        query = query.where(Consultation.opened_at < before)
    if without is not None:
        query = query.where(Consultation.id != without)
    newest_first = query.order_by(Consultation.opened_at.desc(), Consultation.id.desc()).limit(AT_ONCE)
    return [_read(session, record, staff) for record, staff in session.execute(newest_first)]


def _has(codes: tuple[str, ...]) -> ColumnElement[bool]:
    return exists().where(
        ConsultationCode.consultation_id == Consultation.id,
        ConsultationCode.list == "outcomes",
        ConsultationCode.code.in_(codes),
    )


def _read(session: Session, record: Consultation, staff: Staff) -> Unlinked:
    length = lengths.spoken(session, record)
    return Unlinked(
        id=record.id,
        at=record.opened_at,
        channel=Channel(record.channel),
        seconds=None if length is None else int(length.total_seconds()),
        counsellor=staff.name,
        counsellor_id=staff.id,
        state=record.link_state,
        outcomes=tuple(Outcome(one.code) for one in record.codes if one.list == "outcomes"),
        played=_played(session, record.call_id) if record.call_id else (),
    )


def _played(session: Session, call_id: str) -> tuple[Help, ...]:
    """Return the announcements that were played to the caller, each once."""
    said = select(CallEvent.facts).where(CallEvent.call_id == call_id, CallEvent.kind == "said")
    codes = [facts.get("code") for facts in session.scalars(said.order_by(CallEvent.seq))]
    return tuple(dict.fromkeys(Help(code) for code in codes if code in set(Help)))
