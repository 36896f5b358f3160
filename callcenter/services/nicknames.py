"""Finding a person again by the name they gave: the index of exact keys, and the search in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, union_all, update
from sqlalchemy.orm import Session

from callcenter.domain import nickname_ranking as ranking
from callcenter.domain.consultations import Relation
from callcenter.domain.errors import HelplineError
from callcenter.domain.nicknames import LONGEST, Key, KeyKind, index_keys, normalise, query_keys
from callcenter.models.base import new_id
from callcenter.models.cases import Case, Nickname, NicknameKey, Person
from callcenter.services import audit
from callcenter.services.audit import Actor, Subject

MOST_SHOWN = 20
HONORIFICS = ("さん", "ちゃん", "くん", "君", "様", "さま")
STRICT = {KeyKind.EXACT: 200, KeyKind.FOLDED: 100, KeyKind.UNVOICED: 100}
LOOSE = {KeyKind.SLIP: 30, KeyKind.PREFIX: 100}
"""How many nicknames are read from the end of one key, newest contact first."""


class NoNickname(HelplineError):
    """Nothing is left of the name that could be said."""

    message = "相談上の名前を入れてください。ひらがなだけでもだいじょうぶです。"


class NicknameTooLong(HelplineError):
    """Longer than a name is."""

    message = f"相談上の名前は{LONGEST}文字までにしてください。"


@dataclass(frozen=True)
class Candidate:
    """A person who may be meant: what is needed to choose, and nothing of what was said."""

    case_id: str
    person_id: str
    nickname: str
    reading: str
    relation: str
    is_subject: bool
    age_band: str
    prefecture: str
    last_contact_on: date | None
    likeness: str
    reason: str
    score: float

    @property
    def label(self) -> str:
        """The person in one line, such as 「ミナトさん・本人」; a name that says the relation is not told twice."""
        relation = Relation(self.relation)
        if self.nickname.endswith(relation.label):
            return self.nickname
        named = self.nickname if self.nickname.endswith(HONORIFICS) else f"{self.nickname}さん"
        return named if relation is Relation.UNKNOWN else f"{named}・{relation.label}"

    def as_json(self) -> dict[str, Any]:
        """Return what ``callcenter cases search --json`` prints for one person."""
        return {
            "case": self.case_id,
            "person": self.person_id,
            "nickname": self.nickname,
            "reading": self.reading,
            "relation": Relation(self.relation).label,
            "relation_code": self.relation,
            "age_band": self.age_band,
            "prefecture": self.prefecture,
            "last_contact": self.last_contact_on.isoformat() if self.last_contact_on else None,
            "score": self.score,
            "reason": self.reason,
        }


def search(session: Session, text: str, *, relation: str | None = None, limit: int = MOST_SHOWN) -> list[Candidate]:
    """Return the people *text* may mean, likeliest first; the caller of this notes it with ``note_search``.

    Two statements at most, each of exact look-ups; the second only if the first did not fill the list.
    """
    keys = query_keys(text)
    found = _look_up(session, keys, STRICT, relation)
    matches = ranking.rank(text, map(_as_ranked, found.values()))
    if len(matches) < limit:
        found |= _look_up(session, keys, LOOSE, relation)
        matches = ranking.rank(text, map(_as_ranked, found.values()))
    by_name = {(row.person_id, row.text): row for row in found.values()}
    return [_candidate(by_name[match.candidate.person, match.candidate.text], match) for match in matches[:limit]]


def note_search(session: Session, found: list[Candidate], *, by: Actor, now: datetime) -> None:
    """Leave an audit entry of a search: who looked and how many were shown, not for which name."""
    audit.record(session, actor=by, action="case.search", subject=Subject("case"), facts={"found": len(found)}, now=now)


def add_nickname(
    session: Session, person: Person, text: str, reading: str = "", *, by: Actor, now: datetime, since: date
) -> Nickname:
    """Give *person* a (further) name to be found by."""
    name = Nickname(id=new_id(), person_id=person.id, text=clean_name(text), reading=tidy(reading), since=since)
    session.add(name)
    session.flush()  # the keys are inserted in bulk and need their nickname
    _add_keys(session, name, _recency(person.last_contact_on))
    audit.record(session, actor=by, action="nickname.add", subject=Subject("person", person.id), now=now)
    return name


def note_recency(session: Session, person: Person) -> None:
    """Put the person's names at their new place in the order of last contact."""
    names = select(Nickname.id).where(Nickname.person_id == person.id)
    moved = update(NicknameKey).where(NicknameKey.nickname_id.in_(names))
    session.execute(moved.values(recency=_recency(person.last_contact_on)).execution_options(synchronize_session=False))


