"""The timeline of a case over all channels, as far as it may be shown with one of its people in mind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.cases.states import HandoverState
from callcenter.domain.cases.wall import Part, Speaker
from callcenter.models.cases.cases import Case
from callcenter.models.cases.casework import CaseClosing, CaseHandover
from callcenter.models.directory import Referral
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line, reach
from callcenter.services.cases import case_closing, case_handovers, wall
from callcenter.services.records import consultations
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member


class Happened(StrEnum):
    """The kind of a timeline entry."""

    CONTACT = "contact"
    OPENED = "opened"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline."""

    kind: Happened
    at: datetime
    contact: Consultation | None = None
    parts: frozenset[Part] = frozenset()
    """What of the contact may be shown."""
    referrals: tuple[Referral, ...] = ()
    handover: CaseHandover | None = None
    closing: CaseClosing | None = None


@dataclass(frozen=True)
class Timeline:
    """Entries, newest first; earlier contacts begin before *older_before*."""

    entries: tuple[Entry, ...]
    older_before: datetime | None


def read(
    session: Session, case: Case, speaker: Speaker | None, *, by: Staff, now: datetime, before: datetime | None = None
) -> Timeline:
    """Return the timeline as shown to *speaker*'s side; every contact in it is recorded as opened."""
    opened = _contacts(session, case, speaker, by=by, now=now, before=before)
    older_before = opened[-1].opened_at if len(opened) == consultations.EARLIER_AT_ONCE else None
    parts, referred = wall.visible_parts_of(session, speaker, opened), _referrals(session, opened)
    entries = [
        Entry(Happened.CONTACT, one.opened_at, one, parts[one.id], referred.get(one.id, ()))
        for one in opened
        if parts[one.id]
    ]
    happened = [
        entry
        for entry in _acts(session, case)
        if (before is None or entry.at < before) and (older_before is None or entry.at >= older_before)
    ]
    newest_first = sorted([*entries, *happened], key=lambda entry: entry.at, reverse=True)
    return Timeline(tuple(newest_first), older_before)


def _contacts(
    session: Session, case: Case, speaker: Speaker | None, *, by: Staff, now: datetime, before: datetime | None
) -> Sequence[Consultation]:
    within = reach.records_allowed(by, now=now, beside=on_the_line.speaker_in_case(session, by, case.id))
    query = wall.visible_consultations(speaker).where(Consultation.case_id == case.id, within)
    if before is not None:
        query = query.where(Consultation.opened_at < before)
    found = session.scalars(query.limit(consultations.EARLIER_AT_ONCE)).all()
    for one in found:
        subject, facts = Subject("consultation", one.id), {"case": case.id}
        audit.record(
            session, actor=staff_member(by.id), action="consultation.read", subject=subject, facts=facts, now=now
        )
    return found


def _acts(session: Session, case: Case) -> list[Entry]:
    found = [Entry(Happened.OPENED, case.created_at)]
    accepted = [one for one in case_handovers.history(session, case) if one.state is HandoverState.ACCEPTED]
    found += [Entry(Happened.HANDED_OVER, one.settled_at or one.asked_at, handover=one) for one in accepted]
    for closing in case_closing.history(session, case):
        found.append(Entry(Happened.CLOSED, closing.closed_at, closing=closing))
        if closing.reopened_at is not None:
            found.append(Entry(Happened.REOPENED, closing.reopened_at, closing=closing))
    return found


def _referrals(session: Session, opened: Sequence[Consultation]) -> dict[str, tuple[Referral, ...]]:
    query = select(Referral).where(Referral.consultation_id.in_([one.id for one in opened])).order_by(Referral.at)
    found: dict[str, tuple[Referral, ...]] = {}
    for referral in session.scalars(query):
        found[referral.consultation_id] = (*found.get(referral.consultation_id, ()), referral)
    return found
