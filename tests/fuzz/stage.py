"""A desk in the middle of its day for odd requests: people of every role, a running call, cases, records."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from callcenter.domain.staff.roles import Role
from callcenter.models.base import Base
from callcenter.models.calls.calls import Call, Offer
from callcenter.models.cases.cases import Case, Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import linking
from tests.desk import ORIGIN, PASSWORD
from tests.integration.consoles import Console, Seat
from tests.integration.people import case_of, draft_of, person_called

NOBODY = "nobody"
PEOPLE = {
    "tanto07": Role.COUNSELLOR,
    "tanto08": Role.COUNSELLOR,
    "tokatsu": Role.SUPERVISOR,
    "kanri": Role.ADMINISTRATOR,
    "kansa": Role.AUDITOR,
}
FIRST, SECOND = "tanto07", "tanto08"
GUARD = "0" * 40
MEANT = {
    "record": "consultation",
    "target": "case",
    "access": "reasonedaccess",
    "leg": "offer",
    "room": "call",
    "row": "consultation",
    "hold": "retentionhold",
    "handover": "casehandover",
    "note": "hardcall",
    "flag": "numberflag",
}
"""Tables by how parts of addresses call their rows, where they do not go by the table's name."""
PARTS = {"kind": ("case", "record"), "act": ("add", "remove", "first"), "answer": ("accept", "decline", "withdraw")}
LATEST = 12
"""Rows of a table that requests may name."""
_TAGS = "input|button|option|select|textarea|a|form|div|section|dialog|link|script|audio|source|[a-z]+-[a-z-]+"
_TAG = re.compile(rf"<(?:{_TAGS})\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


@dataclass
class Known:
    """What a reader of the pages knows: values of fields by name, and parts of addresses by name."""

    values: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    parts: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def read(self, page: str, app: Flask) -> None:
        """Note the fields and addresses of a page."""
        routes, select_name = app.url_map.bind("desk.test"), ""
        for tag in _TAG.finditer(page):
            given = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag[1])}
            select_name = given.get("name", select_name)
            if "value" in given and len(self.values[select_name]) < 60:
                self.values[select_name][given["value"]] = None
            for address in given.values():
                if address.startswith("/"):
                    self._note_parts(routes, address.partition("?")[0])

    def _note_parts(self, routes: Any, path: str) -> None:
        for method in ("GET", "POST"):
            try:
                _endpoint, parts = routes.match(path, method)
            except (HTTPException, RequestRedirect):
                continue
            for name, value in parts.items():
                self.parts[name][value] = None


class OddConsole(Console):
    """A desk with an app that no other test is lent."""


class Stage:
    """The desk, who asks there, and what can be named."""

    def __init__(self, url: str) -> None:
        self.desk = OddConsole(url)
        self.app = self.desk.app
        self.known = Known()
        self.ids: dict[str, list[str]] = {}
        self.own: dict[str, dict[str, list[str]]] = {}
        self.sids = ["CA" + sign * 32 for sign in "12"]
        self.seats = {login: self.desk.seat(login, role=role) for login, role in PEOPLE.items()}
        self.clients = {NOBODY: self.app.test_client()} | {login: seat.client for login, seat in self.seats.items()}
        secret: Any = self.app.secret_key
        self.token = str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(GUARD))
        for login in (NOBODY, *PEOPLE):
            self.guard(login)
        self.known.values["login"] |= dict.fromkeys(PEOPLE)
        self.known.values["password"][PASSWORD] = None
        for name, parts in PARTS.items():
            self.known.parts[name] |= dict.fromkeys(parts)
        self._begin_the_day()
        self.look_around()

    def guard(self, login: str, *, anew: bool = False) -> None:
        """Give a browser the cookie that its form token belongs to; *anew* it is somebody else's browser."""
        if anew:
            self.clients[login] = self.app.test_client()
        with self.clients[login].session_transaction(base_url=ORIGIN) as cookie:
            cookie["csrf_token"] = GUARD
        if login in self.seats:
            self.seats[login].token = self.token

    def _begin_the_day(self) -> None:
        with self.desk.work() as session:
            for login, name in ((FIRST, "ミナト"), (SECOND, "アオイ")):
                case_of(session, session.get_one(Staff, self.seats[login].staff_id), name)
            person_called(session, "みずうみ", "mother")
        self.next_call()

    def next_call(self) -> None:
        """Let somebody call again if nobody is on the line with the first counsellor, and everybody begin a record."""
        self.brings_back(FIRST)
        seat = self.seats[FIRST]
        with suppress(AssertionError, KeyError):  # what was asked before may have closed the line, or its desk
            self.known.values["lease"][seat.takes_the_line()] = None
            seat.is_rung_by(self.desk.line.dial("+819012345678"))
            seat.answers()
        with self.desk.work() as session:
            for login in (FIRST, SECOND):
                staff = session.get_one(Staff, self.seats[login].staff_id)
                draft_of(session, staff, self.desk.clock.now())
                case = session.scalars(select(Case).where(Case.owner_id == staff.id).limit(1)).first()
                people = [] if case is None else case.people
                if people:
                    talk = draft_of(session, staff, self.desk.clock.now())
                    linking.confirm_person(session, talk.id, people[0].id, by=staff, now=self.desk.clock.now())

    def look_around(self) -> None:
        """Note the latest rows of every table."""
        with self.desk.work() as session:
            for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__name__):
                key: Any = getattr(mapper.class_, "id", None)
                if key is not None:
                    found = session.scalars(select(key).order_by(key.desc()).limit(LATEST))
                    self.ids[mapper.class_.__name__] = [str(one) for one in found]
            for login in (FIRST, SECOND):
                self.own[login] = _own(session, self.seats[login].staff_id)
            calls = session.scalars(select(Call.caller_sid).order_by(Call.id.desc()).limit(LATEST))
            self.sids = [*self.sids[:2], *calls]

    def rows_like(self, name: str) -> list[str]:
        """Return ids that a part or field of this *name* may mean, else every id."""
        stem = name.removesuffix("_id").replace("_", "").removesuffix("s")
        stem = MEANT.get(stem, stem)
        found = [one for table, ids in self.ids.items() if stem and stem in table.casefold() for one in ids]
        return found or [one for ids in self.ids.values() for one in ids]

    def brings_back(self, login: str) -> None:
        """Let somebody in again who was sent away, in the role they had."""
        with self.desk.work() as session:
            staff = session.get_one(Staff, self.seats[login].staff_id)
            staff.role, staff.active, staff.leaving, staff.next_role = PEOPLE[login], True, False, None
            staff.first_password_until = staff.second_factor_by = None
        self.seats[login] = Seat(self.desk, login, self.seats[login].staff_id)
        self.clients[login] = self.seats[login].client
        self.guard(login)

    def close(self) -> None:
        self.desk.close()


def _own(session: Session, staff_id: str) -> dict[str, list[str]]:
    """Return what a counsellor has in hand, by what addresses call it."""
    records = select(Consultation.id).where(Consultation.counsellor_id == staff_id).order_by(Consultation.id.desc())
    cases = select(Case.id).where(Case.owner_id == staff_id)
    people = select(Person.id).where(Person.case_id.in_(cases))
    offers = select(Offer.id).where(Offer.staff_id == staff_id).order_by(Offer.id.desc())
    named = {"record_id": records, "case_id": cases, "person_id": people, "leg_id": offers, "offer_id": offers}
    return {name: list(session.scalars(query.limit(4))) for name, query in named.items()}


def routes(app: Flask) -> Iterable[tuple[Any, str]]:
    """Return every route with each of its methods."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint)):
        yield from ((rule, method) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
