"""The nicknames of a person: added, corrected, retired and restored, each recorded in the trail."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callcenter.domain.errors import HelplineError
from callcenter.domain.names.nicknames import LONGEST, normalise
from callcenter.domain.typed_text import said, visible
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Nickname, Person
from callcenter.services.names import nickname_index
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject


class NoNickname(HelplineError):
    """Raised when nothing is left of a name that could be said."""

    message = "相談上の名前を入れてください。ひらがなだけでもだいじょうぶです。"


class NicknameTooLong(HelplineError):
    """Raised when a name is too long."""

    message = f"相談上の名前は{LONGEST}文字までにしてください。"


class NoSuchNickname(HelplineError):
    """Raised when it is not a name of this person in the expected state."""

    message = "その呼び名が見つかりません。ほかの人が、いま直したのかもしれません。もう一度開いて、お確かめください。"


class LastNickname(HelplineError):
    """Raised when a person would be left without a name."""

    message = "この方を探せる呼び名が、ひとつは必要です。先に、新しい呼び名を加えてください。"


class SameNickname(HelplineError):
    """Raised when the person is found by this name already."""

    message = "この方の呼び名に、もうあります。"


def add_nickname(
    session: Session, person: Person, text: str, reading: str = "", *, by: Actor, now: datetime, since: date
) -> Nickname:
    """Add a nickname to *person*."""
    name = Nickname(id=new_id(), person_id=person.id, text=clean_name(text), reading=tidy(reading), since=since)
    _refuse_a_second(session, name)
    session.add(name)
    session.flush()  # the keys are inserted in bulk and need their nickname
    nickname_index.add(session, name)
    _note(session, "nickname.add", name, by=by, now=now)
    return name


def correct(
    session: Session, person: Person, nickname_id: str, text: str, reading: str = "", *, by: Actor, now: datetime
) -> Nickname:
    """Correct the spelling of a name; no change changes nothing. ``SameNickname``, ``NoSuchNickname``."""
    name = _of(session, person, nickname_id, retired=False)
    wanted = (clean_name(text), tidy(reading))
    if wanted == (name.text, name.reading):
        return name
    name.text, name.reading = wanted
    _refuse_a_second(session, name)
    session.flush()
    nickname_index.remove(session, [name.id])
    nickname_index.add(session, name)
    _note(session, "nickname.correct", name, by=by, now=now)
    return name


def retire(session: Session, person: Person, nickname_id: str, *, by: Actor, now: datetime, on: date) -> None:
    """Retire a name; the person is no longer found by it. ``LastNickname`` for the only one."""
    name = _of(session, person, nickname_id, retired=False)
    if len(_living(session, person.id)) == 1:
        raise LastNickname
    name.retired_on = on
    session.flush()
    nickname_index.remove(session, [name.id])
    _note(session, "nickname.retire", name, by=by, now=now)


def restore(session: Session, person: Person, nickname_id: str, *, by: Actor, now: datetime) -> None:
    """Restore a retired name."""
    name = _of(session, person, nickname_id, retired=True)
    _refuse_a_second(session, name)
    name.retired_on = None
    session.flush()
    nickname_index.add(session, name)
    _note(session, "nickname.restore", name, by=by, now=now)


def all_of(session: Session, person: Person) -> Sequence[Nickname]:
    """Return every name of a person, retired ones last."""
    query = select(Nickname).where(Nickname.person_id == person.id)
    return session.scalars(query.order_by(Nickname.retired_on.is_not(None), Nickname.since, Nickname.id)).all()


def update_recency(session: Session, person: Person) -> None:
    """Update the order of the person's names after a contact, with its counsellor and topic."""
    session.flush()
    nickname_index.refresh(session, [person.id])


def forget(session: Session, person_ids: Iterable[str]) -> None:
    """Delete the names of these people and their keys."""
    people = list(person_ids)
    theirs = select(Nickname.id).where(Nickname.person_id.in_(people))
    names = session.scalars(theirs.order_by(Nickname.id).with_for_update()).all()  # names are locked before their forms
    nickname_index.remove(session, names)
    gone = delete(Nickname).where(Nickname.person_id.in_(people))
    session.execute(gone, execution_options={"synchronize_session": False})


def clean_name(text: str) -> str:
    """Return a name that can be stored and said, or raise what is missing."""
    cleaned = tidy(text)
    if not normalise(cleaned):
        raise NoNickname
    return cleaned


def tidy(text: str) -> str:
    """Return a short text in one line without control characters and invisible marks; ``NicknameTooLong`` beyond 64."""
    spaced = "".join(sign if unicodedata.category(sign) != "Cc" else " " for sign in visible(said(text)))
    cleaned = " ".join(spaced.split())
    if len(cleaned) > LONGEST:
        raise NicknameTooLong
    return cleaned


def _living(session: Session, person_id: str) -> Sequence[Nickname]:
    """Return the names in use of a person, locked."""
    living = select(Nickname).where(Nickname.person_id == person_id, Nickname.retired_on.is_(None))
    return session.scalars(living.order_by(Nickname.id).with_for_update()).all()


def _of(session: Session, person: Person, nickname_id: str, *, retired: bool) -> Nickname:
    """Return a name, locked, if it is this person's and in the wanted state."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())  # one change at a time
    name = session.get(Nickname, nickname_id, populate_existing=True)
    if name is None or name.person_id != person.id or (name.retired_on is not None) is not retired:
        raise NoSuchNickname
    return name


def _refuse_a_second(session: Session, name: Nickname) -> None:
    with session.no_autoflush:
        others = [one for one in _living(session, name.person_id) if one.id != name.id]
    if any((one.text, one.reading) == (name.text, name.reading) for one in others):
        raise SameNickname


def _note(session: Session, action: str, name: Nickname, *, by: Actor, now: datetime) -> None:
    session.expire(session.get_one(Person, name.person_id), ["nicknames"])
    facts = {"nickname": name.id}
    audit.record(session, actor=by, action=action, subject=Subject("person", name.person_id), facts=facts, now=now)
