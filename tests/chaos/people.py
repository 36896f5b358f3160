"""Callers and counsellors who use the real system from outside, each with a thread of their own."""

from __future__ import annotations

import contextlib
import random
import re
import threading
import time
import uuid

import requests

from ivr.simulator.line.engine import Engine, NoSuchCall, WrongMoment
from ivr.simulator.line.legs import Leg
from tests.chaos.ledger import FINISHED, SAVED, TRIED, Ledger
from tests.desk import PASSWORD

PATIENCE = 6.0
"""Seconds that a browser waits for an answer."""
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
RECORD = re.compile(r'data-record="([0-9a-f]{32})"')


class Callers:
    """People who dial now and then, press a key, wait, talk, and hang up when it suits them."""

    def __init__(self, engine: Engine, seed: int, most: int) -> None:
        self.engine, self.most = engine, most
        self._chance = random.Random(f"callers {seed}")
        self._until = dict[str, float]()

    def live(self) -> list[Leg]:
        with self.engine.lock:
            return [leg for leg in self.engine.legs.values() if leg.inbound and not leg.over]

    def act(self, pace: float) -> None:
        """Do what falls due now; called many times a second."""
        now, chance, here = time.monotonic(), self._chance, self.live()
        if len(here) < self.most and chance.random() < 0.15:
            leg = self.engine.dial(chance.choice(["anonymous", "payphone", "+81312345678"]))
            self._until[leg.sid] = now + chance.choice([3, 20, 60, 90]) / pace
        for leg in here:
            with contextlib.suppress(WrongMoment, NoSuchCall):  # they were quicker, or the line was
                if now > self._until.get(leg.sid, now):
                    self.engine.hang_up(leg.sid)
                elif chance.random() < 0.02:
                    self.engine.press(leg.sid, chance.choice("1239"))

    def all_hang_up(self) -> None:
        for leg in self.live():
            self.engine.hang_up(leg.sid)


class CounsellorAtWork(threading.Thread):
    """Answers a telephone, writes the record in a browser while talking, finishes it, and is free again."""

    def __init__(self, engine: Engine, web: str, login: str, phone: str, ledger: Ledger, seed: int) -> None:
        super().__init__(name=login, daemon=True)
        self.engine, self.web, self.login, self.phone, self.ledger = engine, web, login, phone, ledger
        self.stopping = threading.Event()
        self._chance = random.Random(f"{login} {seed}")
        self._browser, self._token = requests.Session(), ""
        self._seen = dict[str, int]()
        self._browser.trust_env = False

    def run(self) -> None:
        while not self.stopping.wait(0.1 + self._chance.random() * 0.3):
            with contextlib.suppress(
                requests.RequestException, WrongMoment, NoSuchCall
            ):  # one tries again, as people do
                self._work()

    def _work(self) -> None:
        leg = self._leg()
        if leg is not None and leg.status == "ringing":
            self.engine.answer(leg.sid)
            time.sleep(self._chance.random())
            if self._chance.random() < 0.9:
                self.engine.press(leg.sid, "1")
        elif leg is not None and self._chance.random() < 0.08:
            self.engine.hang_up(leg.sid)
        if not self._token:
            self._sign_in()
        record = RECORD.search(self._get("/console/fragment/line"))
        if record is None:
            if leg is None:
                self._post("/console/presence", work="available")
        elif leg is not None or self._chance.random() < 0.7:
            self._saves(record.group(1))
        else:
            self._finishes(record.group(1))

    def _leg(self) -> Leg | None:
        with self.engine.lock:
            mine = [leg for leg in self.engine.legs.values() if leg.to == self.phone and not leg.over]
        return mine[-1] if mine else None

    def _saves(self, record: str) -> None:
        words = f"{self.login} {uuid.uuid4().hex}"
        self.ledger.note(TRIED, record, words)
        sent = {"fields": {"story": words}, "seen": {"story": self._seen.get(record, 1)}}
        headers = {"Accept": "application/json", "X-CSRFToken": self._token}
        answer = self._browser.post(
            f"{self.web}/console/records/{record}/save", json=sent, headers=headers, timeout=PATIENCE
        )
        answer.raise_for_status()
        said = answer.json()
        self._seen[record] = said["version"]  # a text that got lost on the way back conflicts with the next one
        if "story" in said["kept"]:
            self.ledger.note(SAVED, record, words, said["version"])

    def _finishes(self, record: str) -> None:
        answer = self._post(f"/console/records/{record}/finish", quick="silent", after="available")
        if answer.ok:
            self.ledger.note(FINISHED, record)

    def _sign_in(self) -> None:
        found = TOKEN.search(self._get("/staff/login"))
        assert found is not None
        self._browser.post(
            f"{self.web}/staff/login",
            data={"csrf_token": found.group(1), "login": self.login, "password": PASSWORD},
            timeout=PATIENCE,
            allow_redirects=False,
        ).raise_for_status()
        self._token = self._browser.get(f"{self.web}/console/form-token", timeout=PATIENCE).json()["token"]

    def _get(self, path: str) -> str:
        answer = self._browser.get(self.web + path, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.text

    def _post(self, path: str, **fields: str) -> requests.Response:
        headers = {"Accept": "application/json"}
        data = {"csrf_token": self._token} | fields
        return self._browser.post(self.web + path, data=data, headers=headers, timeout=PATIENCE)
