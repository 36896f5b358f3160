"""A key of the ring is replaced without a moment in which anything cannot be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from callcenter.crypto import KeyMissing, KeyRing, seal_number
from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.members.deletion import Why
from callcenter.domain.misuse.flags import FlagKind, Misuse
from callcenter.domain.phone_numbers import CallerKind
from callcenter.domain.policy import Policy
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Call
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.members.accounts import Farewell, Member
from callcenter.models.misuse import NumberFlag
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases import shredding
from callcenter.services.keeping import keys
from callcenter.services.members import deleting
from callcenter.services.members.accounts import numbers, registering
from callcenter.services.misuse import flags
from callcenter.services.trail import audit
from callcenter.services.trail.audit import OPERATOR
from tests.integration.conftest import new_session
from tests.integration.keeping.letters import Writing, registered
from tests.integration.people import NOW, draft_of, member, person_called

NUMBER = "+819012345671"


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
    shredding.shred_case(session, person.case, by=OPERATOR, now=NOW)
    session.commit()
    with new_session(engine, KeyRing(KeyRing.fresh("newer").keys + ring.keys)) as rotating:
        keys.rotate(rotating, by=OPERATOR, now=NOW)
        rotating.commit()
        gone = rotating.get_one(DataKey, person.data_key_id)
        assert (gone.wrapped, gone.destroyed_at) == (None, NOW)


# ---------------------------------------------------------------- numbers and their flags


def call_from(session: Session, number: str | None = NUMBER) -> Call:
    call = Call(
        id=new_id(),
        caller_sid=new_id(),
        state=CallState.ENDED,
        caller_kind=CallerKind.NUMBER,
        arrived_at=NOW,
        arrived_on=local_date(NOW),
        waiting_since=NOW,
        last_news_at=NOW,
    )
    session.add(call)
    if number is not None:
        call.caller_number = seal_number(ring_of(session), "calls", call.id, number)
    session.flush()
    return call


def flag_on(session: Session, number: str = NUMBER, *, days: int = 10) -> NumberFlag:
    ring = ring_of(session)
    flag = NumberFlag(
        id=new_id(),
        kind=FlagKind.FLAG,
        number_hash=ring.blind_index(flags.PURPOSE, number),
        ring_key_id=ring.current_id,
        reason=Misuse.ABUSE,
        made_by=member(session, new_id()).id,
        made_at=NOW,
        until=local_date(NOW) + timedelta(days=days),
    )
    session.add(flag)
    session.flush()
    return flag


def whole_rotation(session: Session) -> int:
    moved = sum(iter(lambda: keys.rotate(session, by=OPERATOR, now=NOW, at_most=1), 0))
    keys.rehash_flags(session, keys.recognise_flags(session, now=NOW), by=OPERATOR, now=NOW)
    session.commit()
    return moved


def test_a_kept_number_and_its_flag_move_and_are_recognised_by_the_new_key_alone(
    engine: Engine, session: Session, ring: KeyRing
) -> None:
    call, flag = call_from(session), flag_on(session)
    session.commit()
    new = KeyRing.fresh("newer")
    with new_session(engine, KeyRing(new.keys + ring.keys)) as rotating:
        before = keys.remaining(rotating, now=NOW)
        assert (before.numbers, before.flags, before.flags_until) == (1, 1, flag.until)
        assert "test" in before.ring_keys
        whole_rotation(rotating)
        after = keys.remaining(rotating, now=NOW)
        assert (after.movable, after.flags, after.ring_keys) == (0, 0, frozenset())
    with new_session(engine, new) as later:
        found = flags.of_call(later, later.get_one(Call, call.id), now=NOW, policy=Policy())
        assert found is not None
        assert found.id == flag.id
        assert flags.count_unrecognisable(later, now=NOW) == 0


def test_a_flag_whose_number_is_forgotten_keeps_the_old_key_needed_until_its_last_day(
    engine: Engine, session: Session, ring: KeyRing
) -> None:
    call_from(session, None)
    flag = flag_on(session)
    session.commit()
    with new_session(engine, KeyRing(KeyRing.fresh("newer").keys + ring.keys)) as rotating:
        whole_rotation(rotating)
        after = keys.remaining(rotating, now=NOW)
        assert (after.movable, after.flags, after.flags_until, after.ring_keys) == (
            0,
            1,
            flag.until,
            frozenset({"test"}),
        )
        assert keys.remaining(rotating, now=NOW + timedelta(days=11)).flags == 0


def test_a_number_that_was_forgotten_while_it_was_moved_does_not_come_back(
    engine: Engine, session: Session, ring: KeyRing
) -> None:
    call = call_from(session)
    session.commit()
    with new_session(engine, KeyRing(KeyRing.fresh("newer").keys + ring.keys)) as rotating:
        sealed = rotating.get_one(Call, call.id).caller_number
        assert sealed is not None
        rotating.execute(update(Call).values(caller_number=None).execution_options(synchronize_session=False))
        assert keys.rotate(rotating, by=OPERATOR, now=NOW) == 0
        rotating.commit()
        assert rotating.scalar(select(Call.caller_number)) is None


def test_a_rotation_says_what_it_moved_in_the_trail(engine: Engine, session: Session, ring: KeyRing) -> None:
    registered(session)
    some_records(session)
    with new_session(engine, KeyRing(KeyRing.fresh("newer").keys + ring.keys)) as rotating:
        keys.rotate(rotating, by=OPERATOR, now=NOW)
        rotating.commit()
        facts = rotating.scalar(select(AuditEntry.facts).where(AuditEntry.action == "keys.rotate"))
    assert facts == {"data_keys": 5, "telephones": 1, "numbers": 0, "members": 1, "moved": 7, "to": "newer"}


def test_without_the_old_key_a_rotation_stops_and_names_it(engine: Engine, session: Session) -> None:
    some_records(session)
    with new_session(engine, KeyRing.fresh("newer")) as rotating, pytest.raises(KeyMissing, match="'test'"):
        keys.rotate(rotating, by=OPERATOR, now=NOW)


# ---------------------------------------------------------------- members of the mail consultation


def test_members_are_found_before_during_and_after_a_rotation(engine: Engine, session: Session, ring: KeyRing) -> None:
    said = [Writing(f"K7M2QX9P{sign}", address=f"one{sign}@example.jp") for sign in "ABC"]
    ids = [registered(session, 0, one).id for one in said]
    session.commit()
    new = KeyRing.fresh("newer")

    def found(keyring: KeyRing) -> list[str | None]:
        with new_session(engine, keyring) as looking:
            by_number = [numbers.find(looking, one.number) for one in said]
            by_address = [registering.by_address(looking, one.address) for one in said]
            assert [[one] if one else [] for one in by_number] == by_address
            return [one.id if one else None for one in by_number]

    both = KeyRing(new.keys + ring.keys)
    assert found(ring) == found(both) == ids
    with new_session(engine, both) as rotating:
        assert (keys.remaining(rotating, now=NOW).members, keys.remaining(rotating, now=NOW).movable) == (3, 6)
        while keys.rotate(rotating, by=OPERATOR, now=NOW, at_most=2):
            rotating.commit()
            assert found(both) == ids  # it may be interrupted anywhere
        assert keys.remaining(rotating, now=NOW).ring_keys == frozenset()
        assert keys.rotate(rotating, by=OPERATOR, now=NOW) == 0
    assert found(new) == ids
    assert found(ring) == [None] * 3


def test_an_address_that_is_changed_during_a_rotation_brings_the_number_along(
    engine: Engine, session: Session, ring: KeyRing
) -> None:
    one = registered(session, 0, Writing()).id
    session.commit()
    new = KeyRing.fresh("newer")
    with new_session(engine, KeyRing(new.keys + ring.keys)) as changing:
        registering.set_address(changing, changing.get_one(Member, one), "another@example.jp")
        changing.commit()
        assert keys.remaining(changing, now=NOW).members == 0
        while keys.rotate(changing, by=OPERATOR, now=NOW):
            changing.commit()
    with new_session(engine, new) as later:
        by_number = numbers.find(later, Writing().number)
        assert by_number is not None
        assert [by_number] == list(registering.by_address(later, "another@example.jp"))


def test_the_number_of_a_deleted_member_hinders_no_rotation(engine: Engine, session: Session, ring: KeyRing) -> None:
    deleting.delete_member(session, registered(session, 0, Writing()), by=OPERATOR, why=Why.WITHDREW, now=NOW)
    session.commit()
    with new_session(engine, KeyRing(KeyRing.fresh("newer").keys + ring.keys)) as rotating:
        while keys.rotate(rotating, by=OPERATOR, now=NOW):
            rotating.commit()
        assert keys.remaining(rotating, now=NOW).movable == 0
        farewell = rotating.scalars(select(Farewell)).one()
        assert farewell.address == Writing().address
