"""A crawl over every route that is about a record, a person or a case, while one of a family is on the line.

Each request starts from the same state of the database. After each that changed something, the family's records are
asked for in every way there is. No answer may hold what the mother said, and none may hold what somebody else said
unless the trail says that it was read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from callcenter.domain.cases.wall import Part
from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.models.cases.cases import Person
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import linking, merging
from callcenter.services.records import consultations
from tests.desk import ORIGIN
from tests.integration.cases.families import MOTHER, SON, person, talk
from tests.integration.consoles import Console, Seat

LOOSE, NOW_SAID = "だれかの話", "いまの話"
"""What is in a record of nobody yet, and in the one that is being written."""
NAMED = ("record_id", "case_id", "person_id", "target_id")
DECISIVE = (
    "SELECT * FROM consultations",
    "SELECT * FROM consultation_shares",
    "SELECT * FROM cases",
    "SELECT * FROM people",
    "SELECT * FROM merges",
    "SELECT * FROM wall_openings",
    "SELECT * FROM reasoned_access",
    "SELECT * FROM case_handovers",
    "SELECT staff_id, work, offer_id FROM presence",
)
PAGES = ("/console", "/reports", "/admin")
ENDLESS = {"/console/events"}


class Sent(NamedTuple):
    """One request."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    json: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.body if self.json else ''}"


@dataclass(frozen=True)
class Family:
    """A son who is on the line, his mother, and the ids of what is kept of them."""

    at_hand: str
    son: str
    mother: str
    case: str
    hers: str
    draft: str
    his: str
    loose: str
    merge: str

    @property
    def said(self) -> dict[str, str]:
        """Return each text that may leave, if the trail says so, with the record it is in."""
        return {SON: self.his, LOOSE: self.loose, NOW_SAID: self.at_hand}

    @property
    def ids(self) -> dict[str, list[str]]:
        """Return what may stand in an address, by the name it has there."""
        records = [self.at_hand, self.hers, self.draft, self.his, self.loose]
        return {
            "record_id": records,
            "case_id": [self.case],
            "person_id": [self.mother, self.son],
            "target_id": [self.hers, self.case],
        }


def family_of(desk: Console, seat: Seat, in_call: str) -> Family:
    """Return a family of which *seat* keeps everything; the son is not linked to the call yet."""
    son = person(desk, "ミナト")
    mother = person(desk, "ミナトの母", Relation.MOTHER, beside=son, before=f"{MOTHER}、前から")
    second = person(desk, "ミナトのはは", Relation.MOTHER, before=f"{MOTHER}、前から")
    hers = talk(desk, seat, mother, MOTHER, days=9)
    talk(desk, seat, second, MOTHER, days=12)
    his = talk(desk, seat, son, SON, days=20)
    loose = talk(desk, seat, None, LOOSE, days=3)
    with desk.work() as session:
        staff, now = session.get_one(Staff, seat.staff_id), desk.clock.now()
        merge = merging.merge_people(session, mother, second, by=staff, now=now).id
        draft = consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=staff.id, hint=None, now=now
        ).id
        consultations.save_draft(session, draft, 1, {"story": MOTHER}, by=staff, now=now)
        linking.confirm_person(session, draft, mother, by=staff, now=now)
        consultations.save_draft(session, in_call, 1, {"story": NOW_SAID}, by=staff, now=now)
        case = session.get_one(Person, son).case_id
    return Family(in_call, son, mother, case, hers, draft, his, loose, merge)


def words_of(answer: TestResponse) -> str:
    """Return an answer as it is read, without what JSON escapes."""
    return str(answer.get_json()) if answer.is_json else answer.get_data(as_text=True)


