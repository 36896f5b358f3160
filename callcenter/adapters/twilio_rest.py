"""The outgoing half of the telephone, through Twilio's own client.

The client's host is rewritten to ``TWILIO_API_URL``, so that a compatible server can stand in
and no trial ever reaches Twilio by accident. Twilio's errors become the few facts that the
service can act on (``domain.ports``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from callcenter.domain.ports import LineBusy, LineGone, LineRefused, LineUnknown

if TYPE_CHECKING:
    from twilio.rest import Client

TIMEOUT = 8.0
"""Seconds for one request; the errand's lease is longer."""

LEG_LIMIT = 3 * 60 * 60
"""Seconds after which Twilio ends a counsellor's leg by itself, against a line that stays open unseen."""

GONE = {20404, 21220}
"""Twilio's words for: no such leg, or the leg has already ended."""

RETRIES = "#rc=3&rp=ct,5xx&tt=15000"
"""Event callbacks may be repeated by Twilio (they have one effect); the fragment never reaches us."""

_silent = logging.getLogger(f"{__name__}.requests")
_silent.disabled = True  # the client would log destinations


@dataclass(frozen=True)
class TwilioLine:
    """Twilio, or whatever answers at *api_url* in its manner."""

    account_sid: str
    user: str
    secret: str = field(repr=False)
    api_url: str
    caller_id: str
    http_client: Any = field(default=None, repr=False)
    """Carries the requests instead of the network; for a line inside the same process."""

    def ring(self, to: str, *, answer_url: str, status_url: str, timeout: int) -> str:
        """Ring *to*; the leg's own callbacks name the offer, so that they find it before this returns."""
        with _plain_errors():
            leg = self._client.calls.create(
                to=to,
                from_=self.caller_id,
                url=answer_url,
                method="POST",
                status_callback=status_url + RETRIES,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                status_callback_method="POST",
                timeout=timeout,
                time_limit=LEG_LIMIT,
            )
        return str(leg.sid)

    def redirect(self, leg_sid: str, url: str) -> None:
        with _plain_errors():
            self._client.calls(leg_sid).update(url=url, method="POST")

    def take_from_queue(self, queue_sid: str, leg_sid: str, url: str) -> None:
        with _plain_errors():
            self._client.queues(queue_sid).members(leg_sid).update(url=url, method="POST")

    def hang_up(self, leg_sid: str, *, answered: bool) -> None:
        with _plain_errors():
            self._client.calls(leg_sid).update(status="completed" if answered else "canceled")

    def leg_state(self, leg_sid: str) -> str:
        with _plain_errors():
            return str(self._client.calls(leg_sid).fetch().status)

    def in_room(self, room: str) -> list[str] | None:
        try:
            with _plain_errors():
                running = self._client.conferences.list(friendly_name=room, status="in-progress", limit=1)
                return [str(leg.call_sid) for leg in running[0].participants.list(limit=10)] if running else None
        except LineGone:
            return None  # the room ended between the two questions

    @cached_property
    def _client(self) -> Client:
        from twilio.rest import Client  # heavy: only the worker pays for it

        return Client(
            self.user, self.secret, self.account_sid, http_client=self.http_client or _elsewhere(self.api_url)
        )


def _elsewhere(api_url: str) -> Any:
    """Return Twilio's HTTP client with scheme and host of every request replaced."""
    from twilio.http.http_client import TwilioHttpClient  # see above

    there = urlsplit(api_url)

    class Elsewhere(TwilioHttpClient):
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            moved = urlsplit(url)._replace(scheme=there.scheme, netloc=there.netloc)
            return super().request(method, urlunsplit(moved), *args, **kwargs)

    return Elsewhere(timeout=TIMEOUT, logger=_silent)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn Twilio's and the network's errors into the facts of ``domain.ports``; numbers stay out of them."""
    import requests  # heavy, and here already once the client is
    from twilio.base.exceptions import TwilioException, TwilioRestException

    try:
        yield
    except TwilioRestException as answer:
        raise _meaning(answer.status, answer.code)(f"HTTP {answer.status}, Twilio code {answer.code}") from None
    except TwilioException as refused_list:  # a list that was refused comes with the response, not with a code
        status = getattr(refused_list.args[-1], "status_code", 500) if refused_list.args else 500
        raise _meaning(status, None)(f"HTTP {status}") from None
    except (requests.ConnectTimeout, requests.exceptions.ConnectionError) as unreached:
        if isinstance(unreached, requests.ConnectTimeout) or "refused" in str(unreached).lower():
            raise LineBusy(type(unreached).__name__) from None
        raise LineUnknown(type(unreached).__name__) from None
    except (requests.RequestException, ValueError) as unknown:  # ValueError: the answer was no JSON
        raise LineUnknown(type(unknown).__name__) from None


def _meaning(status: int, code: int | None) -> Callable[[str], Exception]:
    if status == 404 or code in GONE:
        return LineGone
    if status == 429:
        return LineBusy
    return LineUnknown if status >= 500 else LineRefused
