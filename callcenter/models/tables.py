"""Every module of tables, so that one import knows the whole schema."""

from __future__ import annotations

from callcenter.models import (
    announcements,
    audit,
    calendar,
    care,
    cases,
    casework,
    chores,
    consultations,
    continuity,
    directory,
    family,
    keys,
    line,
    misuse,
    nightly,
    notices,
    outbox,
    people,
    retention,
    telephony,
)

ALL = (
    announcements,
    audit,
    calendar,
    care,
    cases,
    casework,
    chores,
    consultations,
    continuity,
    directory,
    family,
    keys,
    line,
    misuse,
    nightly,
    notices,
    outbox,
    people,
    retention,
    telephony,
)
