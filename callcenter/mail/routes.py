"""The blueprint with every view on it."""

from __future__ import annotations

from callcenter.mail import account, first, home, registering, resets, signing_in
from callcenter.mail.blueprint import bp

__all__ = ["account", "bp", "first", "home", "registering", "resets", "signing_in"]
