"""Rules that pages keep hold for whoever asks: they stand in the services, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from callcenter.domain.access.break_glass import ReasonMissing, tidy_reason
from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.domain.calendar.public_reason import UnspeakableReason
from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.states import CloseReason
from callcenter.domain.keeping.disclosure import ReasonFirst, check_reason
from callcenter.domain.keeping.retention import HoldReason, SayWhyHeld
from callcenter.domain.misuse.flags import Misuse
from callcenter.domain.records.record_codes import Channel
from callcenter.domain.staff.roles import Role
from callcenter.services.calendar import special_days
from callcenter.services.cases import case_closing, case_handovers
from callcenter.services.keeping import holds
from callcenter.services.misuse.incidents import NotOfACall, record_incident
from callcenter.services.names.nicknames import NoNickname, clean_name
from callcenter.services.records import consultations
from callcenter.services.staff import passkeys
from callcenter.services.staff.accounts import NameUnusable, NewStaff, add_staff
from callcenter.services.staff.passwords import hashed
from callcenter.services.trail.audit import OPERATOR
from tests.desk import CHEAP, PASSWORD
from tests.integration.people import case_of, member
from tests.line import A_WEDNESDAY_AFTERNOON as NOW

TODAY = local_date(NOW)
CLOSED = SpecialDay(SpecialKind.CLOSED, reason="台風の影響")
UNSEEN = ["", "  ", "\u200b\u200b\u200b", "\u3164\u3164\u3164\u3164\u3164", "\u202e\u2800\u00ad", "\u0301\ufe0f\u034f"]


def test_a_day_that_is_over_is_not_closed(session: Session) -> None:
    with pytest.raises(special_days.DayOver):
        special_days.decide(session, TODAY - timedelta(days=1), CLOSED, now=NOW, by=None)
    assert special_days.decide(session, TODAY, CLOSED, now=NOW, by=None).day == TODAY


def test_a_day_that_is_over_stays_as_it_was(session: Session) -> None:
    special_days.decide(session, TODAY, CLOSED, now=NOW, by=None)
    with pytest.raises(special_days.DayOver):
        special_days.undo(session, TODAY, now=NOW + timedelta(days=1), by=None)
    assert special_days.undo(session, TODAY, now=NOW, by=None).withdrawn_at == NOW


@pytest.mark.parametrize("name", [*UNSEEN, "あ" * 65])
def test_an_account_needs_a_name_that_can_be_seen(session: Session, name: str) -> None:
    with pytest.raises(NameUnusable):
        add_staff(session, NewStaff("tanto09", name, Role.COUNSELLOR), hashed(PASSWORD, CHEAP), by=OPERATOR, now=NOW)


@pytest.mark.parametrize("words", UNSEEN)
def test_a_reason_of_nothing_that_can_be_seen_is_no_reason(session: Session, words: str) -> None:
    seat, colleague, site = member(session, "tanto07"), member(session, "tanto08"), Any
    case = case_of(session, seat)
    other: dict[str, Any] = {"by": seat, "now": NOW}
    with pytest.raises(case_handovers.NoteFirst):
        case_handovers.ask(session, case.id, colleague.id, words, **other)
    with pytest.raises(case_closing.SayWhy):
        case_closing.close(session, case.id, CloseReason.OTHER, words, **other)
    with pytest.raises(SayWhyHeld):
        holds.place_hold(session, case.id, HoldReason.OTHER, words, TODAY, by=OPERATOR, now=NOW)
    with pytest.raises(passkeys.NameMissing):
        passkeys.add(session, seat, site, "", "", words, now=NOW, at=NOW)  # type: ignore[arg-type]  # never asked
    for check, refusal in (
        (tidy_reason, ReasonMissing),
        (check_reason, ReasonFirst),
        (clean_name, NoNickname),
        (
            lambda text: special_days.decide(
                session, TODAY, SpecialDay(SpecialKind.CLOSED, reason=text), now=NOW, by=None
            ),
            UnspeakableReason,
        ),
    ):
        with pytest.raises(refusal):
            check(words)


def test_misuse_is_noted_on_records_of_a_call_alone(session: Session) -> None:
    seat = member(session, "tanto07")
    record = consultations.open_draft(
        session, call_id=None, channel=Channel.PHONE, counsellor_id=seat.id, hint=None, now=NOW
    )
    with pytest.raises(NotOfACall):
        record_incident(session, record.id, Misuse.OTHER, "ことば", by=seat, now=NOW)
