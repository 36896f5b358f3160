"""Numbers that are no caller's own, and all the ways of showing none: never marked, never turned away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.domain.misuse.flags import FlagKind, Misuse, NoNumberShown, NotOnePersons
from callcenter.domain.phone_numbers import spelled_numbers
from callcenter.models.base import new_id
from callcenter.models.keys import ring_of
from callcenter.models.misuse import NumberFlag
from callcenter.models.staff.accounts import Staff
from callcenter.services.misuse import flags
from tests.calls.marks import NUMBER, in_talk, is_flagged, mark, rows, supervisor, turn_away
from tests.calls.webhooks import INCOMING, form, post
from tests.desk import Desk

LINE, CALLER_ID, COLLEAGUE = "+81120529528", "+815000000000", "+819000000002"
FORWARDED_TO = "+815012345678"
OURS = (LINE, CALLER_ID, COLLEAGUE)
NO_NUMBER = (
    "",
    "+",
    "0",
    "ANONYMOUS",
    "+Restricted",
    "No Caller ID",
    "unavailable",
    "非通知",
    "sip:anonymous@anonymous.invalid",
    "tel:unknown",
    *spelled_numbers(),
)


def flagged_before(desk: Desk, *numbers: str) -> list[str]:
    """Flag and block these numbers as a version did that took them for a caller's; return the flags."""
    chief, made = supervisor(desk), list[str]()
    with desk.work() as session:
        now = desk.clock.now()
        for number in numbers:
            for kind in FlagKind:
                row = NumberFlag(
                    id=new_id(),
                    kind=kind,
                    number_hash=ring_of(session).blind_index(flags.PURPOSE, number),
                    ring_key_id=ring_of(session).current_id,
                    reason=Misuse.ABUSE,
                    made_by=chief,
                    made_at=now,
                    until=local_date(now) + timedelta(days=30),
                )
                session.add(row)
                made += [row.id] if kind is FlagKind.FLAG else []
    return made


def test_whoever_shows_no_number_in_any_spelling_waits_and_cannot_be_flagged(desk: Desk) -> None:
    flagged_before(desk, *(text for text in NO_NUMBER if text))
    for place, text in enumerate(NO_NUMBER):
        sid = f"CA{place:032x}"
        assert b"<Enqueue" in post(desk, INCOMING, form(sid, From=text)).data or place >= 5  # five may wait at most
        call = desk.call(sid)
        assert call.outcome is not CallOutcome.BLOCKED
        assert call.caller_number is None
        with desk.work() as session:
            policy, found = desk.settings.policy, desk.call_in(session, sid)
            assert flags.of_call(session, found, now=desk.clock.now(), policy=policy) is None
            with pytest.raises(NoNumberShown):
                flags.check_can_flag(session, found, policy=policy)


def test_a_caller_whose_first_webhook_names_no_number_at_all_waits(desk: Desk) -> None:
    fields = {name: value for name, value in form().items() if name != "From"}
    assert b"<Enqueue" in post(desk, INCOMING, fields).data


@pytest.mark.parametrize("ours", [LINE, FORWARDED_TO])
def test_a_call_that_shows_the_lines_own_number_is_never_flagged(database_url: str, ours: str) -> None:
    desk = Desk(database_url, ANSWERED_NUMBERS=f"{LINE},{FORWARDED_TO}")
    phone, counsellor = in_talk(desk, ours)
    with pytest.raises(NotOnePersons):
        mark(desk, phone, counsellor)
    assert rows(desk) == []
    desk.close()


def test_a_colleagues_telephone_is_never_flagged_and_nobody_learns_whose_it_is(desk: Desk) -> None:
    phone, counsellor = in_talk(desk, NUMBER)
    desk.counsellor("tanto09", phone=NUMBER)
    with pytest.raises(NotOnePersons) as refused:
        mark(desk, phone, counsellor)
    assert "職員" not in refused.value.message


@pytest.mark.parametrize("ours", OURS)
def test_a_mark_on_a_number_of_ours_turns_nobody_away_and_cannot_be_made_a_block(desk: Desk, ours: str) -> None:
    desk.counsellor(phone=COLLEAGUE)
    (flag_id,) = flagged_before(desk, ours)
    phone = desk.line.dial(ours)
    assert desk.call(phone.sid).state is CallState.WAITING
    assert not is_flagged(desk, phone)
    with desk.work() as session:
        chief = session.get_one(NumberFlag, flag_id).made_by
    with pytest.raises(NotOnePersons):
        turn_away(desk, flag_id, chief)


def test_a_number_that_has_become_a_colleagues_is_no_longer_turned_away(desk: Desk) -> None:
    flagged_before(desk, NUMBER)
    assert desk.outcome(desk.line.dial(NUMBER).sid)[1] is CallOutcome.BLOCKED
    desk.counsellor(phone=NUMBER)
    assert desk.call(desk.line.dial(NUMBER).sid).state is CallState.WAITING
    with desk.work() as session:
        for member in session.query(Staff).filter(Staff.phone_sealed.is_not(None)):
            member.active = False
    assert desk.outcome(desk.line.dial(NUMBER).sid)[1] is CallOutcome.BLOCKED


def test_the_worker_ends_marks_on_nobodys_numbers_and_leaves_the_others(desk: Desk) -> None:
    desk.counsellor(phone=COLLEAGUE)
    flagged_before(desk, *OURS, "+17378742833", "+81266696687", NUMBER)
    desk.forgets_after(0)
    assert sum(row.number_hash is not None for row in rows(desk)) == 2
    assert desk.outcome(desk.line.dial(NUMBER).sid)[1] is CallOutcome.BLOCKED
