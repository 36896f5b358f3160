"""The statements of the nickname search, each built once for its shape.

A shape is which cues were given, which kinds of keys are asked, and how many forms are looked into.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, literal, or_, select, union_all
from sqlalchemy.orm import Session

from callcenter.domain.names.nickname_cues import UNKNOWN, Cues, near
from callcenter.domain.names.nicknames import SPELLING, Key, KeyKind
from callcenter.models.cases.cases import Case, Nickname, NicknameForm, NicknameFormKey, NicknameKey, Person

NEWEST = 30
"""How many of the people who go by the very form are read, those whom the cues fit first, then newest contact first."""
OF_A_FORM = 3
"""How many of each other form, when no cue was given."""
LIKE = 120
"""How many of all other forms together, when cues were given."""
BEGINNINGS = 60
"""How many forms are read that begin as was typed, commonest first."""
OLDER = -1
"""Stands for the weight of a form that is looked into as it is."""
STEP = 8
"""Forms are looked into by multiples of this, so that there are few shapes."""

ENTRIES, FORMS, FORM_KEYS, NAMES, PEOPLE, CASES = (
    cast(Table, model.__table__).c for model in (NicknameKey, NicknameForm, NicknameFormKey, Nickname, Person, Case)
)


def of_form(session: Session, form: str, cues: Cues) -> Sequence[Any]:
    """Return people who go by this form."""
    given = tuple(sorted(cues.given))
    return session.connection().execute(_of_form(given), {"form": form} | _values(cues)).all()


def of_each(session: Session, forms: Sequence[str]) -> Sequence[Any]:
    """Return the newest contacts of each form."""
    places = -(-len(forms) // STEP) * STEP
    values = {f"form{place}": forms[place] if place < len(forms) else "" for place in range(places)}
    return session.connection().execute(_of_each(places), values).all()


def of_forms(session: Session, forms: Sequence[str], cues: Cues) -> Sequence[Any]:
    """Return the people of all the forms whom the cues fit best, then the newest contacts."""
    given = tuple(sorted(cues.given))
    return session.connection().execute(_of_forms(given), {"forms": list(forms)} | _values(cues)).all()


def forms_behind(session: Session, keys: Iterable[Key], text: str) -> Mapping[str, int]:
    """Return the forms behind the keys, with their weight.

    ``OLDER`` instead of a weight marks a form that older rules made of a name written just as *text* is: until the
    index is built anew, whoever bears that name is found by it.
    """
    values = dict[KeyKind, list[str]]()
    for key in sorted(keys):
        values.setdefault(key.kind, []).append(key.value)
    values.pop(KeyKind.EXACT, None)
    beginnings = values.pop(KeyKind.PREFIX, [])
    asked: dict[str, Any] = {"text": text} | {kind.value: of_kind for kind, of_kind in values.items()}
    asked |= {f"beginning{place}": value for place, value in enumerate(beginnings)}
    rows = session.connection().execute(_forms_behind(tuple(sorted(values)), len(beginnings)), asked)
    return {row.form: row.weight for row in rows}


@cache
def _of_form(given: tuple[str, ...]) -> Any:
    entries = _ordered(_entries().where(ENTRIES.value == bindparam("form")), given).limit(literal(NEWEST))
    return _people(entries)


@cache
def _of_each(places: int) -> Any:
    ends = []
    for place in range(places):
        entries = _ordered(_entries().where(ENTRIES.value == bindparam(f"form{place}")), ())
        ends.append(select(entries.limit(literal(OF_A_FORM)).subquery()))  # SQLite limits a part only in a subquery
    return _people(union_all(*ends))


@cache
def _of_forms(given: tuple[str, ...]) -> Any:
    entries = _entries().where(ENTRIES.value.in_(bindparam("forms", expanding=True)))
    return _people(_ordered(entries, given).limit(literal(LIKE)))


@cache
def _forms_behind(kinds: tuple[KeyKind, ...], beginnings: int) -> Any:
    found = select(FORM_KEYS.form, FORM_KEYS.weight)
    parts: list[Any] = [
        found.where(FORM_KEYS.kind == literal(kind.value), FORM_KEYS.value.in_(bindparam(kind.value, expanding=True)))
        for kind in kinds
    ]
    for place in range(beginnings):
        of_kind = FORM_KEYS.kind == literal(KeyKind.PREFIX.value)
        beginning = found.where(of_kind, FORM_KEYS.value == bindparam(f"beginning{place}"))
        commonest = beginning.order_by(FORM_KEYS.weight.desc(), FORM_KEYS.form.desc()).limit(literal(BEGINNINGS))
        parts.append(select(commonest.subquery()))
    older = select(NAMES.id).where(NAMES.spelling < literal(SPELLING))
    written_so = older.where(or_(NAMES.text == bindparam("text"), NAMES.reading == bindparam("text")))
    of_these = select(ENTRIES.value, literal(OLDER)).where(ENTRIES.nickname_id.in_(written_so))
    return union_all(*parts, select(of_these.distinct().limit(literal(STEP)).subquery()))


def _entries() -> Any:
    columns = (ENTRIES.nickname_id, ENTRIES.value, ENTRIES.topic, ENTRIES.counsellor)
    return select(*columns).where(ENTRIES.kind == literal(KeyKind.EXACT.value))


def _ordered(query: Any, given: tuple[str, ...]) -> Any:
    """Order by how well the cues fit, counted as ``Cues.misses`` does, then by the newest contact."""
    misses: list[Any] = [
        case(
            (ENTRIES[name] == bindparam(f"said_{name}"), literal(0)),
            (ENTRIES[name].in_(bindparam(f"near_{name}", expanding=True)), literal(1)),
            else_=literal(2),
        )
        for name in given
    ]
    if misses:
        query = query.order_by(sum(misses[1:], start=misses[0]))
    return query.order_by(ENTRIES.recency.desc(), ENTRIES.nickname_id.desc())


def _values(cues: Cues) -> dict[str, Any]:
    said = cues.given
    values: dict[str, Any] = {f"said_{name}": value for name, value in said.items()}
    return values | {f"near_{name}": sorted(near(name, value) | {UNKNOWN}) for name, value in said.items()}


def _people(entries: Any) -> Any:
    """Return the query of the people of the entries."""
    behind = entries.subquery().c
    return (
        select(
            NAMES.id,
            NAMES.person_id,
            NAMES.text,
            NAMES.reading,
            PEOPLE.case_id,
            PEOPLE.relation,
            PEOPLE.is_subject,
            PEOPLE.age_band,
            PEOPLE.last_contact_on,
            CASES.prefecture,
            behind.value,
            behind.topic,
            behind.counsellor,
            FORMS.holders,
        )
        .join_from(behind.nickname_id.table, NAMES.id.table, NAMES.id == behind.nickname_id)
        .join(PEOPLE.id.table, NAMES.person_id == PEOPLE.id)
        .join(CASES.id.table, PEOPLE.case_id == CASES.id)
        .outerjoin(FORMS.form.table, FORMS.form == behind.value)
        .where(PEOPLE.merged_into_id.is_(None))
    )
