"""Noting on a record which institution a caller was told of; later edits of the directory change nothing in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.directory.institutions import ReferralHow
from callcenter.domain.errors import HelplineError
from callcenter.models.base import new_id
from callcenter.models.directory import Referral
from callcenter.models.staff.accounts import Staff
from callcenter.services.directory import institutions
from callcenter.services.records.consultations import lock_for_writing
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member


class NoSuchReferral(HelplineError):
    """It was taken back, or never noted."""

    message = "その紹介は、もうありません。ページを読みこみ直してください。"


def record_referral(
    session: Session, record_id: str, institution_id: str, how: ReferralHow, *, by: Staff, now: datetime
) -> Referral:
    """Note a referral with the name and number of this moment; noting the same twice is noting it once."""
    record, institution = lock_for_writing(session, record_id, by), institutions.entry_with(session, institution_id)
    same = select(Referral).where(
        Referral.consultation_id == record.id, Referral.institution_id == institution.id, Referral.how == how
    )
    known = session.scalars(same).first()
    if known is not None:
        return known
    referral = Referral(
        id=new_id(),
        data_key_id=record.data_key_id,
        data_key=record.data_key,
        consultation_id=record.id,
        institution_id=institution.id,
        institution_version=institution.version,
        kind=institution.kind,
        name=institution.name,
        number=institution.number,
        cost=institution.cost,
        how=how,
        at=now,
        by_id=by.id,
    )
    session.add(referral)
    session.flush()
    _record(session, "referral.note", referral, by, now)
    return referral


def remove(session: Session, record_id: str, referral_id: str, *, by: Staff, now: datetime) -> None:
    """Take a referral off a record, as it was noted by mistake."""
    record = lock_for_writing(session, record_id, by)
    referral = session.get(Referral, referral_id)
    if referral is None or referral.consultation_id != record.id:
        raise NoSuchReferral
    _record(session, "referral.take_back", referral, by, now)
    session.delete(referral)
    session.flush()


def of_record(session: Session, record_id: str) -> Sequence[Referral]:
    """Return the referrals of a record, oldest first."""
    query = select(Referral).where(Referral.consultation_id == record_id).order_by(Referral.at, Referral.id)
    return session.scalars(query).all()


def _record(session: Session, action: str, referral: Referral, by: Staff, now: datetime) -> None:
    facts = {
        "institution": referral.institution_id,
        "version": referral.institution_version,
        "how": ReferralHow(referral.how).value,
    }
    subject = Subject("consultation", referral.consultation_id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)
