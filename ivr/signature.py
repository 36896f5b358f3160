"""Verifying Twilio's signature over the public address and all parameters.

The address is taken from the settings and the raw request target. The framework's own idea of it
would be decoded, and could be named by anybody (twilio.com/docs/usage/security).
"""

from __future__ import annotations

import hmac
import logging
from urllib.parse import quote, urlsplit

from flask import abort, request
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from callcenter.context import settings
from callcenter.received import Received
from ivr.payloads import account_sid

log = logging.getLogger(__name__)

LARGEST = 64 * 1024
"""Bytes; Twilio's own webhooks stay far below."""


def verify() -> None:
    """Let a signed webhook pass that names our account, or none; anything else gets 403 and no script."""
    request.max_content_length = LARGEST
    here = settings()
    signature = request.headers.get("X-Twilio-Signature", "")
    form = request.form.as_sent if isinstance(request.form, Received) else request.form
    url = here.public_base_url + raw_target()
    if not any(_signed(RequestValidator(token), url, form, signature) for token in here.auth_tokens):
        _refuse("signature")
    named = account_sid(form) or here.account_sid  # the signature alone says whose it is; not every kind names it
    if not hmac.compare_digest(named.encode(), here.account_sid.encode()):
        _refuse("account")


def _signed(validator: RequestValidator, url: str, form: MultiDict[str, str], signature: str) -> bool:
    """Return whether the signature fits the address, as it is or with or without its port."""
    if not signature:
        return False
    plain = validator.compute_signature(url, form)
    return hmac.compare_digest(plain.encode(), signature.encode()) or validator.validate(url, form, signature)


def raw_target() -> str:
    """Return path and query exactly as in the request line."""
    environ = request.environ
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw is None:
        raw = quote(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""), safe="/:@!$&'()*+,;=~-._")
        raw += f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
    if not raw.startswith("/"):
        parts = urlsplit(raw)
        raw = parts.path + (f"?{parts.query}" if parts.query else "")
    return str(raw)


def _refuse(what: str) -> None:
    log.warning("refused a webhook for %s: wrong %s", request.endpoint, what)
    abort(403)
