"""Searching for a person by the name they gave and what else they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from callcenter.domain.names import nickname_ranking as ranking
from callcenter.domain.names.nickname_cues import NO_CUES, Cues
from callcenter.domain.records.record_codes import Relation
from callcenter.services.names import nickname_queries as queries
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject

MOST_SHOWN = 20
WIDELY = 60
"""So many are shown to whoever looks on: of short names, ゆき and ゆみ, a great many are only a slip apart."""
HONORIFICS = ("さん", "ちゃん", "くん", "君", "様", "さま")
READINGS = 3
"""So many readings of a name are looked into: 湊 is found by 港 once somebody's 港 is read ミナト."""
FORMS, FORMS_WITH_CUES = 24, 160
"""How many other forms are looked into, likest and then commonest first."""
PEOPLE_WITH_CUES = 8000
"""About how many people the cues are held against, the likest forms' first."""


@dataclass(frozen=True)
class Candidate:
    """A person who may be meant, with what is needed to choose and nothing of what was said."""

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
        """Return the person in one line, such as 「ミナトさん・本人」."""
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
    """Return the people *text* may mean, likeliest first; record it with ``record_search``.

    Three statements at most, each of exact look-ups; the last two only if the first did not fill the list with
    people whom all the cues fit. A *limit* up to ``WIDELY`` looks into more of the names that are only alike.
    """
    question = ranking.Question(text)
    if not question.name:
        return []
    found = {row.id: row for row in queries.of_form(session, question.name, cues)}
    question.read_as(_commonest(row.reading for row in found.values()))
    matches = ranking.rank(question, map(_as_ranked, found.values()), cues)
    if sum(len(match.agreeing) == len(cues.given) for match in matches) < limit:
        found = {row.id: row for row in _like(session, question, cues, limit)} | found
        matches = ranking.rank(question, map(_as_ranked, found.values()), cues)
    by_name = {(row.person_id, row.text): row for row in found.values()}
    shown = matches[:limit] if cues.given else ranking.spread(matches, limit, question.name)
    return [_candidate(by_name[match.candidate.person, match.candidate.text], match) for match in shown]


def record_search(session: Session, found: list[Candidate], *, by: Actor, now: datetime) -> None:
    """Record a search in the trail: who searched and how many were shown, not for which name."""
    audit.record(session, actor=by, action="case.search", subject=Subject("case"), facts={"found": len(found)}, now=now)


def _like(session: Session, question: ranking.Question, cues: Cues, limit: int) -> Sequence[Any]:
    """Return people who go by other forms that are like what was typed."""
    found = list[tuple[float, int, str]]()
    for form, weight in queries.forms_behind(session, question.keys(), question.text).items():
        said = question.like(form) if form != question.name else None
        if weight == queries.OLDER:
            found.append((1.0, 0, form))
        elif said is not None:
            found.append((said[0], weight, form))
    found.sort(reverse=True)
    if not found:
        return ()
    if not cues.given:
        return queries.of_each(session, [form for _score, _weight, form in found[: max(FORMS, limit)]])
    looked_into, people = list[str](), 0
    for _score, weight, form in found[:FORMS_WITH_CUES]:
        people += 1 << weight
        if looked_into and people > PEOPLE_WITH_CUES:
            break
        looked_into.append(form)
    return queries.of_forms(session, looked_into, cues)


def _commonest(readings: Iterable[str]) -> list[str]:
    return [reading for reading, _times in Counter(filter(None, readings)).most_common(READINGS)]


def _as_ranked(row: Any) -> ranking.Candidate:
    known = Cues(row.relation, row.age_band, row.prefecture, row.topic, row.counsellor)
    return ranking.Candidate(row.person_id, row.text, row.reading, row.last_contact_on, known, row.value)


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
