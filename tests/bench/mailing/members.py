"""Members of the mail consultation: a database full of those who stay away, and some who come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.engines import connect
from callcenter.models.keys import DataKey, lend_ring
from callcenter.models.members.accounts import Member, UserNumber
from callcenter.models.members.threads import Message
from callcenter.services.members.accounts import sessions
from callcenter.services.staff.passwords import hashed
from tests.bench.crowd import bulk
from tests.desk import CHEAP, FIELD_KEYS
from tests.integration.members.people import PASSWORD, registered_member

SEALED = bytes(60)
"""As long as a short text is once it is sealed; nobody opens those of who stays away."""
FIRST_DAY, DAYS = date(2024, 11, 26), 730
"""Nobody is due yet under the two-year rule."""


def fill(url: str, count: int) -> None:
    """Write *count* members who never come, all their texts under one key."""
    engine, ring = connect(url), KeyRing.parse(FIELD_KEYS)
    with Session(engine) as session, session.begin():
        lend_ring(session, ring)
        key = DataKey.fresh(ring)
        session.add(key)
        key_id = key.id
    password = hashed(PASSWORD, CHEAP).value
    with engine.begin() as connection:
        bulk(connection, Member, (member_row(number, key_id, ring.current_id, password) for number in range(count)))
        bulk(connection, UserNumber, number_rows(count))
    if engine.dialect.name == "postgresql":  # what autovacuum does within its minute
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")
    engine.dispose()


def enrol(session: Session, count: int, *, now: datetime) -> Sequence[Member]:
    """Register so many members with a password, which all share; no mail of that is left to be sent."""
    password = hashed(PASSWORD, CHEAP).value
    found = [registered_member(session, address=f"m{n}@example.jp", password=None, now=now) for n in range(count)]
    for one in found:
        one.password_hash = password
    session.execute(delete(OutboxMessage))
    return found


def sign_in(url: str, count: int, *, now: datetime) -> Sequence[str]:
    """Register so many members, each of whom is signed in with one browser, and return the browsers' tokens."""
    engine = connect(url)
    with Session(engine) as session, session.begin():
        lend_ring(session, KeyRing.parse(FIELD_KEYS))
        at = datetime.now(UTC)  # a session lasts by real clocks
        tokens = [sessions.begin(session, one, at=at) for one in enrol(session, count, now=now)]
    engine.dispose()
    return tokens


def messages(url: str) -> int:
    """Return how many messages have arrived."""
    engine = connect(url)
    with Session(engine) as session:
        found = session.scalars(select(func.count(Message.id))).one()
    engine.dispose()
    return found


def member_id(number: int) -> str:
    return f"{0xE << 124 | number:032x}"


def member_row(number: int, key_id: str, ring_key_id: str, password: str) -> dict[str, Any]:
    day = FIRST_DAY + timedelta(days=number % DAYS)
    moment = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    row: dict[str, Any] = {"id": member_id(number), "data_key_id": key_id, "registered_at": moment}
    row |= {"registered_on": day, "last_sent_on": day if number % 3 else None, "told_on": day}
    row |= {f"{name}_sealed": SEALED for name in ("nickname", "number", "address")}
    row |= {"address_hash": digest("address", number), "ring_key_id": ring_key_id, "relation": "self"}
    row |= {"prefecture": "13", "age": 20 + number % 60, "sex": "no_answer", "period": "3_5", "subject_sex": "unknown"}
    row |= {"password_hash": password, "password_changed_at": moment, "resets_by_mail": True}
    return row | {"notices": True, "notice_links": True, "named_subject": False, "demo": False}


def number_rows(count: int) -> Iterator[dict[str, Any]]:
    """Yield the hashes of as many numbers in the order of their key."""
    for of_number, number in sorted((digest("number", number), number) for number in range(count)):
        yield {"number_hash": of_number, "member_id": member_id(number)}


def digest(what: str, number: int) -> bytes:
    return hashlib.sha256(f"{what} {number}".encode()).digest()
