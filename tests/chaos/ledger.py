"""What the system acknowledged to the outside, and whether it kept its word.

An acknowledgement is what somebody outside saw: a document that the telephone company got, an answer that a
counsellor's screen got. Whatever was acknowledged must be stored at the end, and nothing may have been done twice.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.calls.lifecycle import LIVE_OFFERS, CallState
from callcenter.models.calls.calls import Call, Offer
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.engines import connect
from callcenter.models.keys import lend_ring
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.trail import audit
from ivr.simulator.line.engine import Engine
from tests.desk import FIELD_KEYS

FINISH, HAND_OVER = "consultation.finish", "consultation.hand_over"
ANSWERED, ROOM, TRIED, SAVED, FINISHED = "answered", "in the room", "tried to save", "saved", "finished"


@dataclass(frozen=True)
class Note:
    """One line of the history."""

    what: str
    of: str
    text: str
    version: int


@dataclass
class Ledger:
    """Written while things happen, from many threads; each line also goes into a file at once."""

    file: Path
    seen: list[Note] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, of: str, text: str = "", version: int = 0) -> None:
        """Write down what was acknowledged, or tried, of *of*."""
        with self._lock:
            self.seen.append(Note(what, of, text, version))
            with self.file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps([time.time(), what, of, text, version], ensure_ascii=False) + "\n")

    def of_kind(self, what: str) -> list[Note]:
        return [note for note in self.seen if note.what == what]

    def counts(self) -> Counter[str]:
        return Counter(note.what for note in self.seen)

    def hear(self, engine: Engine) -> None:
        """Note which documents the callers' and the counsellors' legs really got."""
        for leg in engine.legs.values():
            if not leg.verbs:
                continue
            if leg.inbound:
                self.note(ANSWERED, leg.sid)
        for room in engine.rooms.values():
            if room.status_hook is not None:
                self.note(ROOM, urlsplit(room.status_hook.url).path.rpartition("/")[2])


def broken_words(ledger: Ledger, engine: Engine, database_url: str) -> list[str]:
    """Return what was acknowledged and is not stored, what was done twice, and what is still open."""
    reader = connect(database_url)
    with Session(reader) as session:
        lend_ring(session, KeyRing.parse(FIELD_KEYS))
        found = [*_lost(ledger, session), *_twice(session, engine), *_open(session, engine)]
        if (bad := audit.verify(session)) is not None:
            found.append(f"the trail breaks at entry {bad}")
    reader.dispose()
    return found


def _lost(ledger: Ledger, session: Session) -> Iterator[str]:
    known = set(session.scalars(select(Call.caller_sid)))
    yield from (f"caller {n.of} was answered and has no row" for n in ledger.of_kind(ANSWERED) if n.of not in known)
    records = {one.id: one for one in session.scalars(select(Consultation))}
    calls = {one.call_id for one in records.values()}
    met = {note.of for note in ledger.of_kind(ROOM)}
    yield from (f"in call {of} people met and nobody finds a record" for of in sorted(met - calls))
    acknowledged, all_saved = dict[str, Note](), {note.text for note in ledger.of_kind(SAVED)}
    for note in ledger.of_kind(SAVED):
        acknowledged[note.of] = max(note, acknowledged.get(note.of, note), key=lambda one: one.version)
    unheard = {note.text for note in ledger.of_kind(TRIED)} - all_saved
    for of, note in acknowledged.items():
        if of not in records or records[of].story not in {note.text, *unheard}:
            yield f"record {of} lost what was saved as its version {note.version}"
    for of in {note.of for note in ledger.of_kind(FINISHED)}:
        yield from _unfinished(session, of, records[of])


def _unfinished(session: Session, of: str, record: Consultation) -> Iterator[str]:
    """A record that was finished is so, unless its call went on to somebody else afterwards."""
    acts = select(AuditEntry.action).where(AuditEntry.subject_id == of).order_by(AuditEntry.seq)
    done = [act for act in session.scalars(acts) if act in {FINISH, HAND_OVER}]
    if FINISH not in done:
        yield f"record {of} was finished and the trail does not know of it"
    elif done[-1] == FINISH and record.state is not ConsultationState.FINISHED:
        yield f"record {of} was finished and is open"


def _twice(session: Session, engine: Engine) -> list[str]:
    rung = Counter(_offer_of(leg.hook.url) for leg in engine.legs.values() if not leg.inbound and leg.hook is not None)
    found = [f"offer {offer} rang {times} times" for offer, times in rung.items() if times > 1]
    per_call = select(Consultation.call_id).group_by(Consultation.call_id).having(func.count() > 1)
    return found + [f"call {call_id} has two records" for call_id in session.scalars(per_call)]


def _offer_of(url: str) -> str:
    return urlsplit(url).path.split("/")[3]


def _open(session: Session, engine: Engine) -> list[str]:
    found = [f"a leg to {leg.to} is still {leg.status}" for leg in engine.legs.values() if not leg.over]
    calls = session.scalars(select(Call.id).where(Call.state != CallState.ENDED))
    found += [f"call {one} has not ended" for one in calls]
    found += [f"offer {one} is live" for one in session.scalars(select(Offer.id).where(Offer.state.in_(LIVE_OFFERS)))]
    undone = session.scalars(select(OutboxMessage.topic).where(OutboxMessage.done_at.is_(None)))
    return found + [f"errand {topic} was never done" for topic in undone]


def is_quiet(engine: Engine, database_url: str) -> bool:
    """Whether nothing is open any more."""
    reader = connect(database_url)
    with Session(reader) as session:
        quiet = not _open(session, engine)
    reader.dispose()
    return quiet
