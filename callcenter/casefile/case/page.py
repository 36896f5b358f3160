"""The page of a case: its people, timeline, follow-up and hand-over; and the same on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from callcenter.casefile import contacts, words
from callcenter.casefile.blueprint import bp
from callcenter.casefile.contacts import EarlierContact
from callcenter.casefile.forms import (
    CloseForm,
    DeclineForm,
    FollowUpForm,
    HandOverForm,
    NameForm,
    ReopenForm,
    by_class,
)
from callcenter.casefile.words import called
from callcenter.context import ports, settings, unit_of_work
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.wall import CaseRisk, Part, Speaker
from callcenter.domain.codes import Code
from callcenter.domain.places import Prefecture, municipalities
from callcenter.domain.records.record_codes import Relation
from callcenter.models.cases.cases import Case, Nickname, Person
from callcenter.models.cases.casework import CaseClosing, CaseHandover
from callcenter.models.directory import Referral
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import break_glass, on_the_line
from callcenter.services.access.break_glass import Target
from callcenter.services.cases import case_access, case_closing, case_handovers, case_timeline, cases, casework, wall
from callcenter.services.cases.case_timeline import Happened
from callcenter.services.keeping import holds, retention
from callcenter.services.names import nicknames
from callcenter.services.records import viewers
from callcenter.services.records.viewers import OtherViewer
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.forms import Form
from callcenter.ui.kit.paging import before_moment

ON_PAPER = 500
"""Contacts that one print may hold."""
FORMS: tuple[type[Form], ...] = (CloseForm, DeclineForm, FollowUpForm, HandOverForm, NameForm, ReopenForm)
"""What can be sent from the page, besides the texts that are saved as they are written."""


@dataclass(frozen=True)
class Member:
    """Somebody in the case."""

    id: str
    name: str
    names: tuple[str, ...]
    relation: Code
    is_subject: bool


@dataclass(frozen=True)
class TimelineItem:
    """One entry of the timeline, as it is shown."""

    kind: Happened
    at: datetime
    contact: EarlierContact | None
    referrals: tuple[Referral, ...]
    handover: CaseHandover | None
    closing: CaseClosing | None


@dataclass(frozen=True)
class CasePageData:
    """Everything the page is drawn from."""

    case: Case
    title: str
    place: str
    members: tuple[Member, ...]
    speaker: Member | None
    names: Sequence[Nickname]
    """Every name of the one in mind, retired ones last."""
    before: str
    """What records of before this system say of the talks of the one in mind."""
    moments: tuple[TimelineItem, ...]
    older_before: datetime | None
    risk: CaseRisk | None
    """The newest level of risk in the case, and its day."""
    owner: str | None
    mine: bool
    may_assign: bool
    may_see_readers: bool
    may_hold: bool
    may_export: bool
    handover: CaseHandover | None
    closing: CaseClosing | None
    colleagues: tuple[tuple[str, str], ...]
    others: tuple[OtherViewer, ...]
    goes_on: date | None
    """When the case is destroyed if nobody calls."""
    held_until: date | None
    today: date
    now: datetime
    read_until: datetime | None
    """Until when it is open to the reader with a reason, to be read only; None where it is open to them anyway."""


@bp.get("/cases/<case_id>")
@staff_who_may(Action.OPEN)
def case(case_id: str) -> str:
    """Show a case; the opening is in the trail, and colleagues who view it see it."""
    return draw_case(case_id)


def draw_case(case_id: str, sent: Form | None = None) -> str:
    """Return the page; *problems* and what was *typed* are shown after something was refused."""
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        found = case_access.open_for_reading(session, case_id, staff, now=now)
        viewers.start_viewing(session, Subject("case", found.id), staff, now=now)
        _note(session, found, "case.read", staff, now)
        sight = _look(session, found, staff, now, before=before_moment())
        usual = (form(formdata=None) for form in FORMS)
        return render_template(
            "casefile/case/page.html",
            sight=sight,
            words=words,
            forms=by_class(usual, sent, sight.colleagues),
            problems=sent.problems if sent else [],
        )


@bp.get("/cases/<case_id>/live")
@staff_who_may(Action.OPEN, quiet=True)
def case_live(case_id: str) -> str:
    """Return what changes by itself: other viewers, and whether something is newer."""
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        found = case_access.open_for_reading(session, case_id, staff, now=now)
        subject = Subject("case", found.id)
        viewers.keep_viewing(session, subject, staff, now=now)
        given = {
            "case": found,
            "others": viewers.other_viewers(session, subject, staff, now=now),
            "handover": case_handovers.pending(session, found),
            "now": now,
            "read_until": break_glass.open_until(session, Target("case", found.id), by=staff, now=now),
        }
        return render_template("casefile/case/live.html", **given)


@bp.post("/cases/<case_id>/writing")
@staff_who_may(Action.CARE)
def case_writing(case_id: str) -> tuple[str, int]:
    """Store which field is being written in, or that the page was closed."""
    field = request.form.get("field", "")
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        subject = Subject("case", case_access.open_for_reading(session, case_id, staff, now=now).id)
        if "left" in request.form:
            viewers.stop_viewing(session, subject, staff, now=now)
        else:
            viewers.start_viewing(session, subject, staff, now=now, writing=field if field in casework.TEXTS else None)
    return "", 204


@bp.get("/cases/<case_id>/print")
@staff_who_may(Action.OPEN)
def case_print(case_id: str) -> str:
    """Show the case for printing, as far as it may be seen from this person's side."""
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        found = case_access.open_for_reading(session, case_id, staff, now=now)
        sight = _look(session, found, staff, now, at_most=ON_PAPER)
        facts = {"person": sight.speaker.id if sight.speaker else None, "entries": len(sight.moments)}
        _note(session, found, "case.print", staff, now, facts)
        return render_template("casefile/case/print.html", sight=sight, printer=staff.name)


