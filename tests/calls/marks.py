"""What tests about misuse share: a counsellor in talk with a known number, marks, and a supervisor."""

from __future__ import annotations

from sqlalchemy import select

from callcenter.domain.misuse.flags import Misuse
from callcenter.domain.staff.roles import Role
from callcenter.models.misuse import NumberFlag
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.misuse import flags
from callcenter.services.staff.accounts import NewStaff, add_staff
from callcenter.services.staff.passwords import hashed
from callcenter.services.trail.audit import OPERATOR
from tests.desk import PASSWORD, Counsellor, Desk
from tests.integration.consoles import CHEAP
from tests.line import Phone

NUMBER = "+819012345675"
OTHER = "+819012345676"
REFUSAL = "申しわけありません。この電話は、おつなぎできません。"
IN_DANGER = "命の危険があるときは"


def in_talk(desk: Desk, from_: str = NUMBER) -> tuple[Phone, Counsellor]:
    counsellor = desk.counsellor()
    phone = desk.line.dial(from_)
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(10)
    return phone, counsellor


def mark(desk: Desk, phone: Phone, counsellor: Counsellor, *, days: int = 30, reason: Misuse = Misuse.ABUSE) -> str:
    with desk.work() as session:
        by = session.get_one(Staff, counsellor.staff_id)
        call, policy = desk.call_in(session, phone.sid), desk.settings.policy
        return flags.flag(session, call, reason, days=days, by=by, now=desk.clock.now(), policy=policy).id


def supervisor(desk: Desk) -> str:
    with desk.work() as session:
        new = NewStaff("tokatsu01", "統括01", Role.SUPERVISOR)
        return add_staff(session, new, hashed(PASSWORD, CHEAP), by=OPERATOR, now=desk.clock.now()).id


def turn_away(desk: Desk, flag_id: str, by: str, *, days: int = 7) -> str:
    with desk.work() as session:
        staff = session.get_one(Staff, by)
        now, policy = desk.clock.now(), desk.settings.policy
        return flags.block(session, flag_id, Misuse.ABUSE, days=days, by=staff, now=now, policy=policy).id


def rows(desk: Desk) -> list[NumberFlag]:
    with desk.work() as session:
        return list(session.scalars(select(NumberFlag).order_by(NumberFlag.made_at, NumberFlag.id)))


def is_flagged(desk: Desk, phone: Phone) -> bool:
    with desk.work() as session:
        call, policy = desk.call_in(session, phone.sid), desk.settings.policy
        return flags.of_call(session, call, now=desk.clock.now(), policy=policy) is not None


def blocked(desk: Desk) -> tuple[str, str]:
    """Let a number be marked and turned away; returns the block and the supervisor."""
    phone, counsellor = in_talk(desk)
    flag_id, chief = mark(desk, phone, counsellor), supervisor(desk)
    phone.hangs_up()
    desk.line.advance(5)
    return turn_away(desk, flag_id, chief), chief


def actions(desk: Desk) -> list[str]:
    with desk.work() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))
