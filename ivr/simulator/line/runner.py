"""The live engine: a thread that does what falls due, and threads that carry webhooks over HTTP."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

import requests

from ivr.simulator.line.exchange import Exchange
from ivr.simulator.line.webhooks import Delivery, Limits

LONGEST_NAP = 0.5
log = logging.getLogger("ivr.simulator")


def http_post(
    method: str, url: str, body: bytes, headers: Mapping[str, str], limits: Limits
) -> tuple[int, Mapping[str, str], bytes]:
    """Deliver one webhook over HTTP, following no redirect: it would change the signed address."""
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy stands between this machine and itself
            answer = session.request(
                method,
                url,
                data=body,
                headers=dict(headers),
                timeout=(limits.connect, min(limits.read, limits.total)),
                allow_redirects=False,
            )
    except requests.ReadTimeout as error:
        raise TimeoutError(str(error)) from None
    except requests.RequestException as error:
        raise ConnectionError(str(error)) from None
    return answer.status_code, answer.headers, answer.content


class Runner:
    """Moves an exchange along its clock until it is stopped."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="line", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; webhooks under way are not waited for."""
        self._stopping.set()
        self.exchange.touch()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        exchange = self.exchange
        while not self._stopping.is_set():
            try:
                while exchange.run_due():
                    pass
            except Exception:
                log.exception("a step of the line failed")
            with exchange.changed:
                while exchange.outgoing:  # daemons: one that hangs must not hold up the end of the process
                    delivery = exchange.outgoing.popleft()
                    threading.Thread(target=self._deliver, args=(delivery,), name="webhook", daemon=True).start()
                if not self._stopping.is_set():
                    exchange.changed.wait(self._nap())

    def _nap(self) -> float:
        due, pace = self.exchange.next_due(), self.exchange.clock.pace
        if due is None or pace <= 0:
            return LONGEST_NAP
        return min(LONGEST_NAP, max(0.001, (due - self.exchange.elapsed) / pace))

    def _deliver(self, delivery: Delivery) -> None:
        try:
            self.exchange.deliver(delivery)
        except Exception:
            log.exception("a webhook could not be carried out")
