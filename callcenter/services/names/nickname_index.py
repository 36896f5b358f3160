"""The index of nicknames: strict forms, the keys under which they are found, and the cues of their people.

Whoever changes a person, their case or a consultation through the session need not think of it: the cues follow
with the flush. A form and its keys are there as long as anybody goes by it; the form's row is the lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, delete, event, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, UOWTransaction

from callcenter.domain.names.nickname_cues import UNKNOWN, Cues
from callcenter.domain.names.nicknames import SPELLING, KeyKind, form_keys, strict_forms
from callcenter.models.cases.cases import Case, Nickname, NicknameForm, NicknameFormKey, NicknameKey, Person
from callcenter.models.records import Consultation

AT_ONCE = 500
CUES = tuple(field.name for field in fields(Cues))
OLD_KINDS = ("folded", "prefix", "slip", "unvoiced")
"""What every nickname had of its own before forms were shared."""

WATCHED: Mapping[type, tuple[str, ...]] = {
    Person: ("relation", "age_band", "last_contact_on", "case_id"),
    Case: ("prefecture",),
    Consultation: ("main_topic", "counsellor_id"),
    Nickname: ("person_id",),
}
"""What the cues are drawn from."""

Item = TypeVar("Item")


def add(session: Session, name: Nickname) -> None:
    """Index the flushed nickname *name*."""
    name.spelling = SPELLING
    forms = strict_forms(name.text, name.reading)
    rows = [{"kind": KeyKind.EXACT.value, "value": form, "recency": 0, "nickname_id": name.id} for form in forms]
    session.execute(insert(NicknameKey), rows)
    refresh(session, [name.person_id])
    count(session, Counter(forms))


def remove(session: Session, nickname_ids: Iterable[str]) -> None:
    """Remove these nicknames from the index."""
    for some in batches(sorted(nickname_ids)):
        of_these = NicknameKey.nickname_id.in_(some)
        forms = session.scalars(select(NicknameKey.value).where(of_these, NicknameKey.kind == KeyKind.EXACT.value))
        gone = Counter(forms.all())
        session.execute(delete(NicknameKey).where(of_these), execution_options={"synchronize_session": False})
        count(session, {form: -people for form, people in gone.items()})


def refresh(session: Session, person_ids: Iterable[str]) -> None:
    """Recompute recency and cues of these people's names.

    The names stay locked, so that whoever gives them other keys meanwhile either comes first or sees what is known now.
    """
    connection = session.connection()
    change = update(NicknameKey).where(NicknameKey.nickname_id == bindparam("name"))
    for some in batches(sorted(person_ids)):
        names = select(Nickname.id).where(Nickname.person_id.in_(some), Nickname.retired_on.is_(None))
        connection.execute(names.order_by(Nickname.id).with_for_update(key_share=True))
        rows = [
            {"name": row.id, "recency": recency(row.last_contact_on)}
            | {cue: getattr(row, cue) or UNKNOWN for cue in CUES}
            for row in connection.execute(_known().where(Person.id.in_(some)))
        ]
        if rows:
            connection.execute(change, rows)


def recency(last_contact_on: date | None) -> int:
    """Return the sort value of a last contact within a form."""
    return last_contact_on.toordinal() if last_contact_on else 0


def count(session: Session, change: Mapping[str, int]) -> None:
    """Update how many names go by each form; a new form gets its keys, an unused one is deleted."""
    for some in batches(sorted(form for form, people in change.items() if people)):
        locked = select(NicknameForm.form, NicknameForm.holders).where(NicknameForm.form.in_(some))
        before = {
            row.form: row.holders for row in session.execute(locked.order_by(NicknameForm.form).with_for_update())
        }
        new = [form for form in some if form not in before and change[form] > 0]
        try:
            with session.begin_nested():  # of two who bring a new form the database says who was first
                _make(session, {form: change[form] for form in new})
        except IntegrityError:
            before |= dict.fromkeys(new, 0)
            for form in new:
                count(session, {form: change[form]})
                change = {**change, form: 0}
        _recount(session, {form: (holders, holders + change[form]) for form, holders in before.items() if change[form]})


def complete(session: Session) -> int:
    """Index the nicknames that an older version indexed, and return how many they were."""
    done = 0
    old = select(NicknameKey.nickname_id).where(NicknameKey.kind.in_(OLD_KINDS)).distinct().limit(AT_ONCE)
    while some := session.scalars(old).all():
        names = session.execute(select(Nickname.id, Nickname.person_id).where(Nickname.id.in_(some))).all()
        exact = select(NicknameKey.value).where(
            NicknameKey.nickname_id.in_(some), NicknameKey.kind == KeyKind.EXACT.value
        )
        count(session, Counter(session.scalars(exact).all()))
        refresh(session, {row.person_id for row in names})
        gone = delete(NicknameKey).where(NicknameKey.nickname_id.in_(some), NicknameKey.kind.in_(OLD_KINDS))
        session.execute(gone, execution_options={"synchronize_session": False})
        done += len(some)
    return done


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield a long list in pieces that fit into one statement."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


def _make(session: Session, holders: Mapping[str, int]) -> None:
    if not holders:
        return
    session.execute(insert(NicknameForm), [{"form": form, "holders": people} for form, people in holders.items()])
    keys = [
        {"kind": key.kind.value, "value": key.value, "weight": people.bit_length(), "form": form}
        for form, people in holders.items()
        for key in sorted(form_keys(form))
    ]
    session.execute(insert(NicknameFormKey), keys)


def _recount(session: Session, forms: Mapping[str, tuple[int, int]]) -> None:
    left = [form for form, (_before, now) in forms.items() if now <= 0]
    for model in (NicknameFormKey, NicknameForm):
        if left:
            unused = delete(model).where(model.form.in_(left))
            session.execute(unused, execution_options={"synchronize_session": False})
    kept = [{"name": form, "people": now} for form, (_before, now) in forms.items() if now > 0]
    if kept:
        change = update(NicknameForm).where(NicknameForm.form == bindparam("name")).values(holders=bindparam("people"))
        session.connection().execute(change, kept)
    for form, (before, now) in forms.items():
        if now > 0 and before.bit_length() != now.bit_length():
            moved = update(NicknameFormKey).where(NicknameFormKey.form == form).values(weight=now.bit_length())
            session.execute(moved, execution_options={"synchronize_session": False})


def _known() -> Select[Any]:
    """Return the query of the cues of people, by nickname: last topic, and last counsellor."""
    last = select(Consultation).where(Consultation.person_id == Person.id).limit(1).correlate(Person)
    last = last.order_by(Consultation.opened_at.desc(), Consultation.id.desc())
    topic = last.where(Consultation.main_topic != UNKNOWN).with_only_columns(Consultation.main_topic)
    counsellor = last.with_only_columns(Consultation.counsellor_id)
    return (
        select(
            Nickname.id,
            Person.last_contact_on,
            Person.relation,
            Person.age_band,
            Case.prefecture,
            topic.scalar_subquery().label("topic"),
            counsellor.scalar_subquery().label("counsellor"),
        )
        .join(Person, Nickname.person_id == Person.id)
        .join(Case, Person.case_id == Case.id)
        .where(Nickname.retired_on.is_(None))
    )


@event.listens_for(Session, "after_flush")
def _follow(session: Session, _flush: UOWTransaction) -> None:
    """Update the cues after a flush."""
    touched = set[str]()
    for row in session.dirty | session.new:
        names = WATCHED.get(type(row))
        if names is not None and _changed(row, names):
            touched |= _people(session, row)
    if touched:
        refresh(session, touched)


def _changed(row: Any, names: Iterable[str]) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in names)


def _people(session: Session, row: Any) -> set[str]:
    if isinstance(row, Case):
        of_case = select(Person.id).where(Person.case_id == row.id)
        return set(session.connection().execute(of_case).scalars())
    person_id = row.id if isinstance(row, Person) else row.person_id
    return {person_id} if person_id else set()
