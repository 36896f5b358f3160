"""The blueprint with every view on it."""

from __future__ import annotations

from callcenter.mail.desk import approvals, inbox, joining, room, sending, writing
from callcenter.mail.desk.blueprint import bp

__all__ = ["approvals", "bp", "inbox", "joining", "room", "sending", "writing"]
