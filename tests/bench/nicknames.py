"""How fast and how surely a caller is found again by what was heard, over HTTP and beside PostgreSQL's trigrams."""

from __future__ import annotations

import http.client
import os
import random
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from callcenter.domain.names.nickname_cues import NO_CUES, Cues
from callcenter.domain.names.nicknames import normalise, strict_forms
from callcenter.domain.records.record_codes import Channel
from callcenter.loopback import HOST, answers, free_port
from callcenter.models.engines import READING
from callcenter.models.staff.accounts import Staff
from callcenter.process_keeper import spawn
from callcenter.services.names.nickname_search import WIDELY, Candidate, search
from callcenter.services.records import consultations
from tests.bench.crowd import person_id
from tests.bench.made_up import TODAY, Known
from tests.bench.misheard import perturbed
from tests.bench.places import environment, python, stop
from tests.desk import ORIGIN
from tests.integration.consoles import Console, Seat

UP_WITHIN = 60.0
_IN_KANJI = re.compile("[一-鿿]+")
EMPTY, EMPTY_PAGE = "an empty page", "/staff/prove"
LISTS = (9, 20, WIDELY)
"""The console shows nine people and, at a button, all that are widely alike; the commands list twenty."""
FIELDS = {"relation": "relation", "age_band": "caller_age", "prefecture": "prefecture", "topic": "cue_topic"}
FIELDS |= {"counsellor": "cue_counsellor"}


@dataclass(frozen=True)
class Asked:
    """Somebody calls: what was heard of the name, what they also say, and how the name was changed on the way."""

    target: Known
    heard: str
    change: str
    two: Cues

    @property
    def forms(self) -> frozenset[str]:
        """The strict forms of the name; whoever shares one is of the same group."""
        return strict_forms(self.target.text, self.target.reading)

    def is_named(self, shown: Candidate) -> bool:
        """Tell whether somebody who is shown bears the name."""
        return not self.forms.isdisjoint(strict_forms(shown.nickname, shown.reading))


@dataclass
class Found:
    """How often the right name, and the right person, were among those shown."""

    asked: int = 0
    group: Counter[int] = field(default_factory=Counter)
    """By the length of the list."""
    person_of_five: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    """In the longest list, by what had happened to the name."""

    def note(self, one: Asked, shown: Mapping[int, Sequence[bool]]) -> None:
        """Count somebody who asked, by which of the *shown* of each list bear the right name."""
        self.asked += 1
        self.group.update(size for size, right in shown.items() if any(right))
        if not any(shown[max(LISTS)]):
            self.missed[one.change] += 1

    def part(self, size: int) -> float:
        """Return how often the right name was in the list of this length, from 0 to 1."""
        return self.group[size] / self.asked


def calls(known: Sequence[Known], count: int, seed: int, *, lately: bool = False) -> list[Asked]:
    """Let people call by chance: any of them alike, or (*lately*) the likelier the shorter ago they last did."""
    chance = random.Random(seed)
    found, homographs = list[Asked](), defaultdict[str, set[str]](set)
    for one in known:
        if _IN_KANJI.fullmatch(one.text):
            homographs[one.reading].add(one.text)
    while len(found) < count:
        target = known[chance.randrange(len(known))]
        if lately and chance.random() > 0.5 ** ((TODAY - target.last_contact).days / 30):
            continue
        told = sorted(target.cues.given.items())
        if len(told) >= 2:
            others = homographs.get(target.reading, set()) - {target.text}
            if others and chance.random() < 0.5:
                heard, change = chance.choice(sorted(others)), "other kanji"
            else:
                heard, change = perturbed(_kana(target), chance)
            found.append(Asked(target, heard, change, replace(NO_CUES, **dict(chance.sample(told, 2)))))
    return found


def recall(engine: Engine, asked: Iterable[Asked]) -> Found:
    """Ask our own search."""
    met = Found()
    with Session(engine) as session:
        session.connection(execution_options=READING)
        for one in asked:
            shown = {size: search(session, one.heard, limit=size) for size in LISTS}
            people = [row.person_id for row in search(session, one.heard, one.two, limit=5)]
            met.note(one, {size: [one.is_named(row) for row in rows] for size, rows in shown.items()})
            met.person_of_five += person_id(one.target.number) in people
        session.rollback()
    return met


def trigrams(engine: Engine, asked: Sequence[Asked]) -> Found:
    """Ask PostgreSQL's trigrams for the likest names, on our strict forms, as good as it gets for them."""
    met = Found()
    query = text("SELECT form FROM nickname_forms WHERE form % :name ORDER BY similarity(form, :name) DESC LIMIT :most")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.exec_driver_sql("CREATE INDEX bench_trigrams ON nickname_forms USING gin (form gin_trgm_ops)")
        connection.exec_driver_sql("SET LOCAL pg_trgm.similarity_threshold = 0.1")
        for one in asked:
            rows = connection.execute(query, {"name": normalise(one.heard), "most": max(LISTS)}).scalars()
            right = [form in one.forms for form in rows]
            met.note(one, {size: right[:size] for size in LISTS})
        connection.exec_driver_sql("DROP INDEX bench_trigrams")
    return met


