"""Makes odd requests: which fields a route reads is learnt from the route itself, what they may hold from the pages."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from flask import Flask, current_app, has_request_context, request
from twilio.request_validator import RequestValidator
from werkzeug.routing import Rule

from callcenter.domain.records.record_codes import MULTIPLE, SINGLE
from callcenter.domain.talks.quality import MEASURES
from callcenter.received import Received, StorableJson, StorableRequest
from callcenter.services.cases import casework
from callcenter.services.records import record_fields
from tests.desk import ORIGIN
from tests.fuzz import odd
from tests.fuzz.stage import NOBODY, PEOPLE, Stage
from tests.line import ACCOUNT

USUAL = ("1", "3", "on", "ミナト", "図書館まで行けた", "2026-12-01", "14:30", "15:30", "2026-11-25T14:30", "other")
METHODS = ("HEAD", "OPTIONS", "PUT", "DELETE", "GET", "POST")
NUMBERS = ("anonymous", "+819012345678", "", "client:x", "sip:a@b.test")
FORM, JSON, PARTS = "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=odd"
CODED = {name: [code.value for code in codes] for name, codes in {**SINGLE, **MULTIPLE}.items()}
ANSWER = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")
TOLD_AS_JSON = {
    "account": ("seconds", "warnings", *MEASURES),
    "credential": ("id", "rawId", "type", "response", *ANSWER),
}
"""Fields of forms whose text is JSON."""
JSON_FIELDS = [*sorted(record_fields.FIELDS), *casework.TEXTS]
TELEPHONE = "ivr."
EXTENSION = "names asked for"


@dataclass(frozen=True)
class Asked:
    """One request, as it is sent; it can be sent again."""

    who: str
    method: str
    path: str
    query: str
    body: bytes
    kind: str
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def target(self) -> str:
        return self.path + (f"?{self.query}" if self.query else "")


class Readers:
    """The names that each route looked for in forms, addresses and JSON."""

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, None]] = defaultdict(dict)
        self.json: set[str] = set()


def _names_at_hand() -> dict[str, None]:
    """Return where the names are noted that the present route looks for."""
    known = has_request_context() and EXTENSION in current_app.extensions
    return current_app.extensions[EXTENSION].fields[request.endpoint or ""] if known else {}


class Listening(Received):
    """Parameters that note which of them were asked for, also in another thread."""

    def __init__(self, mapping: Any = None) -> None:
        super().__init__(mapping)
        self._noted = _names_at_hand()

    def get(self, key: str, *more: Any, **how: Any) -> Any:
        self._noted[key] = None
        return super().get(key, *more, **how)

    def getlist(self, key: str, *more: Any, **how: Any) -> Any:
        self._noted[key] = None
        return super().getlist(key, *more, **how)

    def __getitem__(self, key: str) -> Any:
        self._noted[key] = None
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._noted[str(key)] = None
        return super().__contains__(key)


class ListeningRequest(StorableRequest):
    """A request that does so."""

    parameter_storage_class = Listening


class Noticed(dict[str, Any]):
    """An object of JSON that does so."""

    def get(self, key: str, *more: Any) -> Any:
        _names_at_hand()[key] = None
        return super().get(key, *more)

    def __getitem__(self, key: str) -> Any:
        _names_at_hand()[key] = None
        return super().__getitem__(key)


class ListeningJson(StorableJson):
    """JSON that does so."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        if has_request_context() and EXTENSION in current_app.extensions:
            current_app.extensions[EXTENSION].json.add(request.endpoint)
        return _noticed(super().loads(s, **kwargs))


def _noticed(value: Any) -> Any:
    if isinstance(value, dict):
        return Noticed({key: _noticed(one) for key, one in value.items()})
    return [_noticed(one) for one in value] if isinstance(value, list) else value


def listen(app: Flask) -> Readers:
    """Let *app* tell which names its routes look for."""
    app.request_class, app.json = ListeningRequest, ListeningJson(app)
    readers = app.extensions[EXTENSION] = Readers()
    return readers


