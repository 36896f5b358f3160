"""The blueprint with every view on it."""

from __future__ import annotations

from callcenter.admin import (
    accounts,
    announcements,
    days,
    directory,
    leaflets,
    notices,
    roles,
    trail,
)
from callcenter.admin.blueprint import bp
from callcenter.admin.keeping import members, retention

__all__ = [
    "accounts",
    "announcements",
    "bp",
    "days",
    "directory",
    "leaflets",
    "members",
    "notices",
    "retention",
    "roles",
    "trail",
]
