"""Every module of tables, so that one import knows the whole schema."""

from __future__ import annotations

from callcenter.models import (
    announcements,
    audit,
    calendar,
    care,
    cases,
    chores,
    consultations,
    keys,
    line,
    misuse,
    nightly,
    notices,
    outbox,
    people,
    telephony,
)

ALL = (
    announcements,
    audit,
    calendar,
    care,
    cases,
    chores,
    consultations,
    keys,
    line,
    misuse,
    nightly,
    notices,
    outbox,
    people,
    telephony,
)
