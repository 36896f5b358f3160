"""People at their desks, from another process: ``python -m tests.bench.side_load --web PORT --seconds N``.

With ``--flood N`` so many strangers try passwords instead, five a second and each time from another address.

Otherwise ten people sign in at the same moment, again every few seconds, and a supervisor follows the live board as a
browser does: an event stream, and the parts of the board after every hint.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import sys
import threading
import time
from collections import Counter
from urllib.parse import urlencode

from callcenter.loopback import HOST
from tests.desk import PASSWORD

PEOPLE = [f"tanto{number}" for number in range(10)]
SUPERVISOR = "tokatsu"
EVERY = 5.0
"""Seconds from one time that everybody signs in to the next."""
PAUSE = 0.2
"""Seconds between two guesses of one stranger."""
DOOR, STREAM, PARTS = "/staff/login", "/console/events?tab=bench", "/reports/board/parts"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
TIMEOUT = 30.0


class Browser:
    """One person's browser, which keeps its cookies."""

    def __init__(self, web: int, number: int) -> None:
        self.number, self.tries, self.cookies = number, 0, dict[str, str]()
        self._connection = http.client.HTTPConnection(HOST, web, timeout=TIMEOUT)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Send a request and return the status and the text of its answer."""
        answer = self.begin(method, path, fields)
        return answer.status, answer.read().decode()

    def begin(
        self, method: str, path: str, fields: dict[str, str] | None = None, *, script: bool = False
    ) -> http.client.HTTPResponse:
        """Send a request, as a page's *script* does or as a form, and return its answer, the text yet to be read."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        # Nobody is kept out for having come so often.
        headers["X-Forwarded-For"] = f"10.{self.number}.{self.tries // 250 % 250}.{self.tries % 250}"
        if script:
            headers["Accept"] = "application/json"
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, None if fields is None else urlencode(fields), headers)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def hang_up(self) -> None:
        """Close the connection; the next request opens another."""
        self._connection.close()

    def sign_in(self, login: str) -> int:
        """Sign in as a newcomer and return the status of the answer: 302 leads in."""
        self.tries, self.cookies = self.tries + 1, {}
        _, page = self.ask("GET", DOOR)
        fields = {"csrf_token": TOKEN.findall(page)[0], "login": login, "password": PASSWORD}
        return self.ask("POST", DOOR, fields)[0]


def sign_in_again_and_again(web: int, number: int, until: float, met: Counter[str]) -> None:
    """Let one of the ten sign in whenever it is time."""
    browser, due = Browser(web, number), time.monotonic()
    while due < until:
        time.sleep(max(0.0, due - time.monotonic()))
        status = browser.sign_in(PEOPLE[number])
        met["signed in" if status == 302 else f"sign-in answered {status}"] += 1
        due = max(due + EVERY, time.monotonic())


def follow(web: int, until: float, met: Counter[str]) -> None:
    """Let the supervisor follow the board: one browser listens, and the same person's looks after each hint."""
    browser, listener = Browser(web, 200), Browser(web, 200)
    browser.sign_in(SUPERVISOR)
    listener.cookies = dict(browser.cookies)
    stream = listener.begin("GET", STREAM)
    if stream.status != 200:
        met[f"stream answered {stream.status}"] += 1
        return
    while time.monotonic() < until and (line := stream.readline()):
        if line.startswith((b"event: change", b"event: hello")):
            status, _ = browser.ask("GET", PARTS)
            met["boards" if status == 200 else f"board answered {status}"] += 1


def strangers_at(web: int, many: int, until: float, met: Counter[str]) -> list[threading.Thread]:
    """Return so many strangers, who share one form that somebody opened."""
    opened = Browser(web, 201)
    token = TOKEN.findall(opened.ask("GET", DOOR)[1])[0]
    return [
        threading.Thread(target=guess_on_and_on, args=(web, number, token, opened.cookies, until, met))
        for number in range(many)
    ]


def guess_on_and_on(
    web: int, number: int, token: str, cookies: dict[str, str], until: float, met: Counter[str]
) -> None:
    """Let a stranger try one login after another, none of which exists."""
    browser, fields = Browser(web, number), {"csrf_token": token, "password": "something else"}
    browser.cookies.update(cookies)
    while time.monotonic() < until:
        time.sleep(PAUSE)
        browser.tries += 1
        try:
            status, _ = browser.ask("POST", DOOR, fields | {"login": f"stranger{number}-{browser.tries}"})
        except (OSError, http.client.HTTPException) as failed:
            met[type(failed).__name__] += 1
            continue
        met[f"guess answered {status}"] += 1


def at_their_desks(web: int, until: float, met: Counter[str]) -> list[threading.Thread]:
    """Return the ten people, and let the supervisor begin to follow the board."""
    threading.Thread(target=follow, args=(web, until, met), daemon=True).start()
    return [
        threading.Thread(target=sign_in_again_and_again, args=(web, number, until, met))
        for number in range(len(PEOPLE))
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--web", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--flood", type=int, default=0)
    wish = parser.parse_args()
    met, until = Counter[str](), time.monotonic() + wish.seconds
    people = strangers_at(wish.web, wish.flood, until, met) if wish.flood else at_their_desks(wish.web, until, met)
    for one in people:
        one.start()
    for one in people:
        one.join()
    print(json.dumps(met))  # noqa: T201  # the run reads it
    return 0


if __name__ == "__main__":
    sys.exit(main())
