"""A person's consent to joining their records of several channels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.linking import ConsentNeeded, missing_consent
from callcenter.models.base import new_id
from callcenter.models.cases.family import ChannelConsent
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member


def channels_of(session: Session, person_id: str) -> set[str]:
    """Return the channels on which this person has records."""
    return set(session.scalars(select(Consultation.channel).where(Consultation.person_id == person_id).distinct()))


def standing(session: Session, person_id: str) -> Sequence[ChannelConsent]:
    """Return the consents in force, oldest first."""
    query = select(ChannelConsent).where(ChannelConsent.person_id == person_id, ChannelConsent.withdrawn_at.is_(None))
    return session.scalars(query.order_by(ChannelConsent.recorded_at, ChannelConsent.id)).all()


def check(session: Session, person_id: str, joining: Collection[str], *, also: Collection[str] = ()) -> None:
    """Raise ``ConsentNeeded`` if records of the channels *joining* may not be joined with this person's.

    *also* are further people, entries of the same person, whose consents count as well.
    """
    agreed = {one.channel for who in (person_id, *also) for one in standing(session, who)}
    if missing_consent(channels_of(session, person_id), joining, agreed):
        raise ConsentNeeded


def give(session: Session, person_id: str, channel: str, *, by: Staff, now: datetime) -> ChannelConsent:
    """Store that the person agreed today; a consent in force is not stored twice."""
    known = next((one for one in standing(session, person_id) if one.channel == channel), None)
    if known is not None:
        return known
    consent = ChannelConsent(
        id=new_id(), person_id=person_id, channel=channel, given_on=local_date(now), recorded_at=now, recorded_by=by.id
    )
    session.add(consent)
    session.flush()
    _note(session, consent, "consent.give", by, now)
    return consent


def withdraw(session: Session, person_id: str, consent_id: str, *, by: Staff, now: datetime) -> None:
    """Store that the person withdrew a consent; the counsellor unlinks what is linked already."""
    consent = next((one for one in standing(session, person_id) if one.id == consent_id), None)
    if consent is not None:
        consent.withdrawn_at, consent.withdrawn_by = now, by.id
        _note(session, consent, "consent.withdraw", by, now)


def _note(session: Session, consent: ChannelConsent, action: str, by: Staff, now: datetime) -> None:
    subject, facts = Subject("person", consent.person_id), {"channel": consent.channel}
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)
