"""Webhooks sent by hand, signed as Twilio signs them, for what the simulated line would never send."""

from __future__ import annotations

from collections.abc import Mapping

from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from tests.desk import ORIGIN, Desk
from tests.line import ACCOUNT

INCOMING = "/ivr/voice/incoming"


def form(sid: str = "CA" + "1" * 32, **more: str) -> dict[str, str]:
    """The parameters of a first webhook, blank ones included."""
    return {
        "AccountSid": ACCOUNT.sid,
        "ApiVersion": "2010-04-01",
        "CallSid": sid,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "From": "anonymous",
        "FromCity": "",
        "FromState": "",
        "To": "+81120529528",
    } | more


def sign(path: str, fields: Mapping[str, str], *, token: str = ACCOUNT.auth_token, origin: str = ORIGIN) -> str:
    """Return the signature over the public address and every parameter."""
    return str(RequestValidator(token).compute_signature(origin + path, fields))


def post(
    desk: Desk, path: str, fields: Mapping[str, str], *, signature: str | None = None, **headers: str
) -> TestResponse:
    """Post *fields* with their true signature, or the one given."""
    sent = {"X-Twilio-Signature": sign(path, fields) if signature is None else signature}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    target = {"RAW_URI": path, "REQUEST_URI": path}
    return desk.app.test_client().post(path, data=dict(fields), headers=sent, environ_overrides=target)
