"""The blueprint with every view on it."""

from __future__ import annotations

from callcenter.mail import home, signing_in
from callcenter.mail.blueprint import bp

__all__ = ["bp", "home", "signing_in"]
