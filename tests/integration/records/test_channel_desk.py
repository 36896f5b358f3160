"""A channel with a desk of its own: its records are drawn, found and finished there, with nothing of the telephone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from flask import render_template
from sqlalchemy.orm import Session

from callcenter.casefile import channel_desk
from callcenter.casefile.channel_desk import Drawing, PageResults, PersonHint, Pieces
from callcenter.casefile.person import page
from callcenter.console.telephone_desk import TelephoneDesk
from callcenter.domain.records.record_codes import Channel
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import availability
from callcenter.services.names.nickname_search import Candidate
from callcenter.services.records import consultations
from tests.integration.consoles import Console, Seat


@dataclass
class LetterDesk:
    """A desk as simple as one can be: a page of the record and its person, and a list of what was finished."""

    finished: list[str] = field(default_factory=list)

    def workplace(self) -> str:
        return "/letters"

    def address(self, record_id: str) -> str:
        return f"/letters/{record_id}"

    def page(self, session: Session, record_id: str, shown: PageResults) -> Drawing:
        found = page.gather(session, record_id, shown)

        def draw() -> str:
            record = render_template("casefile/record/record.html", **found.given())
            return record + render_template("casefile/person/column.html", **found.given())

        return draw

    def pieces(self, session: Session, record: Consultation, staff: Staff, *, now: datetime) -> Pieces:
        return Pieces(leads=(PersonHint("ミナトさん・本人", "宛名から"),))

    def apply_hints(
        self, session: Session, record: Consultation, found: Sequence[Candidate], *, now: datetime
    ) -> Sequence[Candidate]:
        return found

    def finishing(
        self, session: Session, record_id: str, staff: Staff, *, now: datetime
    ) -> AbstractContextManager[None]:
        self.finished.append(record_id)
        return nullcontext()

    def reopening(
        self, session: Session, record_id: str, staff: Staff, *, now: datetime
    ) -> AbstractContextManager[None]:
        self.finished.remove(record_id)
        return nullcontext()


@pytest.fixture
def letters(desk: Console) -> LetterDesk:
    here = LetterDesk()
    channel_desk.install(desk.app, TelephoneDesk(), at_work=availability.staff_on_duty, by_channel={Channel.MAIL: here})
    return here


def begun(desk: Console, seat: Seat, channel: Channel) -> str:
    with desk.work() as session:
        return consultations.open_draft(
            session, call_id=None, channel=channel, counsellor_id=seat.staff_id, hint=None, now=desk.clock.now()
        ).id


@pytest.fixture
def letter(desk: Console, seat: Seat) -> str:
    return begun(desk, seat, Channel.MAIL)


@pytest.mark.usefixtures("letters")
def test_a_saved_record_leads_back_to_the_desk_of_its_channel(desk: Console, seat: Seat, letter: str) -> None:
    sent = {"whole": "1", "version": "1", "story": "図書館に行った"}
    saved = seat.sends(f"/console/records/{letter}/save", sent, script=False)
    assert (saved.status_code, saved.location) == (303, f"/letters/{letter}")
    call = begun(desk, seat, Channel.PHONE)
    assert seat.sends(f"/console/records/{call}/save", sent, script=False).location == f"/console/records/{call}"


@pytest.mark.usefixtures("letters")
def test_a_record_without_a_next_step_is_drawn_again_without_the_telephone(seat: Seat, letter: str) -> None:
    answer = seat.sends(f"/console/records/{letter}/finish", {"whole": "1", "version": "1"}, script=False)
    assert answer.status_code == 422
    assert 'id="record-form"' in answer.text
    assert "宛名から" in answer.text
    for of_the_telephone in ("callbar", "line-desk", "閉じたあと", "お答えできないときの声かけの例", "/incident"):
        assert of_the_telephone not in answer.text


def test_a_finished_record_ends_in_the_hands_of_its_desk(letters: LetterDesk, seat: Seat, letter: str) -> None:
    sent = {"whole": "1", "version": "1", "next_step": "返事を待つ"}
    answer = seat.sends(f"/console/records/{letter}/finish", sent, script=False)
    assert (answer.status_code, answer.location, letters.finished) == (303, "/letters", [letter])


def test_a_finish_that_is_taken_back_is_the_desks_to_undo(letters: LetterDesk, seat: Seat, letter: str) -> None:
    sent = {"whole": "1", "version": "1", "next_step": "返事を待つ"}
    seat.sends(f"/console/records/{letter}/finish", sent, script=False)
    answer = seat.sends(f"/console/records/{letter}/reopen", script=False)
    assert (answer.status_code, answer.location, letters.finished) == (303, f"/letters/{letter}", [])


@pytest.mark.usefixtures("letters")
def test_a_list_of_all_channels_leads_to_each_records_own_page(desk: Console, seat: Seat, letter: str) -> None:
    call = begun(desk, seat, Channel.PHONE)
    page = seat.get("/console/unlinked").text
    assert f'href="/letters/{letter}"' in page
    assert f'href="/console/records/{call}"' in page
