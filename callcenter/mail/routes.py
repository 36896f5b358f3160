"""The blueprint with every view on it."""

from __future__ import annotations

from callcenter.mail import signing_in
from callcenter.mail.blueprint import bp
from callcenter.mail.my import drafts, home, leaving, letters, records, writing

__all__ = ["bp", "drafts", "home", "leaving", "letters", "records", "signing_in", "writing"]
