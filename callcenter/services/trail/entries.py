"""Reading the trail: by person, act and period, and whole for a copy; codes and ids, never content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, check
from callcenter.domain.calendar.times import at_japan
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import ActorKind, AuditEntry
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject

AT_ONCE = 100

GROUPS: dict[str, tuple[str, ...]] = {
    "reading": (
        *("consultation.read", "consultation.print", "case.read", "case.print", "incident.read", "care.read"),
        "thread.read",
    ),
    "reason": ("break_glass.", "wall.open", "number.reveal"),
    "search": ("case.search",),
    "refused": ("access.refused", "staff.sign_in_refused", "staff.code_refused", "staff.passkey_refused"),
    "records": (
        "consultation.",
        "nickname.",
        "person.",
        "case.",
        "wish.",
        "promise.",
        "consent.",
        "caller_code.",
        "referral.",
        "message.",
        "thread.",
        "reply.",
        "member.join",
        "member.part",
    ),
    "handing_out": ("case.export", "case.export.", "trail.export"),
    "destroying": (
        "case.shred",
        "consultation.shred",
        "member.shred",
        "member.hold",
        "member.lift",
        "member.warn",
        "retention.",
        "flag.expire",
        "line.log",
    ),
    "signing_in": (
        "staff.sign_",
        "staff.code_refused",
        "staff.recovery_code",
        "staff.passkey_",
        "staff.proved",
        "member.sign_",
    ),
    "accounts": ("staff.",),
    "line": ("line.", "call.", "presence.", "special_day.", "announcement.", "flag.", "block.", "incident.note"),
    "keys": ("keys.", "audit."),
}
"""Acts by what an auditor asks for; an entry with a dot at its end takes in all that begin with it."""

SETTINGS: tuple[str, ...] = (
    "special_day.",
    "announcement.",
    "staff.add",
    "staff.set_",
    "staff.deactivate",
    "staff.activate",
    "staff.role_",
    "staff.stays",
    "staff.factor_reset",
    "staff.first_password",
    "staff.app_",
    "staff.passkey_add",
    "staff.passkey_remove",
    "staff.recovery_codes",
    "line.pull",
    "line.set_up",
    "policy.",
    "keys.",
    "retention.hold",
    "retention.lift",
    "member.hold",
    "member.lift",
    "directory.",
    "institution.",
)
"""Acts that change how the service behaves or who may do what."""


@dataclass(frozen=True)
class Filters:
    """The filters of the trail; *who* is a staff id or a kind of actor."""

    first: date
    last: date
    who: str | None = None
    group: str | None = None


@dataclass(frozen=True)
class Page:
    """A page of entries, newest first; older ones begin before *older_before*."""

    entries: tuple[AuditEntry, ...]
    older_before: int | None


def page(session: Session, filters: Filters, *, by: Staff, before: int | None = None) -> Page:
    """Return a page of the trail; ``NotAllowed`` for anybody but an auditor."""
    check(by.role, Action.SEE_TRAIL)
    conditions = [_in_days(filters.first, filters.last)]
    if filters.who:
        kinds = {kind.value: kind for kind in ActorKind}
        known = kinds.get(filters.who)
        conditions.append(AuditEntry.actor_id == filters.who if known is None else AuditEntry.actor_kind == known)
    if filters.group:
        conditions.append(_any_of(GROUPS.get(filters.group, ())))
    return _page(session, conditions, before)


def settings_history(session: Session, first: date, last: date, *, by: Staff, before: int | None = None) -> Page:
    """Return the entries of changed settings and permissions."""
    check(by.role, Action.SEE_SETTINGS_HISTORY)
    return _page(session, [_in_days(first, last), _any_of(SETTINGS)], before)


def whole(session: Session, first: date | None, last: date | None) -> Iterator[AuditEntry]:
    """Yield every entry of these days, oldest first."""
    query = select(AuditEntry).order_by(AuditEntry.seq)
    if first is not None:
        query = query.where(AuditEntry.at >= at_japan(first, time()))
    if last is not None:
        query = query.where(AuditEntry.at < at_japan(last + timedelta(days=1), time()))
    yield from session.scalars(query.execution_options(yield_per=1000))


def note_export(session: Session, count: int, *, by: Actor, now: datetime) -> None:
    """Record that the trail was exported."""
    subject = Subject("audit")
    audit.record(session, actor=by, action="trail.export", subject=subject, facts={"entries": count}, now=now)


def staff_names(session: Session) -> dict[str, str]:
    """Return by id the name of everybody who ever had an account."""
    return {row.id: row.name for row in session.execute(select(Staff.id, Staff.name))}


def actors(session: Session) -> Sequence[Staff]:
    """Return everybody who ever had an account, the active ones first."""
    return session.scalars(select(Staff).order_by(Staff.active.desc(), Staff.name)).all()


def _page(session: Session, conditions: list[ColumnElement[bool]], before: int | None) -> Page:
    query = select(AuditEntry).where(*conditions).order_by(AuditEntry.seq.desc()).limit(AT_ONCE + 1)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    found = session.scalars(query).all()
    shown = tuple(found[:AT_ONCE])
    return Page(shown, shown[-1].seq if len(found) > AT_ONCE else None)


def _in_days(first: date, last: date) -> ColumnElement[bool]:
    end = at_japan(last + timedelta(days=1), time())
    return (AuditEntry.at >= at_japan(first, time())) & (AuditEntry.at < end)


def _any_of(acts: tuple[str, ...]) -> ColumnElement[bool]:
    exact = [act for act in acts if not act.endswith((".", "_"))]
    begins = [AuditEntry.action.startswith(act, autoescape=True) for act in acts if act.endswith((".", "_"))]
    return or_(AuditEntry.action.in_(exact), *begins)