def forget(session: Session, person_ids: Iterable[str]) -> None:
    """Remove the names of these people and their keys."""
    names = select(Nickname.id).where(Nickname.person_id.in_(list(person_ids)))
    untracked = {"synchronize_session": False}
    session.execute(delete(NicknameKey).where(NicknameKey.nickname_id.in_(names)).execution_options(**untracked))
    session.execute(delete(Nickname).where(Nickname.person_id.in_(list(person_ids))).execution_options(**untracked))


def clean_name(text: str) -> str:
    """Return a name that can be stored and said, or say kindly what is missing."""
    cleaned = tidy(text)
    if not normalise(cleaned):
        raise NoNickname
    return cleaned


def tidy(text: str) -> str:
    """Return a short text in one line without control characters; ``NicknameTooLong`` beyond 64 characters."""
    spaced = "".join(sign if unicodedata.category(sign) != "Cc" else " " for sign in text)
    cleaned = " ".join(spaced.split())
    if len(cleaned) > LONGEST:
        raise NicknameTooLong
    return cleaned


def _recency(last_contact_on: date | None) -> int:
    return last_contact_on.toordinal() if last_contact_on else 0


def _add_keys(session: Session, name: Nickname, recency: int) -> None:
    rows = [
        {"kind": key.kind.value, "value": key.value, "recency": recency, "nickname_id": name.id}
        for key in index_keys(name.text, name.reading)
    ]
    session.execute(insert(NicknameKey), rows)


def _look_up(session: Session, keys: Iterable[Key], most: dict[KeyKind, int], relation: str | None) -> dict[str, Any]:
    """Read the newest nicknames behind each key, in one statement, by nickname id."""
    ends = [_end_of(key, most[key.kind], relation) for key in sorted(keys) if key.kind in most]
    if not ends:
        return {}
    behind = union_all(*ends).subquery()
    rows = session.execute(
        select(
            Nickname.id, Nickname.person_id, Nickname.text, Nickname.reading,
            Person.case_id, Person.relation, Person.is_subject, Person.age_band, Person.last_contact_on,
            Case.prefecture,
        )
        .join(Person, Nickname.person_id == Person.id)
        .join(Case, Person.case_id == Case.id)
        .where(Nickname.id.in_(select(behind.c.nickname_id)))
    )  # fmt: skip
    return {row.id: row for row in rows}


def _end_of(key: Key, most: int, relation: str | None) -> Any:
    query = select(NicknameKey.nickname_id).where(NicknameKey.kind == key.kind.value, NicknameKey.value == key.value)
    if relation is not None:
        query = query.join(Nickname, NicknameKey.nickname_id == Nickname.id)
        query = query.join(Person, Nickname.person_id == Person.id).where(Person.relation == relation)
    newest_first = query.order_by(NicknameKey.recency.desc(), NicknameKey.nickname_id.desc()).limit(most)
    return select(newest_first.subquery().c.nickname_id)  # SQLite allows a limit inside a union only in a subquery


def _as_ranked(row: Any) -> ranking.Candidate:
    return ranking.Candidate(row.person_id, row.text, row.reading, row.last_contact_on)


def _candidate(row: Any, match: ranking.Match) -> Candidate:
    return Candidate(
        case_id=row.case_id,
        person_id=row.person_id,
        nickname=row.text,
        reading=row.reading,
        relation=row.relation,
        is_subject=row.is_subject,
        age_band=row.age_band,
        prefecture=row.prefecture,
        last_contact_on=row.last_contact_on,
        likeness=match.likeness.value,
        reason=match.reason,
        score=match.score,
    )
