"""What the telephone desk adds to the page of a record, and what finishing a record means here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from flask import request, url_for
from sqlalchemy.orm import Session

from callcenter.casefile.channel_desk import Drawing, PageResults, PersonHint, Pieces
from callcenter.casefile.person import candidates
from callcenter.casefile.words import person_words
from callcenter.console import desk as desks
from callcenter.console import drawing
from callcenter.console.duty import my_state
from callcenter.console.misuse import flagged
from callcenter.domain.duty.presence import Work
from callcenter.domain.errors import HelplineError
from callcenter.models.calls.calls import Call, Presence
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line
from callcenter.services.calendar import opening_hours
from callcenter.services.calls import cut_off
from callcenter.services.duty import presence
from callcenter.services.names.nickname_search import Candidate
from callcenter.ui.hints import Hint, hint_of

BROKE_OFF = "直前に切れた電話"
KEYED = "呼び番号が押されました"


class StillTalking(HelplineError):
    """Raised when a record would be finished during its call."""

    message = "まだ通話中です。電話が終わってから閉じてください。書いた文は保存されています。"


@dataclass(frozen=True)
class Facts:
    """What the head of a record shows of its call."""

    key: Hint
    waited_seconds: int | None


class TelephoneDesk:
    """What the telephone desk supplies for every record that is written at it."""

    def workplace(self) -> str:
        """Return the address of the desk."""
        return url_for("console.board")

    def address(self, record_id: str) -> str:
        """Return the address of a record at the desk."""
        return url_for("console.record", record_id=record_id)

    def page(self, session: Session, record_id: str, shown: PageResults) -> Drawing:
        """Return the desk around a record."""
        return drawing.gather(session, record_id, shown)

    def pieces(self, session: Session, record: Consultation, staff: Staff, *, now: datetime) -> Pieces:
        """Return what the desk adds: facts of the call, scripts, what comes after, misuse, known counsellors."""
        desk = desks.build(session, staff, now=now)
        call, at_hand = _call_of(session, record), desk.record_id == record.id
        return Pieces(
            in_head="console/record/facts.html" if call is not None else None,
            in_danger="console/record/danger.html",
            on_refusal="console/record/refusal.html",
            at_finish="console/duty/after.html" if at_hand else None,
            below_record="console/misuse/incident.html" if call is not None else None,
            on_card="console/known_colleagues.html" if at_hand else None,
            leads=_leads(session, record, now) if record.person_id is None else (),
            given={
                **desk.given(),
                "facts": _facts(call) if call is not None else None,
                "misuse": flagged.part(session, record, staff, now=now),
            },
        )

    def apply_hints(
        self, session: Session, record: Consultation, found: Sequence[Candidate], *, now: datetime
    ) -> Sequence[Candidate]:
        """Return the candidates, first those whose call broke off just now, then the one of a keyed code."""
        broke_off = cut_off.recent_callers(session, now=now, without=record.id)
        pressed = _keyed(session, record)
        if pressed is not None and pressed.person_id in {one.person_id for one in found}:
            found = [pressed, *(one for one in found if one.person_id != pressed.person_id)]
        first = [replace(one, reason=BROKE_OFF) for one in found if one.person_id in broke_off]
        return [*first, *(one for one in found if one.person_id not in broke_off)]

    def finishing(
        self, session: Session, record_id: str, staff: Staff, *, now: datetime
    ) -> AbstractContextManager[None]:
        """Refuse during the call; with the record at hand the wrap-up ends, and the plan follows."""
        return _finishing(session, record_id, staff, now)

    def reopening(
        self, session: Session, record_id: str, staff: Staff, *, now: datetime
    ) -> AbstractContextManager[None]:
        """Return to the wrap-up that ended with the record, unless the line went on since then."""
        return _reopening(session, record_id, staff, now)


@contextmanager
def _finishing(session: Session, record_id: str, staff: Staff, now: datetime) -> Iterator[None]:
    row = session.get(Presence, staff.id, with_for_update=True)
    current = on_the_line.record_at_hand(session, row)
    if row is None or current is None or current.id != record_id:
        yield
        return
    if row.work is not Work.WRAP_UP:
        raise StillTalking
    yield
    after = request.form.get("after", "")
    # A page that was drawn before closing still offers to go on.
    closed = row.draining and not opening_hours.state(session, now).open
    if after and not staff.changes_soon and not (closed and after == Work.AVAILABLE):
        my_state.plan_choice(session, staff, after)
    presence.finish_wrap_up(session, staff, now=now)


@contextmanager
def _reopening(session: Session, record_id: str, staff: Staff, now: datetime) -> Iterator[None]:
    row = presence.lock(session, staff.id)
    record = session.get(Consultation, record_id)
    finished_at = record.finished_at if record is not None else None
    yield
    if row is not None and finished_at is not None:
        presence.resume_wrap_up(session, row, since=finished_at, now=now)


def _call_of(session: Session, record: Consultation) -> Call | None:
    return session.get(Call, record.call_id) if record.call_id else None


def _facts(call: Call) -> Facts:
    return Facts(hint_of(call.key), call.waited_seconds if call.claimed_at is not None else None)


def _keyed(session: Session, record: Consultation) -> Candidate | None:
    """Return the person of the caller code that was keyed in while waiting."""
    call = _call_of(session, record)
    found = candidates.by_code(session, call.caller_code) if call is not None and call.caller_code else None
    return replace(found, reason=KEYED) if found is not None else None


def _leads(session: Session, record: Consultation, now: datetime) -> tuple[PersonHint, ...]:
    """Return the person of a keyed code, and the talks that broke off a moment ago."""
    pressed = _keyed(session, record)
    named = [] if pressed is None else [_lead(pressed)]
    broke_off = cut_off.recent(session, now=now, without=record.id)
    return (*named, *(_broke_off(one, record.id) for one in broke_off))


def _lead(pressed: Candidate) -> PersonHint:
    return PersonHint(person_words(pressed.nickname, pressed.relation), KEYED, pressed.person_id)


def _broke_off(one: cut_off.CutOff, record_id: str) -> PersonHint:
    why = f"に終わった電話・{one.counsellor}"
    if one.person is None:
        take_up = url_for("console.same_caller", record_id=record_id)
        return PersonHint("お名前はまだ", why, at=one.ended_at, record_id=one.record_id, take_up=take_up)
    name = person_words(one.person.nicknames[0].text, one.person.relation)
    return PersonHint(name, why, one.person.id, one.ended_at)
