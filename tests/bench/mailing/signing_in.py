"""How long a member's sign-in takes beside argon2, and whether its three refusals can be told apart."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import partial
from unittest.mock import patch

from callcenter.context import unit_of_work
from callcenter.domain.members import user_numbers
from callcenter.domain.staff.sign_in_delays import FREE_MISSES
from callcenter.models.staff.signin import SignInMisses
from callcenter.services.members.accounts.signing_in import login_of
from callcenter.services.staff import passwords, sign_in_delays
from callcenter.services.staff.passwords import Comparison
from tests.bench.mailing.members import enrol
from tests.bench.mailing.turns import EMPTY, EMPTY_PAGE, WARM_UP, Reader, Turns, value
from tests.desk import CHEAP
from tests.integration.members.people import PASSWORD
from tests.pages import Site

SIGN_IN, DOOR = "sign-in", "/mail/login"
COMING = 200
"""Members who sign in, in turn."""
UNKNOWN, WRONG, LOCKED = REFUSALS = ("unknown number", "wrong password", "locked")
TRIES_OF_ONE = FREE_MISSES - 1
"""Then the next number is tried, as one more miss would lock it."""


class Refusals(Turns):
    """The three refusals, with the sizes that their answers had."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes = defaultdict[str, set[int]](set)

    @property
    def apart(self) -> float:
        """Return how far their medians lie apart, in milliseconds."""
        medians = [self.median(what) for what in REFUSALS]
        return max(medians) - min(medians)


def measure(url: str, *, seconds: float, coming: int = COMING) -> Turns:
    """Let members sign in, one after the other, for *seconds*; what the password's comparison gives is known before."""
    site, turns = Site(url), Turns()
    try:
        numbers = _registered(site, coming)
        with patch.object(passwords, "compare", lambda stored, _typed: Comparison(True, stored)):
            for place in range(WARM_UP):
                _sign_in(site, place, numbers[place % coming], Turns())
            until = time.monotonic() + seconds
            for place in itertools.count(WARM_UP):
                _sign_in(site, place, numbers[place % coming], turns)
                if time.monotonic() >= until and len(turns.taken[SIGN_IN]) > 1:
                    return turns
    finally:
        site.close()
    raise AssertionError("the rounds never end by themselves")


def refuse(url: str, *, tries: int) -> Refusals:
    """Try so many unknown numbers, wrong passwords and locked numbers in turn, with a real hasher that is cheap."""
    site, met = Site(url), Refusals()
    try:
        many = -(-tries // TRIES_OF_ONE)
        known = _registered(site, 2 * many)
        tried = {UNKNOWN: [user_numbers.new() for _ in range(many)], WRONG: known[:many], LOCKED: known[many:]}
        _lock(site, tried[LOCKED])
        with patch.object(passwords, "hasher", lambda: CHEAP):
            reader = Reader(site, 0)
            token = value(reader.get(DOOR).text, "csrf_token")
            for place in range(tries):
                for turn in range(len(REFUSALS)):
                    what = REFUSALS[(place + turn) % len(REFUSALS)]  # none of them always comes after the same one
                    reader.come_from(len(REFUSALS) * place + turn)
                    fields = {"csrf_token": token, "number": tried[what][place % many]}
                    fields["password"] = PASSWORD if what == LOCKED else "something else"
                    answer = met.ask(what, partial(reader.post, DOOR, fields), status=422)
                    met.sizes[what].add(len(answer.data))
    finally:
        site.close()
    return met


def _sign_in(site: Site, place: int, number: str, turns: Turns) -> None:
    reader = Reader(site, place)
    token = value(reader.get(DOOR).text, "csrf_token")
    fields = {"csrf_token": token, "number": number, "password": PASSWORD}
    turns.ask(SIGN_IN, lambda: reader.post(DOOR, fields), status=303)
    turns.ask(EMPTY, lambda: reader.get(EMPTY_PAGE))


def _registered(site: Site, count: int) -> list[str]:
    """Register so many members and return their numbers."""
    with site.app.app_context(), unit_of_work() as session:
        return [one.number or "" for one in enrol(session, count, now=site.clock.now())]


def _lock(site: Site, numbers: list[str]) -> None:
    """Let the numbers have to wait for longer than anybody tries them."""
    at = datetime.now(UTC)
    with site.app.app_context(), unit_of_work() as session:
        for number in numbers:
            key = sign_in_delays.tried(session, login_of(number), None)
            session.add(SignInMisses(tried=key, misses=FREE_MISSES, last_at=at, wait_until=at + timedelta(days=1)))
