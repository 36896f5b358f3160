"""The blueprint with every view on it."""

from __future__ import annotations

from callcenter.admin import accounts, announcements, days, directory, members, notices, retention, roles, trail
from callcenter.admin.blueprint import bp

__all__ = ["accounts", "announcements", "bp", "days", "directory", "members", "notices", "retention", "roles", "trail"]
