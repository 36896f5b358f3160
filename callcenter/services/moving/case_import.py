"""Importing cases from a table of another system, all of them or none.

Reading tells every mistake of every row and writes nothing. Writing is in bulk, in the caller's transaction.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing, Place, seal
from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.states import CaseState
from callcenter.domain.codes import AnyCode, UnknownLabel, from_label
from callcenter.domain.errors import HelplineError
from callcenter.domain.moving.case_table import WHOLE, Mistake, NotATable, Row, decode, read_date, rows
from callcenter.domain.moving.place_names import read_municipality, read_prefecture
from callcenter.domain.names.nicknames import KeyKind, strict_forms
from callcenter.domain.normalising import TextTooLong
from callcenter.domain.places import Prefecture
from callcenter.domain.records.record_codes import AgeBand, Relation
from callcenter.models.base import new_id
from callcenter.models.cases.cases import UNKNOWN, Case, Nickname, NicknameKey, Person
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.cases.casework import LONGEST_TEXT
from callcenter.services.names import nickname_index
from callcenter.services.names.nicknames import clean_name, tidy
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject

IMPORT = "case.import"
EARLIEST = date(1950, 1, 1)
Value = TypeVar("Value")


class AlreadyImported(HelplineError):
    """Raised when the very same file was imported before."""

    message = "このファイルは、前に取りこみました。もう一度取りこむと、同じ方の記録が2つずつできます。"


@dataclass(frozen=True)
class Read:
    """What a file holds: its cases, or every mistake in it."""

    cases: list[NewCase]
    mistakes: list[Mistake]
    digest: str


@dataclass
class _Cells:
    """One row while it is read; an unreadable cell is noted as a mistake and counts as empty."""

    row: Row
    today: date
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, column: str, message: str) -> None:
        self.mistakes.append(Mistake(self.row.number, column, message))

    def read(self, column: str, reader: Callable[[str], Value], otherwise: Value) -> Value:
        try:
            return reader(self.row.cells[column])
        except HelplineError as wrong:
            self.wrong(column, wrong.message)
            return otherwise

    def code(self, column: str, codes: type[AnyCode]) -> AnyCode:
        try:
            return from_label(codes, self.row.cells[column])
        except (UnknownLabel, TextTooLong):
            known = "、".join(code.label for code in codes)
            self.wrong(column, f"一覧にない言葉です。次の言葉から選んでください: {known}")
            return codes("unknown")

    def day(self, column: str) -> date | None:
        day = self.read(column, read_date, None)
        if day is not None and not EARLIEST <= day <= self.today:
            self.wrong(column, "今日より後か、古すぎる日です。年をご確認ください。")
            return None
        return day


def read(content: bytes, *, today: date) -> Read:
    """Return what the file holds, without writing anything."""
    digest = hashlib.sha256(content).hexdigest()
    cases, mistakes = list[NewCase](), list[Mistake]()
    try:
        for row in rows(decode(content)):
            cells = _Cells(row, today)
            cases.append(_case(cells))
            mistakes += cells.mistakes
    except NotATable as wrong:
        mistakes.append(Mistake(WHOLE, "", wrong.message))
    if not cases and not mistakes:
        mistakes.append(Mistake(WHOLE, "", "列の名前の下に、行がありません。"))
    return Read([] if mistakes else cases, mistakes, digest)


def write(
    session: Session,
    found: Read,
    *,
    by: Actor,
    now: datetime,
    again: bool = False,
    done: Callable[[int], None] = lambda _rows: None,
) -> None:
    """Open every case that was read; *done* is told how many were written. ``AlreadyImported`` unless *again*."""
    if not again and _was_imported(session, found.digest):
        raise AlreadyImported
    ring, today, forms = ring_of(session), local_date(now), Counter[str]()
    for some in nickname_index.batches(found.cases):
        written = [_Opened(new, ring, today, now) for new in some]
        for model, rows_of in (
            (DataKey, [one.key for one in written]),
            (Case, [one.case for one in written]),
            (Person, [one.person for one in written]),
            (Nickname, [one.nickname for one in written]),
            (NicknameKey, [entry for one in written for entry in one.entries]),
        ):
            session.execute(insert(model), rows_of)
        forms.update(entry["value"] for one in written for entry in one.entries)
        for one in written:
            subject = Subject("case", one.case["id"])
            audit.record(session, actor=by, action="case.open", subject=subject, facts={"file": found.digest}, now=now)
        done(len(some))
    nickname_index.count(session, forms)
    facts: dict[str, Any] = {"file": found.digest, "cases": len(found.cases)}
    audit.record(session, actor=by, action=IMPORT, subject=Subject("case"), facts=facts, now=now)


class _Opened:
    """The rows of one case of one person, as ``cases.open_case`` would write them."""

    def __init__(self, new: NewCase, ring: KeyRing, today: date, now: datetime) -> None:
        data_key, one = DataKey.fresh(ring), new.person
        opened_on = new.opened_on or one.last_contact_on or today
        case_id, person_id, nickname_id = new_id(), new_id(), new_id()
        self.key = {"id": data_key.id, "wrapped": data_key.wrapped, "ring_key_id": data_key.ring_key_id}
        place = Place(Person.__tablename__, "before_sealed", person_id)
        self.case: dict[str, Any] = {
            "id": case_id,
            "data_key_id": data_key.id,
            "state": CaseState.OPEN,
            "opened_on": opened_on,
            "last_contact_on": one.last_contact_on,
            "prefecture": new.prefecture,
            "municipality": new.municipality,
            "created_at": now,
        }
        self.person = {
            "id": person_id,
            "data_key_id": data_key.id,
            "case_id": case_id,
            "relation": one.relation,
            "is_subject": one.relation == Relation.SELF,
            "age_band": one.age_band,
            "last_contact_on": one.last_contact_on,
            "contact_before_on": one.last_contact_on,
            "before_sealed": seal(data_key.unwrap(ring), place, one.before) if one.before else None,
            "created_at": now,
        }
        self.nickname: dict[str, Any] = {
            "id": nickname_id,
            "person_id": person_id,
            "text": one.nickname,
            "reading": one.reading,
        }
        self.nickname |= {"since": one.last_contact_on or opened_on}
        known: dict[str, Any] = {"relation": one.relation, "age_band": one.age_band, "prefecture": new.prefecture}
        known |= {"recency": nickname_index.recency(one.last_contact_on), "nickname_id": nickname_id}
        forms = sorted(strict_forms(one.nickname, one.reading))
        self.entries = [{"kind": KeyKind.EXACT.value, "value": form} | known for form in forms]


def _case(cells: _Cells) -> NewCase:
    if cells.row.too_many:
        cells.wrong("", '列が多すぎます。読点やカンマの入った文は、引用符(")で囲んでください。')
    nickname, reading = cells.read("nickname", clean_name, ""), cells.read("reading", tidy, "")
    prefecture = cells.read("prefecture", read_prefecture, Prefecture.UNKNOWN)
    municipality = cells.read("municipality", read_municipality, UNKNOWN)
    if municipality != UNKNOWN and prefecture is Prefecture.UNKNOWN:
        prefecture = Prefecture.TOKYO
    if municipality != UNKNOWN and prefecture is not Prefecture.TOKYO:
        cells.wrong("municipality", "区市町村は東京都のものです。都道府県と合いません。")
    opened_on, last_contact_on = cells.day("opened_on"), cells.day("last_contact_on")
    if opened_on and last_contact_on and last_contact_on < opened_on:
        cells.wrong("last_contact_on", "最後の相談が、始まりの日より前になっています。")
    relation, age_band = cells.code("relation", Relation), cells.read("age_band", _age_band, AgeBand.UNKNOWN)
    before = cells.read("summary", _summary, "") or None
    person = NewPerson(nickname, reading, relation, age_band, last_contact_on=last_contact_on, before=before)
    return NewCase(person, prefecture.value, municipality, opened_on)


def _age_band(text: str) -> AgeBand:
    """Return the band for its label, or for an age in years."""
    years = text.strip().removesuffix("歳")
    if years.isdecimal() and len(years) <= 3:
        return _band_of(int(years))
    try:
        return from_label(AgeBand, text)
    except (UnknownLabel, TextTooLong):
        known = "、".join(band.label for band in AgeBand)
        raise HelplineError(f"年齢か、次の言葉で入れてください: {known}") from None


def _band_of(years: int) -> AgeBand:
    if years < 15:
        return AgeBand.TO_14
    if years >= 65:
        return AgeBand.FROM_65
    start = years - years % 5
    return AgeBand(f"{start}_{start + 4}")


def _summary(text: str) -> str:
    plain = "".join(sign for sign in text.replace("\r\n", "\n") if sign >= " " or sign in "\n\t")
    if len(plain) > LONGEST_TEXT:
        raise HelplineError(f"概要は{LONGEST_TEXT:,}文字までにしてください。")
    return plain


def _was_imported(session: Session, digest: str) -> bool:
    before: Iterable[Any] = session.scalars(select(AuditEntry.facts).where(AuditEntry.action == IMPORT))
    return any(facts.get("file") == digest for facts in before)


def beyond(cases: Sequence[NewCase], newest_due: date) -> int:
    """Return how many cases had their last contact so long ago that their retention period is over."""
    return sum((new.person.last_contact_on or date.max) <= newest_due for new in cases)
