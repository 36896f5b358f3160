"""The blueprint's views, gathered so that importing it brings them all."""

from __future__ import annotations

from callcenter.admin import accounts, announcements, days, directory, retention, told, trail
from callcenter.admin.blueprint import bp

__all__ = ["accounts", "announcements", "bp", "days", "directory", "retention", "told", "trail"]
