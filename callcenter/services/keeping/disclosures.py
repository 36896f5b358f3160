"""A disclosure (開示): gathering a case for the person it is about, and recording that it was handed out.

This passes the wall inside the family, as a supervisor answers for every part; as proposed, nothing of the
others is in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.times import clock_digits, local_date, long_date
from callcenter.domain.cases.continuity import Wish
from callcenter.domain.keeping.disclosure import Decided, Ground, Mark, Piece, Section
from callcenter.domain.members.threads import Author
from callcenter.domain.places import Prefecture, municipalities
from callcenter.domain.records.record_codes import MULTIPLE, SINGLE, Channel, Relation
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Case, Person
from callcenter.models.cases.casework import CaseExport
from callcenter.models.cases.continuity import CallerWish
from callcenter.models.members.accounts import MemberJoin
from callcenter.models.members.threads import Message, Thread
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import case_access, case_closing, cases, wall
from callcenter.services.cases.cases import NoSuchPerson
from callcenter.services.records import record_fields, referrals
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject

TEXTS = {
    "story": "主なお話",
    "background": "これまで",
    "response": "したこと",
    "next_step": "次回",
    "institutions": "かかっているところ",
}
CODES = {
    "relation": "お話しした方",
    "first_or_repeat": "新規・継続",
    "subject_age": "年齢",
    "subject_sex": "性別",
    "prefecture": "お住まい",
    "period": "ひきこもりの期間",
    "going_out": "外出",
    "medical": "医療",
    "main_topic": "いちばんの話題",
    "topics": "話題",
    "triggers": "きっかけ",
    "risk": "安全の心配",
    "outcomes": "結果",
}
LETTERS = {Author.MEMBER: "いただいた相談", Author.STAFF: "お送りした返信"}
TITLE = "開示する記録"


@dataclass(frozen=True)
class Copy:
    """A file that was made, and why; *kind* is pdf, json, or review for one that stays in the house."""

    kind: str
    body: bytes
    reason: str


@dataclass(frozen=True)
class Draft:
    """A case as it could be disclosed to one of its people."""

    case_id: str
    person_id: str
    name: str
    sections: tuple[Section, ...]


def gather(session: Session, case_id: str, person_id: str | None, *, names: bool, by: Staff, now: datetime) -> Draft:
    """Return the case as a draft for one of its people, the subject by default; *names* are those of staff."""
    case = case_access.open_for_reading(session, case_id, by, now=now, action=Action.EXPORT)
    people = sorted((one for one in case.people if one.merged_into_id is None), key=lambda one: not one.is_subject)
    person = next((one for one in people if person_id in (None, one.id)), None)
    if person is None:
        raise NoSuchPerson
    contacts = session.scalars(wall.whole_case(case.id)).all()
    sections = [
        Section("お名前など", tuple(_about(session, person))),
        Section("ケース", tuple(_about_case(session, case, alone=len(people) == 1))),
        *(_contact(session, one, person, names=names) for one in reversed(contacts)),
        *_letters(session, case, person),
    ]
    facts = {"person": person.id, "contacts": len(contacts)}
    actor = audit.staff_member(by.id)
    audit.record(
        session, actor=actor, action="case.export.gather", subject=Subject("case", case.id), facts=facts, now=now
    )
    name = person.nicknames[0].text if person.nicknames else Relation(person.relation).label
    return Draft(case.id, person.id, name, tuple(section for section in sections if section.pieces))


def document(draft: Draft, decided: Decided, *, service: str, for_review: bool, now: datetime) -> dict[str, Any]:
    """Return the whole copy as plain values, the same for PDF and JSON."""
    missing = decided.withheld + decided.left_out > 0
    closing = ["伏せた部分には、「不開示」と、その理由を書いています。"] if decided.withheld else []
    if missing and not for_review:
        closing.append("法令により、お渡しできない部分を除いています。")
    return {
        "title": f"{TITLE}(確認用・お渡ししません)" if for_review else TITLE,
        "mark": f"{service} 取扱注意",
        "made": f"作成日 {long_date(local_date(now))}",
        "preface": [f"お名前: {draft.name}", f"作成: {service}"],
        "sections": list(decided.sections),
        "closing": closing,
    }


def as_json(made: Mapping[str, Any]) -> bytes:
    """Return the copy as UTF-8 JSON, with nothing that the PDF does not hold."""
    sections = [
        {
            "title": section["title"],
            "parts": [
                {"label": piece["label"], "text": piece["text"], "redacted": piece["text"] is None}
                | ({"reason": piece["reason"]} if piece["reason"] else {})
                for piece in section["pieces"]
            ],
        }
        for section in made["sections"]
    ]
    kept = {name: made[name] for name in ("title", "made", "preface", "closing")}
    return json.dumps(kept | {"sections": sections}, ensure_ascii=False, indent=1).encode()


def record_export(
    session: Session, draft: Draft, decided: Decided, copy: Copy, *, by: Staff, actor: Actor, now: datetime
) -> CaseExport:
    """Record that a copy was made, before anybody has it; *by* is the supervisor who answers for it."""
    case = case_access.open_for_reading(session, draft.case_id, by, now=now, action=Action.EXPORT)
    made = CaseExport(
        id=new_id(),
        data_key_id=case.data_key_id,
        data_key=case.data_key,
        case_id=case.id,
        person_id=draft.person_id,
        by_id=by.id,
        at=now,
        format=copy.kind,
        given=decided.given,
        withheld=decided.withheld + decided.left_out,
        digest=hashlib.sha256(copy.body).hexdigest(),
    )
    session.add(made)
    made.reason = copy.reason
    facts = {
        "export": made.id,
        "format": copy.kind,
        "person": draft.person_id,
        "supervisor": by.id,
        "given": decided.given,
        "withheld": decided.withheld,
        "left_out": decided.left_out,
        "digest": made.digest,
    }
    audit.record(session, actor=actor, action="case.export", subject=Subject("case", case.id), facts=facts, now=now)
    return made


def _about(session: Session, person: Person) -> Iterable[Piece]:
    names = "、".join(f"{one.text}({one.reading})" if one.reading else one.text for one in person.nicknames)
    yield from _given(f"{person.id}-names", "相談上の名前", names)
    yield from _given(f"{person.id}-relation", "立場", Relation(person.relation).label)
    yield from _given(f"{person.id}-address", "お呼びするときのこと", person.how_to_address)
    yield from _given(f"{person.id}-before", "前の記録から", cases.earlier_background(session, person))
    wishes = session.scalars(select(CallerWish).where(CallerWish.person_id == person.id).order_by(CallerWish.noted_at))
    for wish in wishes:
        text = Wish(wish.wish).label + (f": {wish.note}" if wish.note else "")
        yield Piece(f"{wish.id}-wish", "ご希望", text)


def _about_case(session: Session, case: Case, *, alone: bool) -> Iterable[Piece]:
    town = municipalities().get(case.municipality)
    place = town.name if town else "" if case.prefecture == Prefecture.UNKNOWN else Prefecture(case.prefecture).label
    yield from _given(f"{case.id}-opened", "はじまり", long_date(case.opened_on))
    yield from _given(f"{case.id}-place", "お住まい", place)
    # With several people in a case nobody can tell by machine whose words these are.
    mark, ground = (Mark.GIVE, None) if alone else (Mark.WITHHOLD, Ground.THIRD_PARTY)
    for name, label in (("summary", "概要"), ("follow_up_note", "次に確認する日にすること")):
        if text := getattr(case, name):
            yield Piece(f"{case.id}-{name}", label, text, mark, ground)
    for closing in case_closing.history(session, case):
        text = f"{long_date(local_date(closing.closed_at))} {closing.reason.label}"
        yield Piece(f"{closing.id}-closed", "終了したこと", text)
        if closing.note:
            yield Piece(f"{closing.id}-note", "終了したときのひとこと", closing.note, mark, ground)


def _contact(session: Session, record: Consultation, person: Person, *, names: bool) -> Section:
    own = record.person_id == person.id
    mark, ground = (Mark.GIVE, None) if own else (Mark.LEAVE_OUT, Ground.THIRD_PARTY)
    day, channel = long_date(record.local_date), Channel(record.channel).label
    pieces = [Piece(f"{record.id}-codes", "うかがったこと", codes, mark, ground)] if (codes := _codes(record)) else []
    for name, label in TEXTS.items():
        if text := getattr(record, name):
            pieces.append(Piece(f"{record.id}-{name}", label, text, mark, ground))
    for one in referrals.of_record(session, record.id):
        text = f"{one.name} {one.number} {one.how.label}"
        pieces.append(Piece(f"{one.id}-referral", "ご紹介したところ", " ".join(text.split()), mark, ground))
    staff_mark = mark if names or not own else Mark.WITHHOLD
    staff_ground = ground or (None if names else Ground.STAFF)
    pieces.append(Piece(f"{record.id}-staff", "相談員", record.counsellor.name, staff_mark, staff_ground))
    return Section(f"{day} {clock_digits(record.opened_at)} {channel}", tuple(pieces))


def _letters(session: Session, case: Case, person: Person) -> Iterable[Section]:
    """Yield the consultations by mail of those members who are joined to somebody of the case."""
    joined = select(Thread, Person).join(MemberJoin, MemberJoin.member_id == Thread.member_id)
    joined = joined.join(Person, Person.id == MemberJoin.person_id)
    theirs = joined.where(Person.case_id == case.id, MemberJoin.parted_at.is_(None))
    for thread, of in session.execute(theirs.order_by(Thread.opened_at, Thread.id)):
        own = person.id in (of.id, of.merged_into_id)
        mark, ground = (Mark.GIVE, None) if own else (Mark.LEAVE_OUT, Ground.THIRD_PARTY)
        pieces = [Piece(f"{thread.id}-subject", "件名", thread.subject, mark, ground)] if thread.subject else []
        letters = select(Message).where(Message.thread_id == thread.id).order_by(Message.sent_at, Message.id)
        for letter in session.scalars(letters):
            label = f"{long_date(letter.sent_on)} {LETTERS[letter.author]}"
            pieces.append(Piece(f"{letter.id}-letter", label, letter.text or "", mark, ground))
        yield Section(f"{long_date(local_date(thread.opened_at))} {Channel.MAIL.label}の文", tuple(pieces))


def _codes(record: Consultation) -> str:
    found = []
    for name, label in CODES.items():
        value = record_fields.current(record, name)
        values = value if name in MULTIPLE else [value]
        known = [(MULTIPLE.get(name) or SINGLE[name])(one).label for one in values if one != "unknown"]
        if known:
            found.append(f"{label}: {'、'.join(known)}")
    return "\n".join(found)


def _given(piece_id: str, label: str, text: str | None) -> Iterable[Piece]:
    if text:
        yield Piece(piece_id, label, text)
