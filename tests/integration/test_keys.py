"""A key of the ring is replaced without a moment in which anything cannot be read."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyMissing, KeyRing
from callcenter.models.consultations import Consultation
from callcenter.models.keys import DataKey
from callcenter.models.people import Staff
from callcenter.services import audit, cases, keys
from callcenter.services.audit import OPERATOR
from tests.integration.conftest import new_session
from tests.integration.people import NOW, draft_of, member, person_called


def some_records(session: Session) -> None:
    counsellor = member(session, "a")
    counsellor.phone = "+819012345678"
    for number in range(3):
        draft = draft_of(session, counsellor)
        draft.story = f"話{number}"
    session.commit()


def stories(session: Session) -> list[str]:
    return sorted(found.story or "" for found in session.scalars(select(Consultation)))


def test_an_interrupted_rotation_goes_on_where_it_stopped(engine: Engine, session: Session, ring: KeyRing) -> None:
    some_records(session)
    new = KeyRing.fresh("newer")
    with new_session(engine, KeyRing(new.keys + ring.keys)) as rotating:
        for _ in range(2):  # and then the machine stops in the third step
            keys.rotate(rotating, by=OPERATOR, now=NOW, at_most=1)
            rotating.commit()
        keys.rotate(rotating, by=OPERATOR, now=NOW, at_most=1)
        rotating.rollback()
        assert stories(rotating) == ["話0", "話1", "話2"]
        moved = []
        while step := keys.rotate(rotating, by=OPERATOR, now=NOW, at_most=2):
            moved.append(step)
            rotating.commit()
    assert sum(moved) == 3  # three texts' keys, the trail's and the telephone, less the two done before
    with new_session(engine, new) as later:
        assert stories(later) == ["話0", "話1", "話2"]
        assert later.scalars(select(Staff)).one().phone == "+819012345678"
        assert audit.verify(later) is None


def test_a_key_taken_out_too_early_is_named(engine: Engine, session: Session) -> None:
    some_records(session)
    with new_session(engine, KeyRing.fresh("newer")) as early, pytest.raises(KeyMissing, match="'test'"):
        stories(early)


def test_what_was_destroyed_stays_destroyed_through_a_rotation(engine: Engine, session: Session, ring: KeyRing) -> None:
    person = person_called(session, "ミナト")
    cases.shred(session, person.case, by=OPERATOR, now=NOW)
    session.commit()
    with new_session(engine, KeyRing(KeyRing.fresh("newer").keys + ring.keys)) as rotating:
        keys.rotate(rotating, by=OPERATOR, now=NOW)
        rotating.commit()
        gone = rotating.get_one(DataKey, person.data_key_id)
        assert (gone.wrapped, gone.destroyed_at) == (None, NOW)
