"""Rebuilding the index of nicknames after a change of the spelling rules, batch by batch.

Every name and every form says by which version of the rules it was indexed, so the work may be interrupted at any
moment and goes on with what is older. Names come first: forms that nobody goes by any more are gone then. Meanwhile
people are found by their old keys until the batch that gives them new ones commits; new names get new ones at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from callcenter.domain.names.nicknames import SPELLING, KeyKind, form_keys, strict_forms
from callcenter.models.cases.cases import Nickname, NicknameForm, NicknameFormKey, NicknameKey
from callcenter.services.names import nickname_index

KIND = "nickname_reindex"
"""The heavy job's kind."""

AT_ONCE = 50
"""Rows of a batch: on SQLite the telephone waits for as long as a batch takes."""


@dataclass(frozen=True)
class Outdated:
    """How much is indexed by an older version of the rules."""

    names: int
    forms: int

    @property
    def rows(self) -> int:
        """Return how many rows ``batch`` has yet to look at, at most."""
        return self.names + self.forms


def outdated(session: Session) -> Outdated:
    """Return what ``batch`` has yet to look at; reads only."""
    names = session.scalar(select(func.count()).where(Nickname.spelling < SPELLING))
    forms = session.scalar(select(func.count()).where(NicknameForm.spelling < SPELLING))
    return Outdated(names or 0, forms or 0)


def batch(session: Session, *, at_most: int = AT_ONCE) -> int:
    """Index up to *at_most* outdated rows again, and return how many there were.

    Called again, each time in a transaction of its own, until it returns 0.
    """
    return _names(session, at_most) or _forms(session, at_most)


def _names(session: Session, at_most: int) -> int:
    """Index names under the strict forms of the present rules."""
    old = select(Nickname.id).where(Nickname.spelling < SPELLING).order_by(Nickname.spelling, Nickname.id)
    ids = session.scalars(old.limit(at_most)).all()
    if ids:
        older, locked = set(ids), session.execute(_locked_names(ids))
        names = [name for name in locked if name.id in older and name.spelling < SPELLING]
        before = {(row.nickname_id, row.value) for row in session.execute(_entries([name.id for name in names]))}
        now = {(name.id, form) for name in names for form in _forms_of(name)}
        _exchange_entries(session, before - now, now - before)
        changed = {name for name, _form in now - before}
        nickname_index.refresh(session, {name.person_id for name in names if name.id in changed})
        people = Counter(form for _name, form in now)
        people.subtract(form for _name, form in before)
        nickname_index.count(session, people)
        _mark(session, Nickname, Nickname.id, [name.id for name in names])
    return len(ids)


def _forms(session: Session, at_most: int) -> int:
    """Index forms under the keys of the present rules."""
    old = select(NicknameForm.form).where(NicknameForm.spelling < SPELLING)
    some = session.scalars(old.order_by(NicknameForm.spelling, NicknameForm.form).limit(at_most)).all()
    if some:
        forms = select(NicknameForm.form, NicknameForm.holders).where(NicknameForm.form.in_(some))
        weights = {
            row.form: row.holders.bit_length()
            for row in session.execute(forms.order_by(NicknameForm.form).with_for_update())
        }
        stored = select(NicknameFormKey.form, NicknameFormKey.kind, NicknameFormKey.value)
        before = {tuple(row) for row in session.execute(stored.where(NicknameFormKey.form.in_(weights)))}
        now = {(form, key.kind.value, key.value) for form in weights for key in form_keys(form)}
        _exchange_keys(session, before - now, now - before, weights)
        _mark(session, NicknameForm, NicknameForm.form, list(weights))
    return len(some)


def _locked_names(ids: Sequence[str]) -> Select[Any]:
    """Return these names and all others of their people, locked in the one order that everybody uses."""
    columns: list[Any] = [Nickname.id, Nickname.person_id, Nickname.text, Nickname.reading, Nickname.retired_on]
    people = select(Nickname.person_id).where(Nickname.id.in_(ids))
    theirs = select(*columns, Nickname.spelling).where(Nickname.person_id.in_(people))
    return theirs.order_by(Nickname.id).with_for_update()


def _entries(ids: Sequence[str]) -> Select[str, str]:
    exact = NicknameKey.kind == KeyKind.EXACT.value
    return select(NicknameKey.nickname_id, NicknameKey.value).where(exact, NicknameKey.nickname_id.in_(ids))


def _forms_of(name: Any) -> frozenset[str]:
    return strict_forms(name.text, name.reading) if name.retired_on is None else frozenset()


def _exchange_entries(session: Session, gone: set[tuple[str, str]], new: set[tuple[str, str]]) -> None:
    """Remove and add keys of names; recency and cues of the new ones follow."""
    kind = KeyKind.EXACT.value
    if gone:
        of_name = (NicknameKey.nickname_id == bindparam("name"), NicknameKey.value == bindparam("form"))
        those = [{"name": name, "form": form} for name, form in sorted(gone)]
        session.connection().execute(delete(NicknameKey).where(NicknameKey.kind == kind, *of_name), those)
    if new:
        rows = [{"kind": kind, "value": form, "recency": 0, "nickname_id": name} for name, form in sorted(new)]
        session.execute(insert(NicknameKey), rows)


def _exchange_keys(
    session: Session, gone: set[tuple[Any, ...]], new: set[tuple[Any, ...]], weights: dict[str, int]
) -> None:
    """Remove and add keys of forms."""
    if gone:
        of_form = (NicknameFormKey.form == bindparam("of"), NicknameFormKey.kind == bindparam("sort"))
        those = [{"of": form, "sort": kind, "key": value} for form, kind, value in sorted(gone)]
        unused = delete(NicknameFormKey).where(*of_form, NicknameFormKey.value == bindparam("key"))
        session.connection().execute(unused, those)
    if new:
        rows = [
            {"kind": kind, "value": value, "weight": weights[form], "form": form} for form, kind, value in sorted(new)
        ]
        session.execute(insert(NicknameFormKey), rows)


def _mark(session: Session, model: Any, key: Any, done: Sequence[str]) -> None:
    """Mark these rows as indexed by the present rules."""
    if done:
        change = update(model).where(key.in_(done)).values(spelling=SPELLING)
        session.execute(change, execution_options={"synchronize_session": False})