@dataclass(frozen=True)
class Timed:
    """Milliseconds over HTTP, from the first byte sent to the last one received."""

    milliseconds: list[float]
    work: float
    """Milliseconds of a processor that the web process spent on one search, on average."""

    def quantile(self, percent: int) -> float:
        return statistics.quantiles(self.milliseconds, n=100)[percent - 1]


class Browser:
    """A signed-in counsellor's browser with a record open, and a web process of its own at the other end."""

    def __init__(self, url: str, root: Path) -> None:
        self.port = free_port()
        self._desk = Console(url)
        self._seat: Seat = self._desk.seat("bench")
        with self._desk.work() as session:
            staff, now = session.get_one(Staff, self._seat.staff_id), self._desk.clock.now()
            opened = consultations.open_draft(
                session, call_id=None, channel=Channel.PHONE, counsellor_id=staff.id, hint=None, now=now
            )
            self.path = f"/console/records/{opened.id}/search"
        rest = environment(
            url, CALLCENTER_ENV="production", SECRET_KEY="signs-only-what-the-tests-have-signed", PUBLIC_BASE_URL=ORIGIN
        )
        command = python("-m", "gunicorn", "wsgi:web()", "--bind", f"{HOST}:{self.port}", "--worker-class", "gthread")
        command += ("--threads", "8", "--graceful-timeout", "2", "--no-control-socket", "--log-level", "warning")
        self._log = (root / "var" / "bench-web.log").open("ab")
        env = rest | {"SMTP_URL": "smtp://127.0.0.1:1", "TWILIO_API_URL": f"http://{HOST}:1"}
        self._web = spawn(command, env=env, cwd=root, out=self._log.fileno(), err=self._log.fileno())
        until = time.monotonic() + UP_WITHIN
        while not answers(self.port):
            if self._web.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the web server did not start; see var/bench-web.log")
            time.sleep(0.05)
        self._line = http.client.HTTPConnection(HOST, self.port, timeout=30)
        cookies = (self._seat.client._cookies or {}).values()  # the test client tells them no other way
        self._headers = {
            "Host": ORIGIN.removeprefix("https://"),
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies),
            "X-Forwarded-Proto": "https",
        }

    def times(self, asked: Iterable[tuple[str, Mapping[str, str]]], right: Callable[[str], bool]) -> Timed:
        """Search one after the other as the page does; an answer that is not a list of candidates is an error."""
        bodies = (urlencode({"csrf_token": self._seat.token, "nickname_heard": heard, **more}) for heard, more in asked)
        return self._times((("POST", self.path, body) for body in bodies), right)

    def times_of_a_page(self, count: int) -> Timed:
        """Open a signed-in page on which nothing stands."""
        return self._times((("GET", EMPTY_PAGE, "") for _ in range(count)), lambda said: "</html>" in said)

    def _times(self, requests: Iterable[tuple[str, str, str]], right: Callable[[str], bool]) -> Timed:
        took, worked = list[float](), self._worked()
        for method, path, body in requests:
            began = time.perf_counter()
            self._line.request(method, path, body, self._headers)
            answer = self._line.getresponse()
            said = answer.read().decode()
            took.append((time.perf_counter() - began) * 1000)
            if answer.status != 200 or not right(said):
                raise RuntimeError(f"{path} answered {answer.status}: {said[:200]}")
        return Timed(took, (self._worked() - worked) * 1000 / len(took))

    def _worked(self) -> float:
        """Return the seconds of a processor that the web server's processes have had."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # a process that ended meanwhile
                parts = stat.read_text().rpartition(")")[2].split()
                ticks += int(parts[11]) + int(parts[12]) if int(parts[3]) == self._web.pid else 0
        return ticks / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        self._line.close()
        stop(self._web)
        self._log.close()
        self._desk.close()


def over_http(url: str, root: Path, asked: Sequence[Asked]) -> Mapping[str, Timed]:
    """Time names as they were given, as they were heard, as they were heard with two cues, and first characters."""
    browser, listed = Browser(url, root), _is_a_list
    try:
        browser.times([(one.heard, {}) for one in asked[:50]], listed)
        return {
            EMPTY: browser.times_of_a_page(len(asked)),
            "exact": browser.times([(one.target.text, {}) for one in asked], listed),
            "tolerant": browser.times([(one.heard, {}) for one in asked], listed),
            "tolerant, two cues": browser.times([(one.heard, _sent(one.two)) for one in asked], listed),
            "first character": browser.times([(normalise(_kana(one.target))[:1], {}) for one in asked[:200]], listed),
        }
    finally:
        browser.close()


def _is_a_list(said: str) -> bool:
    return 'id="candidates"' in said


def _sent(cues: Cues) -> dict[str, str]:
    return {FIELDS[name]: value for name, value in cues.given.items()}


def _kana(one: Known) -> str:
    """The name as it is said."""
    return normalise(one.reading or one.text) or one.text
