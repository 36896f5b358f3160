"""The blueprint with every view on it."""

from __future__ import annotations

from callcenter.mail import account, first, registering, resets, signing_in
from callcenter.mail.blueprint import bp
from callcenter.mail.my import drafts, home, leaving, letters, records, writing

__all__ = [
    "account",
    "bp",
    "drafts",
    "first",
    "home",
    "leaving",
    "letters",
    "records",
    "registering",
    "resets",
    "signing_in",
    "writing",
]