@dataclass
class Crawl:
    """What was asked so far, and what was told that should not have been."""

    desk: Console
    seat: Seat
    home: Family
    file: str
    """Of the database."""
    asked: int = 0
    answered: int = 0
    first_steps: int = 0
    changed: int = 0
    """First steps that changed anything on which it depends who may read what."""
    leaks: set[str] = field(default_factory=set)
    untraced: set[str] = field(default_factory=set)
    faults: set[str] = field(default_factory=set)
    paths: dict[str, int] = field(default_factory=dict)
    """How many paths were asked for, by method."""

    def __post_init__(self) -> None:
        self.live = sqlite3.connect(self.file, isolation_level=None)
        self.kept = sqlite3.connect(":memory:")
        self.live.backup(self.kept)
        self.at_first = self.state

    def close(self) -> None:
        self.live.close()
        self.kept.close()

    @property
    def version(self) -> int:
        """Return a number that is another one after every change."""
        found: int = self.live.execute("PRAGMA data_version").fetchone()[0]
        return found

    @property
    def state(self) -> list[Any]:
        """Return all on which it depends who may read what; searching or reading changes nothing of it."""
        return [self.live.execute(query).fetchall() for query in DECISIVE]

    @property
    def end_of_trail(self) -> int:
        found: int = self.live.execute("SELECT seq FROM audit_head").fetchone()[0]
        return found

    def read_since(self, seq: int) -> set[str]:
        """Return the records whose reading was written into the trail after this entry."""
        query = "SELECT subject_id FROM audit_entries WHERE seq > ? AND action = 'consultation.read'"
        return {row[0] for row in self.live.execute(query, (seq,))}

    def ask(self, sent: Sent, after: str = "") -> TestResponse:
        """Send it, and note what its answer should not have held."""
        headers = {"Accept": "application/json", "X-CSRFToken": self.seat.token}
        given: dict[str, Any] = {"json": sent.body} if sent.json else {"data": sent.body or {}}
        before = self.end_of_trail
        answer = self.seat.client.open(sent.path, method=sent.method, base_url=ORIGIN, headers=headers, **given)
        self.asked += 1
        self.answered += answer.status_code < 400
        self._look(words_of(answer), before, f"{after}{sent}")
        if answer.status_code >= 500:
            self.faults.add(f"{after}{sent}")
        return answer

    def _look(self, told: str, before: int, what: str) -> None:
        if MOTHER in told:
            self.leaks.add(what)
        said = {record for words, record in self.home.said.items() if words in told}
        if said - self.read_since(before):
            self.untraced.add(what)

    def walk(self, *, only: str = "") -> None:
        """Ask for every path with every method; *only* those whose rule holds this."""
        for rule in self.desk.app.url_map.iter_rules():
            if rule.rule.startswith(PAGES) and rule.rule not in ENDLESS and only in rule.rule:
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                    for path in self._paths(rule, method):
                        self.paths[method] = self.paths.get(method, 0) + 1
                        self._try(rule, method, path)

    def _paths(self, rule: Rule, method: str) -> Iterator[str]:
        name = next((one for one in NAMED if one in rule.arguments), None)
        if name is None and (method != "GET" or rule.arguments) and not rule.rule.endswith("/find"):
            return  # about the line, the counsellor or the day, and nobody's case
        for value in self.home.ids[name] if name else [""]:
            kind = "case" if value == self.home.case else "record"
            given = dict.fromkeys(rule.arguments, "x") | {"kind": kind, "act": "add"} | ({name: value} if name else {})
            built = rule.build(given, append_unknown=False)
            assert built is not None, rule
            yield f"{built[1]}?person={self.home.mother}" if method == "GET" else built[1]

    def _try(self, rule: Rule, method: str, path: str) -> None:
        for body, json in self._bodies(rule) if method != "GET" else [(None, False)]:
            before, sent = self.version, Sent(method, path, body, json)
            self.ask(sent)
            self.first_steps += 1
            if self.version != before and self.state != self.at_first:
                self.changed += 1
                self.ask_for_all(f"{sent}, then ")
            if self.version != before:
                self.go_back()

    def go_back(self) -> None:
        """Return the database to the state at the beginning."""
        self.kept.backup(self.live)

    def ask_for_all(self, after: str) -> None:
        """Ask for everything that is kept of the family, in every way."""
        for sent in self._reads():
            self.ask(sent, after)

    def _bodies(self, rule: Rule) -> Iterator[tuple[dict[str, Any], bool]]:
        """Return what is posted, and whether as JSON: everything that a field may name of the mother."""
        name = rule.endpoint.rpartition(".")[2]
        if name in ("save", "case_save"):
            texts = {"story": "x", "response": "x"} if name == "save" else {"summary": "x", "follow_up_note": "x"}
            for seen in (-1, 0, 10**6):
                yield {"fields": texts, "seen": dict.fromkeys(texts, seen)}, True
        elif name == "beside":
            for version in (-1, 0, 10**6):
                yield {"version": version, "writing": None}, True
        else:
            for more in VARIANTS.get(name, ({},)):
                yield self._usual() | more | ({"family_of": self.home.mother} if "relative" in more else {}), False

    def _usual(self) -> dict[str, Any]:
        home, now = self.home, self.desk.clock.now()
        return {
            "nickname_heard": "みなと",
            "nickname": "みなと",
            "person": home.mother,
            "other": home.mother,
            "maybe": home.mother,
            "consultation": home.hers,
            "merge": home.merge,
            "part": [part.value for part in Part],
            "before": now.isoformat(),
            "reason": "",
            "version": "-1",
        }

    def _reads(self) -> Iterator[Sent]:
        home, before = self.home, {"before": self.desk.clock.now().isoformat()}
        for record in (home.hers, home.draft):
            at = f"/console/records/{record}"
            yield Sent("GET", at)
            yield Sent("GET", f"{at}/read")
            yield Sent("POST", f"{at}/earlier", before)
            yield Sent("POST", f"{at}/beside", {"version": -1, "writing": None}, json=True)
            yield Sent("POST", f"{at}/save", {"fields": {"story": "x"}, "seen": {"story": -1}}, json=True)
        for page in ("", "/print"):
            yield Sent("GET", f"/console/cases/{home.case}{page}?person={home.mother}")
        hand = f"/console/records/{home.at_hand}"
        yield Sent("GET", hand)
        yield Sent("POST", f"{hand}/person", {"person": home.mother})
        yield Sent("POST", f"{hand}/earlier", before)
        yield Sent("POST", f"{hand}/person", {"person": home.son})


VARIANTS: dict[str, tuple[dict[str, str], ...]] = {
    "merge": ({"kind": "people"}, {"kind": "cases"}),
    "attach": ({}, {"act": "undo"}),
    "new_case": ({}, {"relative": "1"}),
    "not_sure": ({}, {"doubt": "anonymous"}),
}
"""Where a field chooses between two acts, both."""
