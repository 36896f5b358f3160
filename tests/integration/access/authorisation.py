"""The stage of the authorisation matrix: one app, one database in which nothing stays, one reader for each role."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from callcenter.domain.access.break_glass import AccessKind
from callcenter.domain.cases.wall import BehindTheWall
from callcenter.domain.errors import HelplineError
from callcenter.domain.members.claims import TakenByAnother
from callcenter.domain.misuse.flags import FlagKind, Misuse
from callcenter.domain.staff.roles import NotAllowed, NotYours, Role
from callcenter.models.access import ReasonedAccess
from callcenter.models.base import db, new_id
from callcenter.models.misuse import Incident, NumberFlag
from callcenter.services.access.reach import AccessDenied
from callcenter.services.cases import linking
from callcenter.services.staff import browser_sessions
from callcenter.ui.access import Who, rule_of
from tests.desk import ORIGIN, Desk
from tests.integration.members.threads_people import replies, writes
from tests.integration.members.threads_people import writer as writer_by_mail
from tests.integration.people import draft_of, member, person_called

TABLE = Path(__file__).with_name("authorisation.txt")
ANYBODY = "anybody"
REFUSALS: tuple[type[HelplineError], ...] = (NotAllowed, NotYours, AccessDenied, BehindTheWall, TakenByAnother)
DOORS = ("/staff/login?", "/mail/login")
"""Where staff, and members, are asked to sign in."""
OWNED = {"record_id", "case_id", "target_id", "person_id", "thread_id"}
"""Parts of an address that name something a counsellor may have to do with, or not."""

FIELDS: dict[str, dict[str, str]] = {
    "casefile.case_save": {"summary": "x"},
    "casefile.change_names": {"name": "みなと"},
    "casefile.earlier": {"before": "2026-11-20T10:00"},
    "casefile.merge": {"kind": "people", "other": "x"},
    "casefile.new_case": {"nickname_heard": "x"},
    "casefile.refer": {"how": "told"},
    "casefile.save": {"story": "x", "version": "1"},
    "casefile.wishes": {"wish": "silence"},
    "mail_desk.hand_back": {"remark": "x"},
    "mail_desk.let_go": {"reply": "x", "version": "1"},
    "mail_desk.save": {"reply": "x", "version": "1"},
    "mail_desk.same_today": {"reply": "x", "version": "1", "confirm": "period"},
    "mail_desk.template": {"reply": "x", "version": "1", "template": "thanks"},
    "mail_desk.to_join": {"reply": "x", "version": "1"},
    "mail_desk.to_preview": {"reply": "x", "version": "1"},
}
"""What is posted so that a view comes as far as asking whose it is; by endpoint."""


@dataclass(frozen=True)
class Entry:
    """What the table says of one route and method: who may, and of counsellors whether only with what is theirs."""

    who: frozenset[str]

    def allows(self, role: str, *, own: bool) -> bool:
        return role in self.who or ANYBODY in self.who or (own and f"{role}:own" in self.who)


def table() -> dict[tuple[str, str], Entry]:
    """Read the table: ``METHOD route who who …``; lines that begin with # are words."""
    found = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            method, route, *who = line.split()
            found[method, route] = Entry(frozenset(who))
    return found


