"""A day on the line with known numbers and words: afterwards they are nowhere but where they must be."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import make_url

from callcenter.crypto import open_number
from callcenter.domain.records.record_codes import Channel
from callcenter.models.keys import ring_of
from callcenter.models.staff.accounts import Staff
from callcenter.services.records import consultations
from tests.desk import Desk

NUMBERS = ("+819012345671", "+819012345672", "+81312345673", "+815012345674")
CANARY = "みずうみのそばで拾った緑の石"
COUNSELLORS_PHONE = "+819087654321"


def live_through_a_day(desk: Desk) -> None:
    """Callers talk, give up, are turned away and come back; one record holds the canary."""
    counsellor = desk.counsellor(phone=COUNSELLORS_PHONE)
    for number in NUMBERS:
        phone = desk.line.dial(number)
        desk.line.advance(6)
        if number == NUMBERS[1]:
            phone.hangs_up()
            desk.line.advance(5)
            continue
        counsellor.takes_the_call()
        desk.line.advance(15)
        phone.says(CANARY)
        with desk.work() as session:
            staff = session.get_one(Staff, counsellor.staff_id)
            call = desk.call_in(session, phone.sid)
            draft = consultations.open_draft(
                session,
                call_id=call.id,
                channel=Channel.PHONE,
                counsellor_id=staff.id,
                hint=None,
                now=desk.clock.now(),
            )
            consultations.save_draft(
                session, draft.id, draft.version, {"story": CANARY}, by=staff, now=desk.clock.now()
            )
        phone.hangs_up()
        desk.line.advance(10)
        counsellor.is_ready_again()


def sought() -> list[str]:
    return [number[3:] for number in (*NUMBERS, COUNSELLORS_PHONE)] + [CANARY]


def test_the_database_file_holds_no_number_and_no_word_in_the_clear(sqlite_url: str) -> None:
    desk = Desk(sqlite_url)
    live_through_a_day(desk)
    desk.close()
    path = Path(make_url(sqlite_url).database or "")
    files = [file for file in path.parent.glob(path.name + "*") if file.is_file()]
    stored = b"".join(file.read_bytes() for file in files)
    assert len(stored) > 100_000
    for secret in sought():
        assert secret.encode() not in stored, secret


def test_no_log_line_and_no_address_names_anybody(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    live_through_a_day(desk)
    written = caplog.text + " ".join(desk.line.paths())
    for secret in sought():
        assert secret not in written, secret


def test_what_the_telephone_company_is_asked_for_holds_the_counsellors_number_and_no_callers(desk: Desk) -> None:
    asked: list[str] = []

    def listen(answer: requests.Response, **_options: Any) -> None:
        asked.append(f"{answer.request.url} {answer.request.body!r}")

    desk.line.rest.hooks["response"].append(listen)
    live_through_a_day(desk)
    wire = " ".join(asked)
    assert COUNSELLORS_PHONE[3:] in wire
    for number in NUMBERS:
        assert number[3:] not in wire


def test_the_sealed_number_opens_with_the_ring_until_its_days_are_over(desk: Desk) -> None:
    phone = desk.line.dial(NUMBERS[0])
    with desk.work() as session:
        call = desk.call_in(session, phone.sid)
        assert call.caller_number is not None
        assert open_number(ring_of(session), "calls", call.id, call.caller_number) == NUMBERS[0]
    phone.hangs_up()
    desk.line.advance(2)
    desk.forgets_after(desk.settings.policy.number_days)
    assert desk.call(phone.sid).caller_number is not None
    desk.forgets_after(1)
    assert desk.call(phone.sid).caller_number is None
