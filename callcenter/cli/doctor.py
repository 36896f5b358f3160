"""``callcenter doctor``: checks what this installation needs."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask

from callcenter.cli import provider
from callcenter.cli.fallback import current_script
from callcenter.context import context, line_words, reading
from callcenter.domain.calendar.hours import Calendar
from callcenter.domain.calls.webhook_urls import WebhookUrls

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from callcenter.adapters.checkup import Finding
    from callcenter.context import Context
    from callcenter.crypto import KeyRing
    from callcenter.domain.telephony import LineSetup
    from callcenter.settings import Settings

A_DAY = timedelta(days=1)
MARKS = {(True, False): "✓", (True, True): "△", (False, False): "✗", (False, True): "✗"}
"""Well, to be looked at by a person, wrong."""


@click.command("doctor")
def doctor() -> None:
    """Check what this installation needs, and say how to mend what is wrong.

    It looks at the settings, the database, the worker, the keys, the calendar, the phrases, Redis, who may read its
    files, who gets alarms by mail, the audit trail, the nightly work, what is set up at Twilio, its alerts of the
    last day and its clock, and, as Twilio does, at the public address, its certificate and FALLBACK_URL. Exit status
    1 if anything is wrong.
    """
    from callcenter.adapters import checkup, private_files
    from callcenter.domain.calendar.times import local_date
    from callcenter.domain.directory.helplines import shipped_helplines
    from callcenter.models.base import db
    from callcenter.services.access import break_glass
    from callcenter.services.directory import institutions
    from callcenter.services.staff import second_factor

    app: Flask = click.get_current_context().obj["app"]()
    with app.app_context():
        here = context()
        today = local_date(here.ports.clock.now())
        findings = checkup.examine(db.engine, _calendar, redis_url=here.settings.redis_url, today=today)
        if findings[0].well:
            findings += [checkup.holidays(_calendar(), today), checkup.keys(db.engine, here.ring)]
            with reading() as session:
                findings.append(_worker(session, here.ports.clock.now()))
                findings += _left_behind(session, here.ring, here.ports.clock.now())
                findings += _trail(session, here.settings, today)
                findings.append(checkup.second_factors(second_factor.count_without(session)))
                findings.append(checkup.reviews(*break_glass.count_open_reviews(session, today)))
                findings += _by_itself(session, today)
                findings += _phrases(session)
                findings.append(checkup.directory(institutions.disagreements(session, shipped_helplines())))
        findings.insert(0, checkup.settings(here.settings.doubts))
        theirs = private_files.open_to_others(here.settings.var, here.settings.database_url)
        findings.append(checkup.files(theirs, demanded=here.settings.production))
        findings += _mails(here.settings)
        findings += _at_twilio()
        findings += _fallback(here.settings.fallback_file)
        findings += _from_outside(here)
    for finding in findings:
        click.echo(f"{MARKS[finding.well, finding.doubt]} {finding.subject}: {finding.sentence}")
    sys.exit(0 if all(finding.well for finding in findings) else 1)


def _worker(session: Session, now: datetime) -> Finding:
    """Return whether a worker rings counsellors."""
    from callcenter.adapters import checkup
    from callcenter.services.delivery import heartbeats

    found = heartbeats.state(session, now=now)
    return checkup.worker(found.last_heard_at, looks=found.looks, errands_move=found.errands_move)


def _by_itself(session: Session, today: date) -> list[Finding]:
    """Return findings on the nightly and the heavy jobs."""
    from callcenter.adapters import checkup
    from callcenter.services.delivery import heavy_jobs, nightly

    return [
        checkup.call_log(nightly.latest(session, nightly.CALL_LOG), today),
        checkup.retention(nightly.latest(session, nightly.RETENTION), today),
        checkup.members(nightly.latest(session, nightly.MEMBERS), today),
        checkup.heavy_jobs(heavy_jobs.failed_kinds(session)),
    ]


def _phrases(session: Session) -> list[Finding]:
    """Return whether the line can say all its phrases."""
    from callcenter.adapters import checkup
    from callcenter.services.announcements import speakable

    words = line_words()
    return [] if words is None else [checkup.phrases(speakable.faulty(session, words))]


def _left_behind(session: Session, ring: KeyRing, now: datetime) -> list[Finding]:
    """Return findings on older keys and older spelling rules."""
    from callcenter.adapters import checkup
    from callcenter.services.keeping import keys
    from callcenter.services.misuse import flags
    from callcenter.services.names import nickname_reindex

    old = keys.remaining(session, now=now)
    return [
        checkup.older_keys(ring, old.movable, old.flags),
        checkup.flags(flags.count_unrecognisable(session, now=now)),
        checkup.spelling(nickname_reindex.outdated(session).rows),
    ]


def _trail(session: Session, settings: Settings, today: date) -> list[Finding]:
    """Return findings on the audit trail and its head."""
    from callcenter.adapters import checkup
    from callcenter.domain.calendar.times import local_date
    from callcenter.services.trail import audit_watch

    last = audit_watch.last_complete_check(session)
    checked_on = local_date(last.ended_at) if last and last.ended_at else None
    anywhere, path = bool(settings.audit_head_to) or settings.audit_head_file is not None, settings.audit_head_file
    lost = [checkup.lost_head_file(path)] if path and audit_watch.was_filed(session) and not path.exists() else []
    return [
        *lost,
        checkup.trail_check(last.bad_seq if last else None, checked_on, today),
        checkup.audit_head(anywhere, audit_watch.last_outside(session), today, demanded=settings.production),
    ]


def _mails(settings: Settings) -> list[Finding]:
    """Return whether alarms reach somebody by mail; in a trial nobody has to be reached."""
    from callcenter.adapters import checkup

    if not settings.production:
        return []
    return [checkup.alarm_mails(anybody=bool(settings.alarm_to), server=settings.smtp_url is not None)]


def _fallback(path: Path | None) -> list[Finding]:
    """Return whether the web server in front has the right fallback script."""
    from callcenter.adapters import fallback_file
    from callcenter.adapters.checkup import Finding

    if path is None:
        return []
    if fallback_file.holds(path, current_script()):
        return [Finding("fallback", True, "止まったときの案内は、最新です。")]
    return [Finding("fallback", False, f"{path} が最新ではありません。callcenter export-fallback を実行してください。")]


def _at_twilio() -> list[Finding]:
    """Return one finding for each part of the account at Twilio that is not as it should be."""
    from callcenter.adapters.checkup import Finding

    setup = context().ports.setup
    if setup is None:
        return [Finding("twilio", True, provider.NO_ACCOUNT)]
    try:
        remarks = provider.differences(setup)
    except provider.Unreachable as unreachable:
        return [Finding("twilio", False, str(unreachable))]
    found = [Finding(f"twilio {one.subject}", not one.wrong, one.sentence, doubt=not one.wrong) for one in remarks]
    if any(remark.change is not None for remark in remarks):
        found.append(Finding("twilio", False, "callcenter twilio setup を実行すると、違いを見てから書きこめます。"))
    if all(finding.well for finding in found):
        found.insert(0, Finding("twilio", True, provider.WELL))
    return found + _told_by_twilio(setup)


def _told_by_twilio(setup: LineSetup) -> list[Finding]:
    """Return what Twilio warned of in the last day, and whether our clock agrees with its."""
    from callcenter.adapters import outside_checks
    from callcenter.adapters.checkup import Finding

    clock = context().ports.clock
    try:
        with provider.errors_as_sentence():
            alerts = setup.alerts(clock.now() - A_DAY)
            before = clock.now()
            agreed = outside_checks.clock(setup.time(), before, clock.now())
    except provider.Unreachable as unreachable:
        return [Finding("twilio", False, str(unreachable))]
    warned = [Finding(one.subject, True, f"この1日の警告: {one.sentence}", doubt=True) for one in alerts]
    return [*(warned or [Finding("twilio alerts", True, "この1日、Twilioの警告はありません。")]), agreed]


def _from_outside(here: Context) -> list[Finding]:
    """Return how our public address and the fallback look to Twilio."""
    from callcenter.adapters import outside_checks

    outside, origin = here.ports.outside, here.settings.public_base_url
    if outside is None:
        return []
    url = here.settings.fallback_url
    return [
        *([outside_checks.fallback(outside, url, current_script())] if url else []),
        outside_checks.door(outside, WebhookUrls(origin).check()),
        outside_checks.certificate(outside, origin, here.ports.clock.now()),
    ]


def _calendar() -> Calendar:
    from callcenter.services.calendar import opening_hours

    with reading() as session:
        return opening_hours.load(session)
