"""A caller who was given a 呼び番号 may key it in while waiting: it names a candidate and opens nothing."""

from __future__ import annotations

from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, continuity
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.trail.audit import OPERATOR
from tests.desk import Counsellor, Desk
from tests.line import Phone

ASKED = "呼び番号をお持ちの方"


def given(desk: Desk, counsellor: Counsellor) -> str:
    """Give somebody a number."""
    with desk.work() as session:
        now, staff = desk.clock.now(), session.get_one(Staff, counsellor.staff_id)
        person = cases.open_case(session, NewCase(NewPerson("ミナト")), by=OPERATOR, now=now)
        return continuity.give_code(session, person, by=staff, now=now).digits


def asked(phone: Phone, desk: Desk) -> bool:
    """Wait until the line asks, or has not in two minutes."""
    for _ in range(120):
        if any(ASKED in text for text in phone.heard):
            return True
        desk.line.advance(1)
    return False


def waiting(desk: Desk, counsellor: Counsellor) -> Phone:
    """Let the one counsellor talk, and somebody else wait."""
    desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    return desk.line.dial()


def test_nobody_is_asked_for_a_number_before_anybody_has_one(desk: Desk) -> None:
    assert not asked(waiting(desk, desk.counsellor()), desk)


def test_the_number_that_is_keyed_in_is_kept_for_the_day(desk: Desk) -> None:
    counsellor = desk.counsellor()
    digits = given(desk, counsellor)
    phone = waiting(desk, counsellor)
    assert asked(phone, desk)
    phone.presses(digits)
    desk.line.advance(30)
    assert desk.call(phone.sid).caller_code == digits
    assert sum(ASKED in text for text in phone.heard) == 1
    phone.hangs_up()
    desk.forgets_after(1)
    assert desk.call(phone.sid).caller_code is None


def test_pressing_nothing_or_junk_only_goes_on_waiting(desk: Desk) -> None:
    counsellor = desk.counsellor()
    given(desk, counsellor)
    phone = waiting(desk, counsellor)
    assert asked(phone, desk)
    phone.presses("12")
    desk.line.advance(40)
    assert desk.call(phone.sid).caller_code is None
    assert desk.call(phone.sid).state == "waiting"
