"""Imports every module of tables, so that the whole schema is known."""

from __future__ import annotations

from callcenter.models import access, administration, announcements, calendar, directory, duty, keys, misuse, records
from callcenter.models.calls import calls, switches
from callcenter.models.cases import cases, casework, continuity, family
from callcenter.models.delivery import alarms, chores, heartbeats, heavy_jobs, nightly, notices, outbox, self_checks
from callcenter.models.keeping import process_keys, retention
from callcenter.models.members import accounts as member_accounts
from callcenter.models.members import threads
from callcenter.models.staff import accounts, role_requests, signin
from callcenter.models.trail import audit, audit_watch

ALL = (
    administration,
    alarms,
    announcements,
    audit,
    audit_watch,
    calendar,
    duty,
    cases,
    casework,
    chores,
    records,
    continuity,
    directory,
    family,
    heartbeats,
    heavy_jobs,
    keys,
    switches,
    misuse,
    nightly,
    notices,
    outbox,
    self_checks,
    accounts,
    access,
    retention,
    member_accounts,
    threads,
    role_requests,
    process_keys,
    signin,
    calls,
)
