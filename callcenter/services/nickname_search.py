"""The search for a person by the name they gave and what else they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, literal, select, union_all
from sqlalchemy.orm import Session

from callcenter.domain import nickname_ranking as ranking
from callcenter.domain.consultations import Relation
from callcenter.domain.nickname_cues import NO_CUES, Cues, near
from callcenter.domain.nicknames import Key, KeyKind, normalise, query_keys
from callcenter.models.cases import UNKNOWN, Case, Nickname, NicknameForm, NicknameFormKey, NicknameKey, Person
from callcenter.services import audit
from callcenter.services.audit import Actor, Subject

MOST_SHOWN = 20
HONORIFICS = ("さん", "ちゃん", "くん", "君", "様", "さま")
NEWEST = 60
"""How many of the people who go by the very form are read, those whom the cues fit first, then newest contact first."""
OF_A_FORM = 3
"""How many of each other form, when no cue was given."""
LIKE = 120
"""How many of all other forms together, when cues were given."""
FORMS, FORMS_WITH_CUES = 24, 160
"""How many other forms are looked into, likest and then commonest first."""
PEOPLE_WITH_CUES = 8000
"""About how many people the cues are held against, the likest forms' first."""
BEGINNINGS = 60
"""How many forms are read that begin as was typed, commonest first."""


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
    agreeing: tuple[str, ...] = ()
    """What else fits, in words, of the cues that were given."""
    namesakes: int = 0
    """How many others go by a name that sounds the same."""

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
            "agreeing": list(self.agreeing),
            "namesakes": self.namesakes,
        }


def search(session: Session, text: str, cues: Cues = NO_CUES, *, limit: int = MOST_SHOWN) -> list[Candidate]:
    """Return the people *text* may mean, likeliest first; the caller of this notes it with ``note_search``.

    Three statements at most, each of exact look-ups; the last two only if the first did not fill the list with
    people whom all the cues fit.
    """
    name = normalise(text)
    if not name:
        return []
    found = _by_nickname(session, _of_form(name, cues, NEWEST))
    matches = ranking.rank(text, map(_as_ranked, found.values()), cues)
    if sum(len(match.agreeing) == len(cues.given) for match in matches) < limit:
        found |= _like(session, text, name, cues)
        matches = ranking.rank(text, map(_as_ranked, found.values()), cues)
    by_name = {(row.person_id, row.text): row for row in found.values()}
    shown = ranking.spread(matches, limit)
    return [_candidate(by_name[match.candidate.person, match.candidate.text], match) for match in shown]


def note_search(session: Session, found: list[Candidate], *, by: Actor, now: datetime) -> None:
    """Leave an audit entry of a search: who looked and how many were shown, not for which name."""
    audit.record(session, actor=by, action="case.search", subject=Subject("case"), facts={"found": len(found)}, now=now)


def _like(session: Session, text: str, name: str, cues: Cues) -> dict[str, Any]:
    """Read people who go by other forms that are like *name*."""
    question = ranking.Question(text)
    found = list[tuple[float, int, str]]()
    for form, weight in _forms(session, query_keys(text)).items():
        said = question.like(form) if form != name else None
        if said is not None:
            found.append((said[0], weight, form))
    found.sort(reverse=True)
    if not cues.given:
        ends = [_of_form(form, cues, OF_A_FORM) for _score, _weight, form in found[:FORMS]]
        return _by_nickname(session, union_all(*(select(end.subquery()) for end in ends))) if ends else {}
    looked_into, people = list[str](), 0
    for _score, weight, form in found[:FORMS_WITH_CUES]:
        people += 1 << weight
        if looked_into and people > PEOPLE_WITH_CUES:
            break
        looked_into.append(form)
    return _by_nickname(session, _of_forms(looked_into, cues)) if looked_into else {}


def _forms(session: Session, keys: Iterable[Key]) -> Mapping[str, int]:
    """Return the forms behind the keys with their weight."""
    values = dict[KeyKind, list[str]]()
    for key in sorted(keys):
        values.setdefault(key.kind, []).append(key.value)
    table = NicknameFormKey
    parts: list[Any] = [
        select(table.form, table.weight).where(table.kind == kind.value, table.value.in_(of_kind))
        for kind, of_kind in values.items()
        if kind not in (KeyKind.EXACT, KeyKind.PREFIX)
    ]
    for value in values.get(KeyKind.PREFIX, ()):
        beginning = select(table.form, table.weight).where(table.kind == KeyKind.PREFIX.value, table.value == value)
        commonest = beginning.order_by(table.weight.desc(), table.form.desc()).limit(BEGINNINGS)
        parts.append(select(commonest.subquery()))  # SQLite allows a limit inside a union only in a subquery
    return {row.form: row.weight for row in session.execute(union_all(*parts))}


def _of_form(form: str, cues: Cues, most: int) -> Any:
    return _ordered(_entries().where(NicknameKey.value == form), cues).limit(most)


def _of_forms(forms: list[str], cues: Cues) -> Any:
    return _ordered(_entries().where(NicknameKey.value.in_(forms)), cues).limit(LIKE)


def _entries() -> Any:
    key = NicknameKey
    columns = (key.nickname_id, key.value, key.topic, key.counsellor)
    return select(*columns).where(key.kind == KeyKind.EXACT.value)


def _ordered(query: Any, cues: Cues) -> Any:
    """Put those first whom the cues fit, then the newest contacts."""
    fits = [_misses(name, said) for name, said in cues.given.items()]
    if fits:
        query = query.order_by(sum(fits[1:], start=fits[0]))
    return query.order_by(NicknameKey.recency.desc(), NicknameKey.nickname_id.desc())


def _misses(name: str, said: str) -> ColumnElement[int]:
    """Count as ``Cues.misses`` does."""
    known = getattr(NicknameKey, name)
    close = sorted(near(name, said) | {UNKNOWN})
    return case((known == said, literal(0)), (known.in_(close), literal(1)), else_=literal(2))


def _by_nickname(session: Session, entries: Any) -> dict[str, Any]:
    """Read the people behind the entries, by nickname id."""
    behind = entries.subquery()
    rows = session.execute(
        select(
            Nickname.id, Nickname.person_id, Nickname.text, Nickname.reading,
            Person.case_id, Person.relation, Person.is_subject, Person.age_band, Person.last_contact_on,
            Case.prefecture, behind.c.topic, behind.c.counsellor, NicknameForm.holders,
        )
        .join(behind, Nickname.id == behind.c.nickname_id)
        .join(Person, Nickname.person_id == Person.id)
        .join(Case, Person.case_id == Case.id)
        .outerjoin(NicknameForm, NicknameForm.form == behind.c.value)
        .where(Person.merged_into_id.is_(None))
    )  # fmt: skip
    return {row.id: row for row in rows}


def _as_ranked(row: Any) -> ranking.Candidate:
    known = Cues(row.relation, row.age_band, row.prefecture, row.topic, row.counsellor)
    return ranking.Candidate(row.person_id, row.text, row.reading, row.last_contact_on, known)


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
        agreeing=match.agreeing,
        namesakes=max(0, (row.holders or 1) - 1),
    )
