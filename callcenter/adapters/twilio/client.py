"""Twilio's client, and its errors as those of ``domain.telephony``.

The client's hosts are rewritten to ``TWILIO_API_URL``, so that a compatible server can stand in
and no trial ever reaches Twilio by accident.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from callcenter.domain.telephony import LineBusy, LineGone, LineInUse, LineRefused, LineShut, LineUnknown

if TYPE_CHECKING:
    from twilio.rest import Client

TWILIO = "https://api.twilio.com"
TIMEOUT = 8.0
"""Seconds for one request; the errand's lease is longer."""

GONE = {20404, 21220}
"""Twilio's words for: no such leg, or the leg has already ended."""

IN_USE = 20009
"""Twilio's word for: this cannot be deleted, as it has not ended."""

SHUT = {401, 403}
"""Our keys are wrong or the account is suspended: no request is to blame, and each may be repeated afterwards."""

ACCOUNT_TROUBLE = 20
"""Thousands of Twilio's codes about the account and the request's form; what is about a number has other ones."""

_silent = logging.getLogger(f"{__name__}.requests")
_silent.disabled = True  # the client would log destinations


@dataclass(frozen=True)
class Account:
    """The access to one Twilio account, or to a compatible server at *api_url*."""

    sid: str
    user: str
    secret: str = field(repr=False)
    api_url: str
    http_client: Any = field(default=None, repr=False)
    """Carries the requests instead of the network; for a line inside the same process."""

    @cached_property
    def client(self) -> Client:
        """Return Twilio's client for this account."""
        from twilio.rest import Client  # heavy: only who talks to Twilio pays for it

        return Client(self.user, self.secret, self.sid, http_client=self.http_client or _transport(self.api_url))


def _transport(api_url: str) -> Any:
    """Return Twilio's HTTP client, with scheme and host of every request replaced unless *api_url* is Twilio's own."""
    from twilio.http.http_client import TwilioHttpClient  # see above

    if api_url == TWILIO:
        return TwilioHttpClient(timeout=TIMEOUT, logger=_silent)  # its products answer at hosts of their own
    there = urlsplit(api_url)

    class Elsewhere(TwilioHttpClient):
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            moved = urlsplit(url)._replace(scheme=there.scheme, netloc=there.netloc)
            return super().request(method, urlunsplit(moved), *args, **kwargs)

    return Elsewhere(timeout=TIMEOUT, logger=_silent)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn Twilio's and the network's errors into those of ``domain.telephony``; numbers stay out of them."""
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
    if status in SHUT and (code is None or code // 1000 == ACCOUNT_TROUBLE):
        return LineShut
    if code == IN_USE:
        return LineInUse
    return LineUnknown if status >= 500 else LineRefused
