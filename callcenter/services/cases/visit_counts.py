"""The count of used visits (promise V11), which outlives the case.

After a case was destroyed the count is kept under a keyed hash of the subject's name and place. The key is drawn
from the trail's own data key, which never changes, so that a rotation of the ring loses no count.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.crypto import derive_key
from callcenter.domain.names.nicknames import normalise
from callcenter.domain.records.record_codes import Channel
from callcenter.models.cases.cases import Case, Person
from callcenter.models.keeping.retention import VisitCount
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.trail.audit import AuditHead


def keep(session: Session, case: Case, people: Iterable[Person], contacts: Iterable[Consultation]) -> bool:
    """Keep the visit counts of a case that is about to be destroyed; False if there were none."""
    days = sorted(
        one.local_date for one in contacts if one.channel == Channel.VISIT and one.state is ConsultationState.FINISHED
    )
    subjects = [person for person in people if person.is_subject]
    before = max((used_before(session, case, person) for person in subjects), default=0)
    if not days and not before:
        return False
    for person_hash in {name for person in subjects for name in _hashes(session, case, person)}:
        row = session.get(VisitCount, person_hash)
        if row is None and days:
            session.add(VisitCount(person_hash=person_hash, used=before + len(days), last_on=days[-1]))
        elif row is not None and days:
            row.used, row.last_on = before + len(days), max(row.last_on, days[-1])
    return True


def used_before(session: Session, case: Case, person: Person) -> int:
    """Return how many visits somebody of this name and place has used in destroyed cases."""
    hashes = _hashes(session, case, person)
    return max(session.scalars(select(VisitCount.used).where(VisitCount.person_hash.in_(hashes))), default=0)


def _hashes(session: Session, case: Case, person: Person) -> list[bytes]:
    head = session.scalar(select(AuditHead.data_key_id))
    if head is None:
        return []  # nothing was ever done here, so nobody was visited
    key = derive_key(session.get_one(DataKey, head).unwrap(ring_of(session)), "visit counts")
    names = {normalise(text) for name in person.nicknames for text in (name.text, name.reading) if normalise(text)}
    place = f"{case.prefecture}/{case.municipality}"
    return [hmac.new(key, f"{name}\n{place}".encode(), hashlib.sha256).digest() for name in sorted(names)]
