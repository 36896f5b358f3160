"""After a rule of spelling has changed the index of names is built anew, batch by batch, while the line is running."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.names.nicknames import SPELLING, form_keys, strict_forms
from callcenter.models.cases.cases import Case, Nickname, NicknameForm, NicknameFormKey, NicknameKey, Person
from callcenter.services.names import nickname_index, nickname_reindex, nicknames
from callcenter.services.names.nickname_reindex import Outdated, outdated
from callcenter.services.names.nickname_search import search
from callcenter.services.trail.audit import OPERATOR
from tests.integration.conftest import new_session
from tests.integration.people import NOW, person_called

TODAY = date(2026, 11, 20)
OLD = SPELLING - 1
WRITTEN = ["みなと", "ミナト", "minato", "港", "ゆき", "ユキ", "yuki", "ohno", "Itoh", "たろう", "あ", "さくらさん"]


def index_by_older_rules(session: Session, names: list[Nickname]) -> None:
    """Leave these names, and forms of theirs that nobody else has, as other rules of spelling would have made them."""
    nickname_index.remove(session, [name.id for name in names])
    living = [name for name in names if name.retired_on is None]
    forms = Counter(_older_form(name) for name in living)
    if living:
        rows = [{"kind": "exact", "value": _older_form(name), "recency": 0, "nickname_id": name.id} for name in living]
        session.execute(insert(NicknameKey), rows)
    nickname_index.refresh(session, {name.person_id for name in living})
    nickname_index.count(session, forms)
    for form in forms:
        session.execute(delete(NicknameFormKey).where(NicknameFormKey.form == form))
        weight = session.scalars(select(NicknameForm.holders).where(NicknameForm.form == form)).one().bit_length()
        session.add(NicknameFormKey(kind="older", value=form, weight=weight, form=form))
    session.flush()
    session.execute(update(NicknameForm).where(NicknameForm.form.in_(forms)).values(spelling=OLD))
    session.execute(update(Nickname).where(Nickname.id.in_([name.id for name in names])).values(spelling=OLD))


def _older_form(name: Nickname) -> str:
    """Return a form that only the older rules make, or, of every third name, the one that they make still."""
    return name.text[::-1] if len(name.text) % 3 else min(strict_forms(name.text, name.reading))


def index(session: Session) -> dict[str, Any]:
    session.expire_all()
    cues = [getattr(NicknameKey, cue) for cue in nickname_index.CUES]
    entries = session.execute(select(NicknameKey.kind, NicknameKey.value, NicknameKey.nickname_id, *cues)).all()
    recency = session.execute(select(NicknameKey.nickname_id, NicknameKey.recency)).all()
    keys = select(NicknameFormKey.form, NicknameFormKey.kind, NicknameFormKey.value, NicknameFormKey.weight)
    return {
        "entries": set(map(tuple, entries)),
        "recency": set(map(tuple, recency)),
        "forms": {row.form: row.holders for row in session.scalars(select(NicknameForm))},
        "keys": set(map(tuple, session.execute(keys).all())),
        "versions": set(session.scalars(select(Nickname.spelling)))
        | set(session.scalars(select(NicknameForm.spelling))),
    }


def fresh(session: Session) -> dict[str, Any]:
    """Return the index as the present rules make it of the names that are there."""
    query = select(Nickname, Person, Case).join(Person, Nickname.person_id == Person.id).join(Case)
    entries, recency, forms = set(), set(), Counter[str]()
    for name, person, case in session.execute(query.where(Nickname.retired_on.is_(None))):
        known = (person.relation, person.age_band, case.prefecture, "unknown", "unknown")
        for form in strict_forms(name.text, name.reading):
            entries.add(("exact", form, name.id, *known))
            recency.add((name.id, person.last_contact_on.toordinal() if person.last_contact_on else 0))
            forms[form] += 1
    keys = {(form, key.kind, key.value, many.bit_length()) for form, many in forms.items() for key in form_keys(form)}
    versions = {SPELLING} if entries else set()
    return {"entries": entries, "recency": recency, "forms": dict(forms), "keys": keys, "versions": versions}


def every_name(session: Session) -> list[Nickname]:
    return list(session.scalars(select(Nickname).order_by(Nickname.id)))


def reindex(session: Session, at_most: int) -> int:
    batches = 0
    while nickname_reindex.batch(session, at_most=at_most):
        session.commit()
        batches += 1
    session.commit()
    return batches


def some_people(session: Session) -> None:
    people = [
        person_called(session, name, ("self", "mother", "sibling")[place % 3]) for place, name in enumerate(WRITTEN)
    ]
    for place, person in enumerate(people):
        person.relation = ("self", "mother", "sibling")[place % 3]
        person.last_contact_on = date(2026, 11, 1 + place)
    person = people[-1]
    nicknames.add_nickname(session, person, "港町", "みなと", by=OPERATOR, now=NOW, since=TODAY)
    retired = nicknames.add_nickname(session, person, "もう使わない", by=OPERATOR, now=NOW, since=TODAY)
    nicknames.retire(session, person, retired.id, by=OPERATOR, now=NOW, on=TODAY)
    session.commit()


def test_names_that_older_rules_spelt_are_indexed_anew_and_nothing_else_is_touched(session: Session) -> None:
    some_people(session)
    kept = index(session)
    assert kept == fresh(session)
    index_by_older_rules(session, every_name(session))
    session.commit()
    assert index(session) != kept
    assert outdated(session).names == len(WRITTEN) + 2
    assert reindex(session, at_most=3) > 5
    assert index(session) == kept
    assert outdated(session) == Outdated(0, 0)
    assert reindex(session, at_most=3) == 0


@pytest.mark.parametrize("batches", range(0, 9, 2))
def test_a_reindex_that_was_killed_goes_on_where_it_stopped(engine: Engine, ring: KeyRing, batches: int) -> None:
    with new_session(engine, ring) as session:
        some_people(session)
        index_by_older_rules(session, every_name(session))
        session.commit()
        left = outdated(session)
        for _ in range(batches):
            nickname_reindex.batch(session, at_most=2)
            session.commit()
        nickname_reindex.batch(session, at_most=2)  # and in the midst of this one the process is gone
    with new_session(engine, ring) as session:
        assert outdated(session).names == max(0, left.names - 2 * batches)
        reindex(session, at_most=2)
        assert index(session) == fresh(session)


def test_people_are_found_all_the_while(session: Session) -> None:
    some_people(session)
    index_by_older_rules(session, every_name(session))
    session.commit()
    more = True
    while more:
        for written in WRITTEN:  # whoever types a name as it stands in the record finds the person
            assert written in {one.nickname for one in search(session, written)}, written
        session.rollback()
        more = nickname_reindex.batch(session, at_most=1) > 0
        session.commit()
    person_called(session, "そのあいだに")
    assert [one.nickname for one in search(session, "そのあいだ")] == ["そのあいだに"]


def test_a_name_found_by_its_older_form_stays_in_the_list(session: Session) -> None:
    person_called(session, "さくらこ")
    index_by_older_rules(session, every_name(session))  # which made こらくさ of it
    session.commit()
    assert [one.nickname for one in search(session, "こらくさ")] == ["さくらこ"]
    reindex(session, at_most=50)
    assert search(session, "こらくさ") == []


def test_a_name_that_is_corrected_meanwhile_is_indexed_by_the_present_rules(session: Session) -> None:
    person, other = person_called(session, "さくら"), person_called(session, "つばさ")
    index_by_older_rules(session, every_name(session))
    session.commit()
    session.expire_all()
    nicknames.correct(session, person, person.nicknames[0].id, "さくらこ", by=OPERATOR, now=NOW)
    session.commit()
    assert outdated(session).names == 1
    nicknames.forget(session, [other.id])
    session.commit()
    reindex(session, at_most=1)
    assert index(session) == fresh(session)


def test_what_is_written_while_it_runs_is_not_lost(engine: Engine, ring: KeyRing) -> None:
    with new_session(engine, ring) as session:
        some_people(session)
        for _ in range(20):
            person_called(session, "みなと")
        index_by_older_rules(session, every_name(session))
        session.commit()
        people = [person.id for person in session.scalars(select(Person).order_by(Person.id))]
    faults = list[Exception]()

    def write() -> None:
        try:
            for place, person_id in enumerate(people):
                with new_session(engine, ring) as session:
                    person = session.get_one(Person, person_id)
                    person.relation, person.last_contact_on = "father", date(2026, 10, 1 + place % 28)
                    person.case.prefecture = "13"
                    session.flush()
                    if place % 5 == 0:
                        nicknames.correct(session, person, person.nicknames[0].id, "ゆう", by=OPERATOR, now=NOW)
                    session.commit()
        except Exception as fault:  # noqa: BLE001  # told below, in the test's own thread
            faults.append(fault)

    writer = threading.Thread(target=write)
    writer.start()
    with new_session(engine, ring) as session:
        while nickname_reindex.batch(session, at_most=2) or writer.is_alive():
            session.commit()
        session.commit()
    writer.join()
    assert faults == []
    with new_session(engine, ring) as session:
        assert index(session) == fresh(session)


NAMES = st.sampled_from([*WRITTEN, "とみな", "なみと"])
READINGS = st.sampled_from(["", "みなと", "ゆき"])


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.tuples(NAMES, READINGS, st.booleans()), min_size=1, max_size=8), at_most=st.integers(1, 5))
def test_after_a_reindex_the_index_is_as_if_made_afresh(
    session: Session, names: list[tuple[str, str, bool]], at_most: int
) -> None:
    for written, reading, older in names:
        person = person_called(session, written)
        if reading:
            nicknames.add_nickname(session, person, f"{written}{reading}", reading, by=OPERATOR, now=NOW, since=TODAY)
        session.flush()
        if older:
            of_person = select(Nickname).where(Nickname.person_id == person.id)
            index_by_older_rules(session, list(session.scalars(of_person)))
    session.commit()
    reindex(session, at_most)
    assert index(session) == fresh(session)