def _note(
    session: Session, found: Case, action: str, staff: Staff, now: datetime, facts: dict[str, Any] | None = None
) -> None:
    subject = Subject("case", found.id)
    audit.record(session, actor=staff_member(staff.id), action=action, subject=subject, facts=facts, now=now)


def _look(
    session: Session, found: Case, staff: Staff, now: datetime, *, before: datetime | None = None, at_most: int = 0
) -> CasePageData:
    chosen = _chosen(found)
    speaker = wall.reading_as(session, staff, chosen) if chosen else None
    timeline = case_timeline.read(session, found, speaker, by=staff, now=now, before=before)
    entries = timeline.entries
    while timeline.older_before and len(entries) < at_most:
        timeline = case_timeline.read(session, found, speaker, by=staff, now=now, before=timeline.older_before)
        entries += timeline.entries
    members = tuple(_member(person) for person in _people(session, found, staff, speaker))
    person = session.get_one(Person, speaker.person_id) if speaker else None
    owner = session.get(Staff, found.owner_id) if found.owner_id else None
    return CasePageData(
        case=found,
        title=next((called(name) for one in members for name in one.names[:1]), "お名前はまだ"),
        place=_place(found),
        members=members,
        speaker=_member(person) if person else None,
        names=nicknames.all_of(session, person) if person else (),
        before=cases.earlier_background(session, person) if person and speaker and speaker.is_certain else "",
        moments=tuple(_moment(session, entry) for entry in entries),
        older_before=timeline.older_before,
        risk=wall.risk_of(session, found.id),
        owner=owner.name if owner else None,
        mine=found.owner_id == staff.id,
        may_assign=may(staff.role, Action.ASSIGN),
        may_see_readers=may(staff.role, Action.SEE_READERS),
        may_hold=may(staff.role, Action.HOLD),
        may_export=may(staff.role, Action.EXPORT),
        handover=case_handovers.pending(session, found),
        closing=case_closing.current_closing(session, found),
        colleagues=tuple((one.id, one.name) for one in case_handovers.colleagues(session, found)),
        others=viewers.other_viewers(session, Subject("case", found.id), staff, now=now),
        goes_on=goes[0] if (goes := retention.case_due(session, found, settings().policy.periods)) else None,
        held_until=max((one.until for one in holds.of_case(session, found.id, today=local_date(now))), default=None),
        today=local_date(now),
        now=now,
        read_until=break_glass.open_until(session, Target("case", found.id), by=staff, now=now),
    )


def _chosen(found: Case) -> Person | None:
    """Return the person from whose side the case is read: as chosen, else the subject, else the first."""
    people = _in_order(found.people)
    return next((one for one in people if one.id == request.values.get("person")), people[0] if people else None)


def _people(session: Session, found: Case, staff: Staff, speaker: Speaker | None) -> list[Person]:
    """Return whose side the case may be read from: only those who may be named while one is on the line."""
    there = on_the_line.speaker_in_case(session, staff, found.id)
    if there is not None and speaker is not None:
        return _in_order(wall.visible_people(session, there))
    return _in_order(found.people)


def _in_order(people: Iterable[Person]) -> list[Person]:
    return sorted((one for one in people if one.merged_into_id is None), key=lambda one: not one.is_subject)


def _member(person: Person) -> Member:
    names = tuple(name.text for name in person.nicknames)
    relation = Relation(person.relation)
    return Member(person.id, called(names[0]) if names else relation.label, names, relation, person.is_subject)


def _moment(session: Session, entry: case_timeline.Entry) -> TimelineItem:
    contact, parts = contacts.earlier_contact(session, entry.contact) if entry.contact else None, entry.parts
    if contact is not None:
        contact = replace(
            contact,
            story=contact.story if Part.STORY in parts else "",
            response=contact.response if Part.RESPONSE in parts else "",
            next_step=contact.next_step if Part.NEXT_STEP in parts else "",
        )
    referrals = entry.referrals if Part.RESPONSE in parts else ()
    return TimelineItem(entry.kind, entry.at, contact, referrals, entry.handover, entry.closing)


def _place(found: Case) -> str:
    town = municipalities().get(found.municipality)
    if town is not None:
        return town.name
    return "" if found.prefecture == Prefecture.UNKNOWN else Prefecture(found.prefecture).label
