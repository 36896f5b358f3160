"""Merging two entries of one person, or two cases of one family, and undoing that.

A merge moves rows and writes down whose each was. What it empties stays as a shell that points to the one
that took it in: it keeps its key, its texts and its place, and is filled again when the merge is undone.
A consultation always stands in the case its person is in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from callcenter.domain.access.permissions import Action
from callcenter.domain.cases.linking import AlreadyMerged, LaterMergeFirst, MergeKind, Moved, SameOne
from callcenter.domain.cases.wall import BehindTheWall
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Presence
from callcenter.models.cases.cases import Case, Nickname, Person
from callcenter.models.cases.continuity import CallerCode, CallerWish, Promise
from callcenter.models.cases.family import ChannelConsent, Merge, MergeMove
from callcenter.models.keys import reseal
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line, reach
from callcenter.services.cases import cases, consents, continuity
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

OWNED: dict[Moved, Any] = {
    Moved.CONSULTATION: Consultation,
    Moved.NICKNAME: Nickname,
    Moved.WISH: CallerWish,
    Moved.PROMISE: Promise,
    Moved.CODE: CallerCode,
    Moved.CONSENT: ChannelConsent,
}
"""What belongs to a person and goes with them."""


@dataclass(frozen=True)
class WrittenSince:
    """What was written after a merge; when it is undone, the counsellor says where each of it belongs."""

    consultations: Sequence[Consultation]
    people: Sequence[Person]


def merge_people(session: Session, kept_id: str, absorbed_id: str, *, by: Staff, now: datetime) -> Merge:
    """Merge two entries of the same person; their cases are merged as well.

    Raises ``SameOne``, ``AlreadyMerged``, ``AccessDenied`` for somebody else's case, ``BehindTheWall`` for another
    in the family of who is on the line, or ``ConsentNeeded`` where records of another channel would join.
    """
    if kept_id == absorbed_id:
        raise SameOne
    kept, absorbed = _lock(session, Person, kept_id), _lock(session, Person, absorbed_id)
    reach.check_case(session, kept.case_id, Action.CARE, by, now=now)
    reach.check_before_joining(session, absorbed.case_id, by, now=now)
    for one in (kept, absorbed):  # what either said would be the other's
        on_the_line.check_person(session, by, one)
    consents.check(session, kept.id, consents.channels_of(session, absorbed.id), also=[absorbed.id])
    merge = _begin(session, MergeKind.PEOPLE, kept.case_id, absorbed.case_id, by, now)
    merge.kept_person_id, merge.absorbed_person_id = kept.id, absorbed.id
    session.flush()
    if merge.joins_cases:
        _join_cases(session, merge)
    for kind, model in OWNED.items():
        _move(session, merge, kind, model.person_id, absorbed.id, kept.id)
    absorbed.merged_into_id = kept.id
    return _end(session, merge, "person.merge", kept.id, by, now)


def merge_cases(session: Session, kept_id: str, absorbed_id: str, *, by: Staff, now: datetime) -> Merge:
    """Merge two cases of one family; each person keeps their records, and the wall stands between them.

    Raises as ``merge_people`` does, but for consent: no records of one person join.
    """
    if kept_id == absorbed_id:
        raise SameOne
    kept, absorbed = _lock(session, Case, kept_id), _lock(session, Case, absorbed_id)
    reach.check_case(session, kept.id, Action.CARE, by, now=now)
    reach.check_before_joining(session, absorbed.id, by, now=now)
    merge = _begin(session, MergeKind.CASES, kept.id, absorbed.id, by, now)
    _join_cases(session, merge)
    return _end(session, merge, "case.merge", kept.id, by, now)


def undo(session: Session, merge_id: str, *, back: Collection[str] = (), by: Staff, now: datetime) -> Merge:
    """Undo a merge; *back* are the consultations, or people, added since then that go to the absorbed side.

    Raises ``LaterMergeFirst`` while a later merge builds on this one, ``AccessDenied`` where either side is somebody
    else's, and ``BehindTheWall`` for the family of who is on the line. Undoing twice is undoing once.
    """
    merge = session.scalar(select(Merge).where(Merge.id == merge_id).with_for_update())
    if merge is None:
        raise cases.NoSuchPerson
    reach.check_case(session, merge.kept_case_id, Action.CARE, by, now=now)
    if merge.undone_at is not None:
        return merge
    _check_newest(session, merge)
    _check_absorbed_side(session, merge, by, now)
    _check_wall(session, merge, by)
    since, wanted = written_since(session, merge), set(back)
    merge.undone_at, merge.undone_by = now, by.id
    if merge.kind is MergeKind.PEOPLE:
        _part_people(session, merge, [one.id for one in since.consultations if one.id in wanted])
    if merge.joins_cases:
        _part_cases(session, merge, [one.id for one in since.people if one.id in wanted])
    action, subject = ("person.unmerge", merge.kept_person_id or "")
    if merge.kind is MergeKind.CASES:
        action, subject = ("case.unmerge", merge.kept_case_id)
    return _end(session, merge, action, subject, by, now, back=len(wanted))


def written_since(session: Session, merge: Merge) -> WrittenSince:
    """Return what was added to the kept side after the merge."""
    moved = set(_moves(session, merge, Moved.CONSULTATION))
    if merge.kind is MergeKind.CASES:
        later = select(Person).where(Person.case_id == merge.kept_case_id, Person.created_at > merge.at)
        return WrittenSince((), session.scalars(later.order_by(Person.created_at, Person.id)).all())
    linked = select(Consultation).where(
        Consultation.person_id == merge.kept_person_id, Consultation.linked_at > merge.at
    )
    found = session.scalars(linked.order_by(Consultation.opened_at, Consultation.id)).all()
    return WrittenSince([one for one in found if one.id not in moved], ())


def undoable_merges(session: Session, person: Person) -> Sequence[Merge]:
    """Return the merges into this person, or into their case, that can be undone, newest first."""
    into = or_(Merge.kept_person_id == person.id, and_(Merge.kind == MergeKind.CASES, _into_case(person.case_id)))
    return session.scalars(select(Merge).where(into, Merge.undone_at.is_(None)).order_by(Merge.id.desc())).all()


def _into_case(case_id: str) -> Any:
    return Merge.kept_case_id == case_id


# ---- doing it


def _begin(session: Session, kind: MergeKind, kept: str, absorbed: str, by: Staff, now: datetime) -> Merge:
    merge = Merge(id=new_id(), kind=kind, kept_case_id=kept, absorbed_case_id=absorbed, at=now, by_id=by.id)
    session.add(merge)
    session.flush()
    return merge


def _join_cases(session: Session, merge: Merge) -> None:
    _move(session, merge, Moved.PERSON, Person.case_id, merge.absorbed_case_id, merge.kept_case_id)
    session.get_one(Case, merge.absorbed_case_id).merged_into_id = merge.kept_case_id
    _follow(session, _moves(session, merge, Moved.PERSON))


def _move(
    session: Session, merge: Merge, kind: Moved, column: InstrumentedAttribute[str], before: str, after: str
) -> None:
    """Move every row of *before* and store that it was moved."""
    model = column.class_
    query = select(model.id).where(column == before)
    if model is ChannelConsent:  # one that the kept side has already stays where it is
        known = select(ChannelConsent.channel).where(
            ChannelConsent.person_id == after, ChannelConsent.withdrawn_at.is_(None)
        )
        query = query.where(or_(ChannelConsent.withdrawn_at.is_not(None), ChannelConsent.channel.not_in(known)))
    ids = list(session.scalars(query))
    if ids:
        rows = [{"merge_id": merge.id, "kind": kind, "row_id": row_id, "before_id": before} for row_id in ids]
        session.execute(insert(MergeMove), rows)
        _set(session, column, ids, after)
    if model is Consultation:
        _follow(session, [after])


def _set(session: Session, column: InstrumentedAttribute[Any], ids: Collection[str], value: str) -> None:
    model = column.class_
    session.execute(update(model).where(model.id.in_(list(ids))).values({column: value}), execution_options=UNTRACKED)


UNTRACKED = {"synchronize_session": False}
"""Everything is read anew at the end."""


def _follow(session: Session, person_ids: Iterable[str]) -> None:
    """Move the consultations of these people into the case the people are in."""
    case = select(Person.case_id).where(Person.id == Consultation.person_id).scalar_subquery()
    theirs = update(Consultation).where(Consultation.person_id.in_(list(person_ids)))
    session.execute(theirs.values(case_id=case), execution_options=UNTRACKED)


def _end(session: Session, merge: Merge, action: str, subject_id: str, by: Staff, now: datetime, **facts: int) -> Merge:
    """Reload everything, recompute the last contacts, and record it in the trail."""
    session.flush()
    session.expire_all()
    ids = [merge.kept_person_id, merge.absorbed_person_id, *_moves(session, merge, Moved.PERSON)]
    for person_id in dict.fromkeys(one for one in ids if one is not None):
        cases.refresh_last_contact(session, session.get_one(Person, person_id))
    for person in session.scalars(select(Person).where(Person.case_id == merge.kept_case_id).limit(1)):
        cases.refresh_last_contact(session, person)
    known = {
        "merge": merge.id,
        "case": merge.absorbed_case_id,
        "person": merge.absorbed_person_id,
        **facts,
    }
    subject = Subject("case" if action.startswith("case") else "person", subject_id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=known, now=now)
    return merge


# ---- undoing it


def _check_absorbed_side(session: Session, merge: Merge, by: Staff, now: datetime) -> None:
    """Raise ``AccessDenied`` if the side that parts again would be a case that *by* may not open."""
    if merge.by_id == by.id or not merge.joins_cases:
        return
    moved = or_(
        Consultation.id.in_(_moves(session, merge, Moved.CONSULTATION)),
        Consultation.person_id.in_(_moves(session, merge, Moved.PERSON)),
    )
    counsellors = set(session.scalars(select(Consultation.counsellor_id).where(moved).distinct()))
    is_somebodys = counsellors or session.get_one(Case, merge.absorbed_case_id).owner_id is not None
    if is_somebodys and by.id not in counsellors:
        reach.check_case(session, merge.absorbed_case_id, Action.OPEN, by, now=now)


def _check_wall(session: Session, merge: Merge, by: Staff) -> None:
    """Raise ``BehindTheWall`` if this takes somebody out of the family of the one who is on the line.

    What was merged during this very call could be read before; such a slip is mended at once.
    """
    record = on_the_line.record_at_hand(session, session.get(Presence, by.id))
    if record is None or (merge.by_id == by.id and merge.at >= record.opened_at):
        return
    there = on_the_line.speaker_in_case(session, by, merge.kept_case_id)
    if there is not None and (not there.opened if merge.joins_cases else there.is_walled_from(merge.kept_person_id)):
        raise BehindTheWall


def _check_newest(session: Session, merge: Merge) -> None:
    """Raise ``LaterMergeFirst`` if somebody who comes out of this merge was merged into another since."""
    people = {*_moves(session, merge, Moved.PERSON), merge.kept_person_id} - {merge.absorbed_person_id, None}
    builds_on: ColumnElement[bool] = Merge.absorbed_person_id.in_(people)
    if merge.joins_cases:
        taken_in = and_(Merge.absorbed_case_id == merge.kept_case_id, Merge.kept_case_id != merge.kept_case_id)
        builds_on = or_(builds_on, taken_in)
    # Ids rise with real time, even where a trial's clock was put back.
    later = select(Merge.id).where(Merge.undone_at.is_(None), Merge.id > merge.id, builds_on).limit(1)
    if session.scalar(later) is not None:
        raise LaterMergeFirst


def _part_people(session: Session, merge: Merge, back: Collection[str]) -> None:
    kept, absorbed = merge.kept_person_id or "", merge.absorbed_person_id or ""
    for kind, model in OWNED.items():
        ids = _moves(session, merge, kind)
        # What went on to somebody else since then stays there: a later decision counts.
        still = session.scalars(select(model.id).where(model.id.in_(ids), model.person_id == kept)).all()
        _set(session, model.person_id, still, absorbed)
    person = session.get_one(Person, absorbed)
    person.merged_into_id = None
    promised = select(Promise).where(Promise.consultation_id.in_(list(back)), Promise.person_id == kept)
    for promise in session.scalars(promised):
        promise.person_id = absorbed
        reseal(promise, person.data_key)
    _set(session, Consultation.person_id, back, absorbed)
    session.flush()
    _follow(session, [kept, absorbed])


def _part_cases(session: Session, merge: Merge, back: Collection[str]) -> None:
    moved = _moves(session, merge, Moved.PERSON)
    still = select(Person.id).where(Person.id.in_([*moved, *back]), Person.case_id == merge.kept_case_id)
    ids = session.scalars(still).all()
    _set(session, Person.case_id, ids, merge.absorbed_case_id)
    case = session.get_one(Case, merge.absorbed_case_id)
    case.merged_into_id = None
    session.flush()
    _follow(session, ids)
    for person_id in set(back) & set(ids):  # whoever came later has the other case's key
        continuity.move_texts(session, person_id, case.data_key)


def _moves(session: Session, merge: Merge, kind: Moved) -> list[str]:
    query = select(MergeMove.row_id).where(MergeMove.merge_id == merge.id, MergeMove.kind == kind)
    return list(session.scalars(query.order_by(MergeMove.row_id)))


def _lock(session: Session, model: Any, row_id: str) -> Any:
    query = select(model).where(model.id == row_id).with_for_update(of=model).execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise cases.NoSuchPerson
    if row.merged_into_id is not None:
        raise AlreadyMerged
    return row