class Stage:
    """The app with a counsellor's own and somebody else's records; every transaction is undone at its end."""

    def __init__(self, database_url: str) -> None:
        self.desk = Desk(database_url, reused=False)
        self.app: Flask = self.desk.app
        self.app.config.update(
            WTF_CSRF_METHODS=set(), WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False, TESTING=False
        )
        for kind in (HelplineError, AccessDenied):
            self.app.register_error_handler(kind, _told)
        with self.desk.work() as session:
            self.staff = {role: member(session, role.value, role) for role in Role}
            self.own, self.other = self._given(session, "ミナト"), self._given(session, "アオイ", other=True)
            at = datetime.now(UTC)
            self._tokens = {
                role.value: browser_sessions.begin(session, staff, "Linux・Chrome", since=at, at=at)
                for role, staff in self.staff.items()
            }
        self.readers = {role: self._reader(role) for role in self._tokens}
        self.readers["nobody"] = self.app.test_client()

    def _given(self, session: Session, nickname: str, *, other: bool = False) -> dict[str, str]:
        """Make what an address may name, of the counsellor's own or of a colleague."""
        now = self.desk.clock.now()
        writer = member(session, "colleague") if other else self.staff[Role.COUNSELLOR]
        person = person_called(session, nickname)
        record = draft_of(session, writer, now)
        linking.confirm_person(session, record.id, person.id, by=writer, now=now)
        loose = draft_of(session, writer, now)
        incident = Incident(
            id=new_id(),
            data_key=record.data_key,
            consultation_id=record.id,
            counsellor_id=writer.id,
            kind=Misuse.ABUSE,
            at=now,
        )
        flag = NumberFlag(
            id=new_id(),
            kind=FlagKind.FLAG,
            number_hash=new_id().encode(),
            ring_key_id="test",
            reason=Misuse.ABUSE,
            made_by=writer.id,
            made_at=now,
            until=date(2026, 12, 1),
        )
        access = ReasonedAccess(
            id=new_id(),
            data_key=record.data_key,
            kind=AccessKind.BREAK_GLASS,
            staff_id=writer.id,
            consultation_id=loose.id,
            at=now,
            until=now,
            review_due_on=date(2026, 12, 1),
        )
        session.add_all([incident, flag, access])
        session.flush()
        thread = writes(session, writer_by_mail(session), now=now)
        replies(session, thread, writer, now=now)
        return {
            "record_id": record.id,
            "case_id": person.case_id,
            "person_id": person.id,
            "target_id": record.id,
            "thread_id": thread.id,
            "incident_id": incident.id,
            "flag_id": flag.id,
            "access_id": access.id,
            "staff_id": writer.id,
            "kind": "record",
            "day": "2026-12-03",
            "name": "A01",
            "act": "add",
            "what": "number",
        }

    def _reader(self, role: str) -> FlaskClient:
        client = self.app.test_client()
        with client.session_transaction(base_url=ORIGIN) as cookie:
            cookie.update({"_user_id": self._tokens[role], "_fresh": True, "active_at": time.time()})
        return client

    def routes(self) -> Iterator[tuple[Rule, str]]:
        """Return every route of people with each of its methods; machines have checks of their own."""
        for rule in self.app.url_map.iter_rules():
            if rule.endpoint.split(".")[0] in {"ivr", "static"}:
                continue
            found = rule_of(self.app.view_functions[rule.endpoint])
            if found is None or found.who is not Who.MACHINE:
                yield from ((rule, method) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))

    def asks(self, role: str, rule: Rule, method: str, *, own: bool) -> bool:
        """Let *role* ask for the route, and return whether it was let in."""
        given = self.own if own else self.other
        values = {name: given.get(name, "x") for name in rule.arguments}
        _domain, path = rule.build(values, append_unknown=False) or ("", "/")
        fields = FIELDS.get(rule.endpoint, {})
        sent: dict[str, Any] = {"json": {"version": 1}} if rule.endpoint == "casefile.beside" else {"data": fields}
        answer = self.readers[role].open(path, method=method, base_url=ORIGIN, buffered=False, **sent)
        if rule.endpoint.startswith("staff.") and role != "nobody":
            self.readers[role] = self._reader(role)  # they may have left
        try:
            return not self._refused(answer)
        finally:
            answer.close()

    @staticmethod
    def _refused(answer: TestResponse) -> bool:
        if answer.headers.get("X-Refused") == "yes" or answer.status_code in {401, 403}:
            return True
        return answer.status_code in {302, 303} and answer.location.startswith(DOORS)

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
        self.desk.close()


def _told(error: HelplineError) -> Response:
    """Answer as the app does, saying in a header whether it was a refusal or only a wrong form."""
    return Response(error.message, 409, {"X-Refused": "yes" if isinstance(error, REFUSALS) else "no"})


def owner_matters(rule: Rule) -> bool:
    return bool(OWNED & rule.arguments)


def observed(stage: Stage, rule: Rule, method: str) -> Mapping[tuple[str, bool], bool]:
    """Ask as everybody, with one's own and with somebody else's where that makes a difference."""
    found = {}
    for role in stage.readers:
        for own in (True, False) if role == "counsellor" and owner_matters(rule) else (True,):
            found[role, own] = stage.asks(role, rule, method, own=own)
    return found