class Asker:
    """Makes one request after another; the same seed makes the same ones, but for the ids that rows get."""

    def __init__(self, stage: Stage, readers: Readers, seed: str) -> None:
        self.stage, self.readers, self.rng = stage, readers, random.Random(seed)  # no secret
        self.welcome: dict[str, dict[str, None]] = defaultdict(dict)
        """Who was not sent away from a route, so that views are asked more often than their guards."""

    def ask(self, rule: Rule, method: str) -> Asked:
        """Return an odd request to a route."""
        rng, telephone = self.rng, rule.endpoint.startswith(TELEPHONE)
        who = NOBODY if telephone else self._who(rule.endpoint)
        path = self._path(rule, who)
        if method == "GET":
            return Asked(who, self._method(method), path, self._pairs(rule.endpoint), b"", "")
        query = self._pairs(rule.endpoint, few=True) if rng.random() < (0.4 if telephone else 0.1) else ""
        if telephone:
            return self._signed(path, query, self._telephones(rule.endpoint))
        body, kind = self._body(rule.endpoint)
        token = self.stage.token if rng.random() < 0.98 else quote(odd.text(rng)[:200], errors="replace")
        accept = "application/json" if rng.random() < 0.6 else "text/html"
        return Asked(who, self._method(method), path, query, body, kind, (("X-CSRFToken", token), ("Accept", accept)))

    def _method(self, method: str) -> str:
        return method if self.rng.random() < 0.98 else self.rng.choice(METHODS)

    def _who(self, endpoint: str) -> str:
        known = list(self.welcome[endpoint])
        return self.rng.choice(known if known and self.rng.random() < 0.85 else [NOBODY, *PEOPLE])

    def _path(self, rule: Rule, who: str) -> str:
        path = rule.rule
        for name in sorted(rule.arguments):
            for spelled in (f"<{name}>", f"<path:{name}>"):
                path = path.replace(spelled, self._part(name, who))
        return path

    def _part(self, name: str, who: str) -> str:
        dice, rng = self.rng.random(), self.rng
        own = self.stage.own.get(who, {}).get(name)
        if own and dice < 0.5:
            return _spelled(rng.choice(own))
        likely = [*self.stage.known.parts[name], *(self.stage.rows_like(name) if name.endswith("_id") else ())]
        if dice < 0.8 and likely:
            chosen = rng.choice(likely)
        elif dice < 0.9:
            chosen = rng.choice(self.stage.rows_like(""))
        else:
            chosen = odd.text(rng)[:3000]
        return _spelled(chosen)

    # ------------------------------------------------------------------ fields

    def _names(self, endpoint: str, *, few: bool) -> Iterator[str]:
        rng = self.rng
        share = 0.15 if few else rng.choice((0.4, 0.9, 1.0))
        for name in self.readers.fields[endpoint]:
            if name != "csrf_token" and rng.random() < share:
                yield name
                if rng.random() < 0.05:
                    yield name
        if rng.random() < 0.05:
            yield odd.text(rng)[:200]

    def _value(self, name: str) -> str:
        dice, rng, known = self.rng.random(), self.rng, [*self.stage.known.values[name], *CODED.get(name, ())]
        if dice < 0.7 and name in TOLD_AS_JSON:
            keys = TOLD_AS_JSON[name]
            return json.dumps({key: odd.json_value(rng, list(keys)) for key in keys if rng.random() < 0.9})
        if dice < 0.5 and known:
            return str(rng.choice(known))
        if dice < 0.62:
            return rng.choice(self.stage.rows_like(name))
        return rng.choice(USUAL) if dice < 0.72 else odd.text(rng)

    def _fields(self, endpoint: str, *, few: bool = False) -> list[tuple[str, str]]:
        return [(name, self._value(name)) for name in self._names(endpoint, few=few)]

    def _pairs(self, endpoint: str, *, few: bool = False) -> str:
        return _encoded([(name, value[:4000]) for name, value in self._fields(endpoint, few=few)])

    def _body(self, endpoint: str) -> tuple[bytes, str]:
        dice, rng = self.rng.random(), self.rng
        if dice < (0.8 if endpoint in self.readers.json else 0.05):
            return self._json(endpoint), JSON
        fields = [("csrf_token", self.stage.token), *self._fields(endpoint)]
        if dice > 0.9:
            return _in_parts(fields), PARTS
        return (_encoded(fields).encode() if dice < 0.89 else odd.text(rng).encode("utf-8", "replace")), FORM

    def _json(self, endpoint: str) -> bytes:
        rng, names = self.rng, list(self.readers.fields[endpoint])
        if rng.random() < 0.04:
            return odd.json_text(rng).encode()
        if rng.random() < 0.06:
            return json.dumps(odd.json_value(rng, names)).encode()
        return json.dumps({name: self._json_field(name, names) for name in self._names(endpoint, few=False)}).encode()

    def _json_field(self, name: str, names: list[str]) -> Any:
        rng = self.rng
        if name in {"fields", "seen"} and rng.random() < 0.9:
            chosen = rng.sample(JSON_FIELDS, rng.randrange(1, 5))
            return {one: 1 if name == "seen" and rng.random() < 0.7 else self._json_field(one, names) for one in chosen}
        dice = rng.random()
        if dice < 0.3 and name in CODED:
            code = rng.choice(CODED[name])
            return [code] if name in MULTIPLE else code
        return self._value(name) if dice < 0.55 else odd.json_value(rng, names)

    # ------------------------------------------------------------------ telephone

    def _telephones(self, endpoint: str) -> list[tuple[str, str]]:
        rng, calls = self.rng, self.stage.sids
        given = {
            "AccountSid": ACCOUNT.sid,
            "CallSid": rng.choice(calls),
            "CallStatus": "in-progress",
            "To": "+81120529528",
        }
        given |= {
            "Direction": "inbound",
            "From": rng.choice(NUMBERS),
        }
        for name in self._names(endpoint, few=rng.random() < 0.5):
            if name != "AccountSid" or rng.random() < 0.1:
                given[name] = odd.text(rng) if rng.random() < 0.6 else self._word(name)
        return [(name, value[:5000]) for name, value in given.items()]

    def _word(self, name: str) -> str:
        words = {
            "CallStatus": ("ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled"),
            "QueueResult": ("leave", "redirected", "bridged", "hangup", "queue-full", "error", "system-error"),
            "StatusCallbackEvent": ("participant-join", "participant-leave", "conference-end", "participant-hold"),
            "Digits": ("0", "1", "2", "9", "#", "*", "11"),
            "Timestamp": ("Wed, 25 Nov 2026 05:00:00 +0000", "Mon, 01 Jan 0001 00:00:00 +0000"),
        }
        return self.rng.choice(words.get(name, tuple(self.stage.sids)))

    def _signed(self, path: str, query: str, fields: list[tuple[str, str]]) -> Asked:
        body = _encoded(fields)
        sent = dict(parse_qsl(body, keep_blank_values=True, errors="replace"))
        target = path + (f"?{query}" if query else "")
        signature = str(RequestValidator(ACCOUNT.auth_token).compute_signature(ORIGIN + target, sent))
        headers = [("X-Twilio-Signature", signature)]
        if self.rng.random() < 0.2:
            token = quote(odd.text(self.rng)[:100], safe=" !", errors="replace")
            headers.append(("I-Twilio-Idempotency-Token", token))
        return Asked(NOBODY, "POST", path, query, body.encode(), FORM, tuple(headers))


def _spelled(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _encoded(fields: list[tuple[str, str]]) -> str:
    return urlencode(fields, encoding="utf-8", errors="surrogatepass")


def _in_parts(fields: list[tuple[str, str]]) -> bytes:
    """Return the fields as a form with files; every eighth one is a file with an odd name."""
    lines = []
    for number, (name, value) in enumerate(fields):
        file = f'; filename="{_header(value[:80])}"\r\nContent-Type: audio/mpeg' if number % 8 == 0 else ""
        lines.append(f'--odd\r\nContent-Disposition: form-data; name="{_header(name)}"{file}\r\n\r\n{value}\r\n')
    return ("".join(lines) + "--odd--\r\n").encode("utf-8", "surrogatepass")


def _header(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "").replace("\n", "")
