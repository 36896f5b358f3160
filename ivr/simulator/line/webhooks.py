"""One webhook as Twilio sends it: parameters, signature, idempotency token, connection overrides, and its reply."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag, urlencode

from twilio.request_validator import RequestValidator

from ivr.simulator.line.legs import Hook, Leg
from ivr.simulator.twiml.checker import MAX_BYTES, MalformedTwiml, check, parse

CONNECT_SECONDS, LIMIT_SECONDS = 5.0, 15.0


@dataclass(frozen=True)
class Limits:
    """Seconds that Twilio gives an address to be reached, to answer, and in all with its repetitions."""

    connect: float = CONNECT_SECONDS
    read: float = LIMIT_SECONDS
    total: float = LIMIT_SECONDS

    @classmethod
    def of(cls, url: str) -> Limits:
        """Read ``#ct=…&rt=…&tt=…`` (milliseconds); what is missing or out of range stays as Twilio has it."""
        said = dict(parse_qsl(urldefrag(url).fragment))

        def seconds(name: str, longest: int, usual: float) -> float:
            value = said.get(name, "")
            return int(value) / 1000 if value.isdigit() and 100 <= int(value) <= longest else usual

        return cls(
            seconds("ct", 10_000, CONNECT_SECONDS),
            seconds("rt", 15_000, LIMIT_SECONDS),
            seconds("tt", 15_000, LIMIT_SECONDS),
        )


# deliver(method, url, body, headers, limits) -> (status, headers, body)
Post = Callable[[str, str, bytes, Mapping[str, str], Limits], tuple[int, Mapping[str, str], bytes]]


@dataclass(frozen=True)
class Account:
    """The account the line plays, with its secrets."""

    sid: str
    auth_token: str = field(repr=False)
    api_key: str = ""
    api_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Reply:
    """What came back: a status with a body, or the way the connection failed (ct: connecting, rt: reading)."""

    status: int | None
    content_type: str = ""
    body: bytes = b""
    error: str = ""
    ms: int = 0


@dataclass
class Delivery:
    """A webhook under way."""

    hook: Hook
    params: dict[str, str]
    done: Callable[[Reply], None]
    leg: Leg | None
    kind: str  # webhook, news, media
    context: str = "call"
    attempt: int = 0
    began: float | None = None  # the stopwatch when it was first carried out
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    def request(self, account: Account) -> tuple[str, str, bytes, dict[str, str]]:
        """Return method, address, body and headers; the fragment is neither sent nor signed."""
        url = urldefrag(self.hook.url).url
        body, signed = b"", {}
        headers = {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*", "I-Twilio-Idempotency-Token": self.token}
        if self.hook.method == "GET":
            if self.kind != "media":
                url += ("&" if "?" in url else "?") + urlencode(self.params)
        else:
            body, signed = urlencode(self.params).encode(), self.params
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        validator = RequestValidator(account.auth_token)
        headers["X-Twilio-Signature"] = validator.compute_signature(url, signed)
        return self.hook.method, url, body, headers

    @property
    def limits(self) -> Limits:
        """How long it may take."""
        return Limits.of(self.hook.url)

    def may_retry(self, reply: Reply, stopwatch: float) -> bool:
        """Decide by the address's fragment (``#rc=…&rp=…``; one retry of failed connections unless it says else)."""
        if self.began is not None and stopwatch - self.began >= self.limits.total:
            return False
        overrides = dict(parse_qsl(urldefrag(self.hook.url).fragment))
        policy = overrides.get("rp", "ct").split(",")
        tries = int(overrides["rc"]) if overrides.get("rc", "").isdigit() else 1
        trouble = reply.error or (f"{(reply.status or 0) // 100}xx" if (reply.status or 0) >= 400 else "")
        return bool(trouble) and self.attempt < min(tries, 5) and ("all" in policy or trouble in policy)


def standard_params(account: Account, leg: Leg) -> dict[str, str]:
    """Return what every voice webhook carries, blank places and one newcomer included."""
    params = {
        "AccountSid": account.sid,
        "ApiVersion": "2010-04-01",
        "CallSid": leg.sid,
        "CallStatus": leg.status,
        "Direction": leg.direction,
        "AddedWithoutNotice": "new 2026",  # Twilio adds parameters at will; nobody may mind
    }
    for side, value in (("From", leg.from_), ("Caller", leg.from_), ("To", leg.to), ("Called", leg.to)):
        params[side] = value
        country = "JP" if value.startswith("+81") else ""
        params |= {f"{side}City": "", f"{side}State": "", f"{side}Zip": "", f"{side}Country": country}
    return params


def failure_code(reply: Reply, *, media_allowed: bool) -> str:
    """Return Twilio's error code for a reply that cannot be used as a document, or an empty string."""
    if reply.error:
        return "11205" if reply.error == "ct" else "11200"
    if reply.status is None or not 200 <= reply.status < 300:
        return "11200"
    if len(reply.body) > MAX_BYTES and not is_media(reply):
        return "11750"
    if is_media(reply):
        return "" if media_allowed else "12300"
    if reply.content_type.partition(";")[0].strip().lower() not in {"text/xml", "application/xml"}:
        return "12300"
    try:
        root = parse(reply.body)
    except MalformedTwiml:
        return "12100"
    return "" if root.tag == "Response" else "12100"


def is_media(reply: Reply) -> bool:
    """Return whether the reply is sound rather than words."""
    return reply.content_type.startswith("audio/")


def violations(delivery: Delivery, reply: Reply) -> list[str]:
    """Return what the strict checker has to say about a reply."""
    if reply.error or reply.status is None:
        return []
    if delivery.kind == "media":
        return [] if reply.status == 200 and is_media(reply) else [f"<Play> target answered {reply.status}"]
    if not 200 <= reply.status < 300 or (is_media(reply) and delivery.context != "call"):
        return []
    if delivery.kind == "news" and not reply.body:
        return []
    found = check(reply.body, delivery.context)
    if reply.content_type.replace(" ", "").lower() not in {"text/xml;charset=utf-8", "application/xml;charset=utf-8"}:
        found.append(f"content type is {reply.content_type!r}, not text/xml; charset=utf-8")
    return found
