"""``Outside`` by signed requests of Twilio's kind, and by a look at the certificate."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from callcenter.adapters.in_time import begun
from callcenter.domain.ports import CertificateRefused, NotReached, WebAnswer

if TYPE_CHECKING:
    from requests import Session

WITHIN = 8.0
"""Seconds for one request from the name's look-up to the last byte; Twilio itself gives up after fifteen."""
SILENCE = 5.0
"""Seconds without a byte."""
LARGEST = 64 * 1024
"""Bytes of an answer that are read: what Twilio takes as a script at most."""

T = TypeVar("T")


@dataclass(frozen=True)
class SignedRequests:
    """Requests as Twilio's webhooks make them, signed by each of our auth tokens in turn."""

    account_sid: str
    tokens: tuple[str, ...] = field(repr=False)
    session: Session | None = field(default=None, repr=False)
    """Carries the requests instead of the network; for servers inside the same process."""

    def signed(self, url: str) -> Iterator[WebAnswer]:
        """Return what *url* answers to a signed request, once for each auth token, as it is asked for."""
        for token in self.tokens:
            yield self._post(url, token)

    def forged(self, url: str) -> WebAnswer:
        """Return what *url* answers to a request whose signature is wrong."""
        return self._post(url, "not " + self.tokens[0])

    def certificate_ends(self, origin: str) -> datetime:
        """Return until when the certificate at *origin* holds; it is checked as every caller does."""
        return _in_time(partial(_certificate_ends, origin))

    def _post(self, url: str, token: str) -> WebAnswer:
        from twilio.request_validator import RequestValidator  # heavy: only who asks pays for it

        fields = {"AccountSid": self.account_sid, "Blank": "", "SpeechResult": "もしもし"}
        signature = RequestValidator(token).compute_signature(url, fields)
        return _in_time(partial(_answer, self.session, url, fields, str(signature)))


def _answer(session: Session | None, url: str, fields: dict[str, str], signature: str) -> WebAnswer:
    import requests  # heavy, as above

    began = time.monotonic()
    headers = {"X-Twilio-Signature": signature, "Accept": "text/xml, */*"}
    try:
        with (session or requests.Session()).post(
            url, data=fields, headers=headers, timeout=SILENCE, allow_redirects=False, stream=True
        ) as answer:
            body = b""
            for piece in answer.iter_content(1024):
                body += piece
                if len(body) > LARGEST or time.monotonic() - began > WITHIN:
                    break
            return WebAnswer(answer.status_code, body[:LARGEST].decode("utf-8", "replace"))
    except requests.RequestException as away:
        raise NotReached(type(away).__name__) from None


def _certificate_ends(origin: str) -> datetime:
    there = urlsplit(origin)
    host = there.hostname or ""
    try:
        with (
            socket.create_connection((host, there.port or 443), SILENCE) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure,
        ):
            shown: dict[str, Any] = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as refused:
        raise CertificateRefused(refused.verify_message) from None
    except (OSError, ValueError) as away:
        raise NotReached(type(away).__name__) from None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


def _in_time(work: Callable[[], T]) -> T:
    """Return what *work* returns; ``NotReached`` if it takes too long, however slowly the other side drips."""
    try:
        return begun(work).result(WITHIN)
    except TimeoutError:
        raise NotReached("TimeoutError") from None
