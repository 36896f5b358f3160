"""Two entries of one person, or two cases of one family, become one and can be parted again, with both histories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Table, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.cases.continuity import Wish
from callcenter.domain.cases.linking import AlreadyMerged, ConsentNeeded, LaterMergeFirst, SameOne
from callcenter.domain.cases.wall import Speaker
from callcenter.domain.records.record_codes import Channel
from callcenter.domain.staff.roles import Role
from callcenter.models.cases.cases import Case, Nickname, NicknameKey, Person
from callcenter.models.cases.continuity import CallerCode, CallerWish, Promise
from callcenter.models.cases.family import ChannelConsent, Merge
from callcenter.models.keys import sealed_attributes
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases import cases, consents, continuity, linking, merging, shredding, wall
from callcenter.services.cases.cases import NewPerson
from callcenter.services.names.nickname_search import search
from callcenter.services.records import consultations
from callcenter.services.trail.audit import OPERATOR
from tests.integration.conftest import new_session
from tests.integration.people import NOW, draft_of, member, person_called

KEPT_AS_THEY_ARE = (Case, Person, Nickname, NicknameKey, Consultation, CallerWish, Promise, CallerCode, ChannelConsent)


@pytest.fixture
def chief(session: Session) -> Staff:
    return member(session, "chief", Role.SUPERVISOR)


def talk(session: Session, by: Staff, person: Person, days: int, story: str = "話") -> Consultation:
    record = draft_of(session, by, NOW - timedelta(days=days))
    consultations.save_draft(session, record.id, 1, {"story": story}, by=by, now=NOW)
    return linking.confirm_person(session, record.id, person.id, by=by, now=NOW - timedelta(days=days))


def rows(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Everything that a merge may touch, as the database has it."""
    session.flush()
    found: dict[str, list[dict[str, Any]]] = {}
    for model in KEPT_AS_THEY_ARE:
        table = cast(Table, model.__table__)
        found[table.name] = [
            dict(row) for row in session.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
    return found


def history(session: Session, person: Person) -> list[str]:
    return [row.id for row in session.scalars(wall.visible_consultations(Speaker(person.case_id, person.id)))]


def test_two_entries_of_one_person_tell_one_story(session: Session, chief: Staff) -> None:
    kept, other = person_called(session, "ミナト"), person_called(session, "みーくん")
    old, new = talk(session, chief, other, 5, "絵の話"), talk(session, chief, kept, 1)
    continuity.add_wish(session, other, Wish.SILENCE, by=chief, now=NOW)
    before = rows(session)
    merge = merging.merge_people(session, kept.id, other.id, by=chief, now=NOW)
    assert history(session, kept) == [new.id, old.id]
    assert (old.person_id, old.case_id, old.story) == (kept.id, kept.case_id, "絵の話")
    assert [one.person_id for one in search(session, "みーくん")] == [kept.id]
    assert [one.wish for one in continuity.wishes(session, kept.id)] == [Wish.SILENCE]
    assert cases.get_person(session, other.id) is kept
    merging.undo(session, merge.id, by=chief, now=NOW)
    assert rows(session) == before
    assert (history(session, kept), history(session, other)) == ([new.id], [old.id])
    session.commit()
    acts = select(AuditEntry.action).where(AuditEntry.action.in_(["person.merge", "person.unmerge"]))
    assert session.scalars(acts.order_by(AuditEntry.seq)).all() == ["person.merge", "person.unmerge"]


def test_two_cases_of_one_family_keep_the_wall_between_their_people(session: Session, chief: Staff) -> None:
    son, mother = person_called(session, "ミナト"), person_called(session, "ミナトの母", "mother")
    hers = talk(session, chief, mother, 3)
    before = rows(session)
    merge = merging.merge_cases(session, son.case_id, mother.case_id, by=chief, now=NOW)
    assert (mother.case_id, hers.case_id) == (son.case_id, son.case_id)
    assert history(session, son) == []
    assert son.case.last_contact_on == hers.local_date
    merging.undo(session, merge.id, by=chief, now=NOW)
    assert rows(session) == before


def test_what_was_written_since_goes_where_the_counsellor_says(session: Session, chief: Staff) -> None:
    kept, other = person_called(session, "ミナト"), person_called(session, "みーくん")
    talk(session, chief, other, 5)
    merge = merging.merge_people(session, kept.id, other.id, by=chief, now=NOW - timedelta(days=3))
    stays, goes = talk(session, chief, kept, 2), talk(session, chief, kept, 1)
    promise = continuity.make_promise(
        session, kept, "絵を見る", due_on=None, owner=chief, record=goes, by=chief, now=NOW
    )
    assert [one.id for one in merging.written_since(session, merge).consultations] == [stays.id, goes.id]
    merging.undo(session, merge.id, back=[goes.id], by=chief, now=NOW)
    assert (stays.person_id, goes.person_id, goes.case_id) == (kept.id, other.id, other.case_id)
    assert (promise.person_id, promise.note) == (other.id, "絵を見る")
    assert promise.data_key_id == other.data_key_id


def test_somebody_added_to_the_joined_case_may_go_back_with_their_texts(session: Session, chief: Staff) -> None:
    son, mother = person_called(session, "ミナト"), person_called(session, "ミナトの母", "mother")
    merge = merging.merge_cases(session, son.case_id, mother.case_id, by=chief, now=NOW)
    later = NOW + timedelta(days=1)
    father = NewPerson("ミナトの父", relation="father", how_to_address="ゆっくり")
    father_of_her_case = cases.add_person(session, son.case, father, by=OPERATOR, now=later)
    assert [one.id for one in merging.written_since(session, merge).people] == [father_of_her_case.id]
    merging.undo(session, merge.id, back=[father_of_her_case.id], by=chief, now=later)
    assert father_of_her_case.case_id == mother.case_id != son.case_id
    shredding.shred_case(session, son.case, by=OPERATOR, now=later)
    session.expire_all()
    assert father_of_her_case.how_to_address == "ゆっくり"


def test_every_text_about_a_person_can_be_read_with_the_key_they_were_given(session: Session) -> None:
    son, other = person_called(session, "ミナト"), person_called(session, "はるか")
    for name in sealed_attributes(Person):
        setattr(son, name, f"text of {name}")
    continuity.move_texts(session, son.id, other.case.data_key)
    shredding.shred_case(session, son.case, by=OPERATOR, now=NOW)
    session.expire_all()
    assert {name: getattr(son, name) for name in sealed_attributes(Person)} == {
        "how_to_address": "text of how_to_address",
        "before": "text of before",
    }


def test_a_record_that_was_linked_elsewhere_meanwhile_stays_there(session: Session, chief: Staff) -> None:
    kept, other, third = (person_called(session, name) for name in ("ミナト", "みーくん", "ゆき"))
    moved = talk(session, chief, other, 5)
    merge = merging.merge_people(session, kept.id, other.id, by=chief, now=NOW)
    linking.confirm_person(session, moved.id, third.id, by=chief, now=NOW)
    merging.undo(session, merge.id, by=chief, now=NOW)
    assert moved.person_id == third.id


def test_merges_that_build_on_one_another_are_undone_newest_first(session: Session, chief: Staff) -> None:
    one, two, three = (person_called(session, name) for name in ("ミナト", "みーくん", "みなとっち"))
    first = merging.merge_people(session, two.id, one.id, by=chief, now=NOW)
    second = merging.merge_people(session, three.id, two.id, by=chief, now=NOW + timedelta(minutes=1))
    with pytest.raises(LaterMergeFirst):
        merging.undo(session, first.id, by=chief, now=NOW)
    for merge in (second, first):
        merging.undo(session, merge.id, by=chief, now=NOW)
    assert {one.case_id, two.case_id, three.case_id} == set(session.scalars(select(Case.id)))


@pytest.mark.parametrize("pair, refusal", [("aa", SameOne), ("ac", AlreadyMerged), ("ca", AlreadyMerged)])
def test_nobody_is_merged_with_themselves_or_twice(
    session: Session, chief: Staff, pair: str, refusal: type[Exception]
) -> None:
    people = {key: person_called(session, f"名前{key}") for key in "abc"}
    merging.merge_people(session, people["b"].id, people["c"].id, by=chief, now=NOW)
    with pytest.raises(refusal):
        merging.merge_people(session, people[pair[0]].id, people[pair[1]].id, by=chief, now=NOW)


def test_records_of_another_channel_join_with_consent_only(session: Session, chief: Staff) -> None:
    by_phone, by_mail = person_called(session, "ミナト"), person_called(session, "みーくん")
    talk(session, chief, by_phone, 2)
    letter = consultations.open_draft(
        session, call_id=None, channel=Channel.MAIL, counsellor_id=chief.id, hint=None, now=NOW
    )
    linking.confirm_person(session, letter.id, by_mail.id, by=chief, now=NOW)
    with pytest.raises(ConsentNeeded):
        merging.merge_people(session, by_phone.id, by_mail.id, by=chief, now=NOW)
    with pytest.raises(ConsentNeeded):
        linking.confirm_person(session, letter.id, by_phone.id, by=chief, now=NOW)
    consent = consents.give(session, by_phone.id, Channel.MAIL, by=chief, now=NOW)
    consents.withdraw(session, by_phone.id, consent.id, by=chief, now=NOW)
    with pytest.raises(ConsentNeeded):
        merging.merge_people(session, by_phone.id, by_mail.id, by=chief, now=NOW)
    consents.give(session, by_phone.id, Channel.MAIL, by=chief, now=NOW)
    merging.merge_people(session, by_phone.id, by_mail.id, by=chief, now=NOW)
    assert letter.person_id == by_phone.id


def test_a_destroyed_case_takes_the_keys_of_those_it_took_in_along(session: Session, chief: Staff) -> None:
    kept, other = person_called(session, "ミナト"), person_called(session, "みーくん")
    continuity.add_wish(session, other, Wish.OTHER, "夜の話はしない", by=chief, now=NOW)
    shell = other.case
    merging.merge_people(session, kept.id, other.id, by=chief, now=NOW)
    shredding.shred_case(session, kept.case, by=OPERATOR, now=NOW)
    session.flush()
    assert (shell.data_key.wrapped, kept.data_key.wrapped) == (None, None)
    assert session.scalars(select(CallerWish)).all() == []


# ---- generated families


@pytest.fixture
def crowd(sqlite_url: str, ring: KeyRing) -> Iterator[Session]:
    from callcenter.models.engines import connect

    engine: Engine = connect(sqlite_url)
    with new_session(engine, ring) as session:
        yield session
    engine.dispose()


Pair = tuple[int, int]
PEOPLE = 5


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    links=st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(1, 9)), max_size=6),
    merges=st.lists(st.tuples(st.booleans(), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)), max_size=5),
    data=st.data(),
)
def test_however_people_and_cases_were_merged_undoing_all_restores_every_row(
    crowd: Session, links: list[Pair], merges: list[tuple[bool, int, int]], data: st.DataObject
) -> None:
    crowd.rollback()
    chief = member(crowd, "chief", Role.SUPERVISOR)
    people = [person_called(crowd, f"名前{number}") for number in range(PEOPLE - 1)]
    people.append(cases.add_person(crowd, people[0].case, NewPerson("家族", relation="mother"), by=OPERATOR, now=NOW))
    for who, days in links:
        talk(crowd, chief, people[who], days)
        continuity.give_code(crowd, people[who], by=chief, now=NOW)
    before, now, done = rows(crowd), NOW, list[str]()
    for of_people, kept, absorbed in merges:
        now += timedelta(minutes=1)
        merge = _merged(crowd, of_people, people[kept], people[absorbed], chief, now)
        if merge is not None:
            done.append(merge.id)
    assert all(_is_consistent(record) for record in crowd.scalars(select(Consultation)))
    while done:
        chosen = data.draw(st.sampled_from(done))
        now += timedelta(minutes=1)
        try:
            merging.undo(crowd, chosen, by=chief, now=now)
        except LaterMergeFirst:
            chosen = done[-1]
            merging.undo(crowd, chosen, by=chief, now=now)
        done.remove(chosen)
    assert rows(crowd) == before


def _merged(
    session: Session, of_people: bool, kept: Person, absorbed: Person, by: Staff, now: datetime
) -> Merge | None:
    try:
        if of_people:
            return merging.merge_people(session, kept.id, absorbed.id, by=by, now=now)
        return merging.merge_cases(session, kept.case_id, absorbed.case_id, by=by, now=now)
    except (SameOne, AlreadyMerged):
        return None


def _is_consistent(record: Consultation) -> bool:
    return record.person is None or (record.case_id == record.person.case_id and record.person.merged_into_id is None)
