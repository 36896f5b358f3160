"""Reading one record without writing in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template

from callcenter.casefile.blueprint import bp
from callcenter.casefile.words import name_of
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.codes import Code
from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.models.records import Consultation
from callcenter.services.access import break_glass
from callcenter.services.access.break_glass import Target
from callcenter.services.records import consultations
from callcenter.ui.access import myself, staff_who_may

TEXTS = (("story", "主なお話"), ("background", "これまで"), ("response", "したこと"), ("next_step", "次回"))


@dataclass(frozen=True)
class RecordToRead:
    """A record as it is read, not written."""

    id: str
    case_id: str | None
    name: str
    relation: Code
    channel: Code
    counsellor: str
    opened_at: datetime
    finished: bool
    texts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, record: Consultation) -> RecordToRead:
        return cls(
            id=record.id,
            case_id=record.case_id,
            name=name_of(record),
            relation=Relation(record.relation),
            channel=Channel(record.channel),
            counsellor=record.counsellor.name,
            opened_at=record.opened_at,
            finished=record.finished_at is not None,
            texts=tuple((label, getattr(record, name) or "") for name, label in TEXTS),
        )


@bp.get("/records/<record_id>/read")
@staff_who_may(Action.OPEN)
def read_record(record_id: str) -> str:
    """Show one record to whoever may open it; every opening is in the trail."""
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        record = consultations.read(session, record_id, by=staff, now=now)
        shown = RecordToRead.of(record)
        until = break_glass.open_until(session, Target("record", record_id), by=staff, now=now)
    return render_template("casefile/record/read.html", record=shown, now=now, read_until=until)
