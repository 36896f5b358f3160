"""Families of the tests, and all that a console shows of them around a record."""

from __future__ import annotations

from datetime import timedelta

from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, linking
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.records import consultations
from callcenter.services.trail.audit import OPERATOR
from tests.integration.consoles import Console, Seat

SON, MOTHER = "息子のひみつ", "母のひみつ"
TEXTS = {"story": "話", "background": "背景", "response": "応答", "next_step": "次"}


def person(
    desk: Console,
    nickname: str,
    relation: Relation = Relation.SELF,
    *,
    beside: str | None = None,
    before: str | None = None,
) -> str:
    """Somebody with a case of their own, or in the case of somebody else; *before*: what earlier records say."""
    now, new = desk.clock.now() - timedelta(days=60), NewPerson(nickname, relation=relation, before=before)
    with desk.work() as session:
        if beside is None:
            return cases.open_case(session, NewCase(new), by=OPERATOR, now=now).id
        case = cases.get_person(session, beside).case
        return cases.add_person(session, case, new, by=OPERATOR, now=now).id


def talk(desk: Console, seat: Seat, person_id: str | None, canary: str, days: int = 7, **fields: str) -> str:
    """A contact of some days ago, each of its texts with the canary in it."""
    at = desk.clock.now() - timedelta(days=days)
    with desk.work() as session:
        staff = session.get_one(Staff, seat.staff_id)
        record = consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=staff.id, hint=None, now=at
        )
        texts = {name: f"{canary}{words}" for name, words in TEXTS.items()}
        consultations.save_draft(session, record.id, 1, texts | fields, by=staff, now=at)
        if person_id is not None:
            linking.confirm_person(session, record.id, person_id, by=staff, now=at)
        consultations.finish(session, record.id, by=staff, now=at)
        return record.id


def everything(seat: Seat, record_id: str) -> str:
    """Return all that the console shows around a record, page and fragments, one after the other."""
    at = f"/console/records/{record_id}"
    shown = [
        seat.get("/console/").text,
        seat.get(at).text,
        seat.get("/console/fragment/line").text,
        seat.sends(f"{at}/search", nickname_heard="みなと").text,
        seat.sends(f"{at}/earlier", before=(seat.desk.clock.now()).isoformat(), depth="2").text,
        seat.sends(f"{at}/unlinked", show="all").text,
        seat.get("/console/unlinked").text,
        seat.get("/console/cases?state=all").text,
    ]
    with seat.desk.work() as session:
        case_id = session.get_one(Consultation, record_id).case_id
    if case_id is not None:
        shown += [seat.get(f"/console/cases/{case_id}{page}").text for page in ("", "/live", "/print")]
    return "\n".join(shown)
