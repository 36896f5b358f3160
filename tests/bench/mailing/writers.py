"""Members who write: ``python -m tests.bench.mailing.writers --web PORT --seconds N --tokens FILE``.

Each token of the file is a member's browser. They open the form in the first half of the time; each then keeps a draft
twice, reads it again and sends it, with pauses of a tenth of the time. Who is asked to come again in a moment does.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from tests.bench.mailing.sending import NEW, TEXT
from tests.bench.mailing.turns import value
from tests.bench.side_load import Browser

KEEP = "/mail/my/drafts/keep"
COOKIE = "member"
PATIENCE = 30
"""Times that somebody comes again."""
AGAIN = 2.0
"""Seconds after which they do."""


class Writer:
    """One member with one browser."""

    def __init__(self, web: int, number: int, token: str) -> None:
        self.browser, self.met = Browser(web, number // 250), Counter[str]()
        self.browser.tries, self.browser.cookies[COOKIE] = number % 250, token
        self.sending: float | None = None
        """Milliseconds from the press of the last button to its answer, the waits in between included."""

    def write(self, begin: float, pause: float) -> None:
        """Write one consultation, from *begin* on."""
        try:
            self._write(begin, pause)
        except (OSError, http.client.HTTPException) as failed:
            self.met[type(failed).__name__] += 1

    def _write(self, begin: float, pause: float) -> None:
        _wait_until(begin)
        page = self._ask("form", "GET", NEW)
        if not page:
            return
        fields = {name: value(page, name) for name in ("csrf_token", "form_key", "seen")} | {"subject": ""}
        for part in (1, 2):
            _wait_until(begin + part * pause)
            kept = self._ask("draft", "POST", KEEP, fields | {"text": TEXT[: part * len(TEXT) // 2]}, script=True)
            if kept:
                fields["seen"] = json.loads(kept)["seen"]
        _wait_until(begin + 3 * pause)
        self._ask("reading again", "POST", NEW, fields | {"text": TEXT}, status=303)
        page = self._ask("page", "GET", f"/mail/my/read/{fields['form_key']}")
        if not page:
            return
        fields["seen"] = value(page, "seen")
        _wait_until(begin + 4 * pause)
        began = time.monotonic()
        self._ask("sent", "POST", NEW, fields | {"text": TEXT, "do": "send"}, status=303)
        self.sending = (time.monotonic() - began) * 1000

    def _ask(
        self,
        what: str,
        method: str,
        path: str,
        fields: dict[str, str] | None = None,
        *,
        status: int = 200,
        script: bool = False,
    ) -> str:
        """Return the text of the answer, empty unless it is of that *status*; count it either way."""
        answered, asked_again, text = self._once(method, path, fields, script=script)
        for _ in range(PATIENCE):
            if not asked_again:
                break
            self.met[f"{what} asked to come again"] += 1
            time.sleep(AGAIN)
            answered, asked_again, text = self._once(method, path, fields, script=script)
        good = answered == status
        self.met[what if good else f"{what} answered {answered}"] += 1
        return text if good else ""

    def _once(self, method: str, path: str, fields: dict[str, str] | None, *, script: bool) -> tuple[int, bool, str]:
        """Return the status of an answer, whether it asks to come again, and its text."""
        answer = self.browser.begin(method, path, fields, script=script)
        text = answer.read().decode()
        self.browser.hang_up()  # somebody who writes does nothing for minutes
        return answer.status, answer.status == 503 and "Retry-After" in answer.headers, text


def _wait_until(at: float) -> None:
    time.sleep(max(0.0, at - time.monotonic()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--web", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--tokens", type=Path, required=True)
    wish = parser.parse_args()
    tokens = json.loads(wish.tokens.read_text())
    writers = [Writer(wish.web, number, token) for number, token in enumerate(tokens)]
    begin, spread, pause = time.monotonic() + 0.5, wish.seconds / 2 / len(writers), wish.seconds / 10
    threads = [
        threading.Thread(target=one.write, args=(begin + number * spread, pause)) for number, one in enumerate(writers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    met = sum((one.met for one in writers), Counter[str]())
    took = [one.sending for one in writers if one.sending is not None]
    if len(took) > 1:
        met["milliseconds to send, p95"] = round(statistics.quantiles(took, n=100, method="inclusive")[94])
    print(json.dumps(met))  # noqa: T201  # the run reads it
    return 0


if __name__ == "__main__":
    sys.exit(main())
