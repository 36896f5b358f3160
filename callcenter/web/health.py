"""Probes and metrics: is the process alive, is the service ready, figures of the line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, request

from callcenter.adapters import checkup
from callcenter.adapters.checkup import Finding
from callcenter.context import context, ports, reading, settings, wake_substitute
from callcenter.domain.calendar.hours import Calendar
from callcenter.domain.calendar.times import local_date
from callcenter.models.base import DatabaseFailed, db
from callcenter.models.delivery.nightly import NightlyRun
from callcenter.services.calendar import opening_hours
from callcenter.services.calls import calls
from callcenter.services.delivery import heartbeats, heavy_jobs, nightly, outbox
from callcenter.services.delivery.heartbeats import WorkerState
from callcenter.services.duty import presence
from callcenter.ui.access import machine

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

LOOPBACK = {"127.0.0.1", "::1"}

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@machine
def alive() -> Response:
    """Answer that the process is alive, without asking anything else."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@bp.get("/readyz")
@machine
def ready() -> tuple[dict[str, Any], int]:
    """Answer 503 only if nothing works; what the line can do without makes the service ``degraded``."""
    today = local_date(ports().clock.now())
    found = checkup.examine(db.engine, _calendar, redis_url=settings().redis_url, today=today)
    if found[0].well:
        found.append(_worker())
        wake_substitute()  # whoever watches this address also lets supervisors hear of a worker that is silent
    broken = [finding for finding in found if not finding.well]
    down = any(finding.vital for finding in broken)
    status = "down" if down else "degraded" if broken else "ok"
    checks = {finding.subject: {"ok": finding.well, "detail": finding.sentence} for finding in found}
    return {
        "status": status,
        "degraded": [finding.subject for finding in broken],
        "checks": checks,
    }, 503 if down else 200


@bp.get("/metrics")
@machine
def metrics() -> Response:
    """Return figures of the line for a Prometheus on this machine; no label names anybody."""
    if request.remote_addr not in LOOPBACK or "X-Forwarded-For" in request.headers:
        abort(404)
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

    registry = CollectorRegistry()
    stood_in = Counter(
        "helpline_stand_ins", "Webhooks this process could not answer itself", ["why"], registry=registry
    )
    for why, count in context().troubles.counts.items():
        stood_in.labels(why).inc(count)
    up = Gauge("helpline_database_up", "Whether the database answers", registry=registry)
    try:
        _count_the_line(registry)
        up.set(1)
    except DatabaseFailed:
        up.set(0)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _count_the_line(registry: CollectorRegistry) -> None:
    from prometheus_client import Gauge

    running = Gauge("helpline_calls", "Calls that have not ended, by state", ["state"], registry=registry)
    staff = Gauge("helpline_counsellors", "Counsellors by what they are doing", ["work"], registry=registry)
    open_errands = Gauge("helpline_outbox_open", "Errands that are not done", registry=registry)
    heavy = Gauge("helpline_heavy_jobs", "Heavy jobs that are not done, by state", ["state"], registry=registry)
    with reading() as session:
        for state, count in calls.running_by_state(session).items():
            running.labels(state).set(count)
        for work, count in presence.staff_by_work(session).items():
            staff.labels(work).set(count)
        open_errands.set(outbox.count_undone(session))
        for job_state, count in heavy_jobs.undone_by_state(session).items():
            heavy.labels(job_state.value).set(count)
        now = ports().clock.now()
        _show_worker(registry, heartbeats.state(session, now=now), now)
        _by_night(registry, nightly.latest(session, nightly.CALL_LOG))


def _show_worker(registry: CollectorRegistry, worker: WorkerState, now: datetime) -> None:
    """Add whether a worker rings counsellors, and how long each of its lanes has been silent."""
    from prometheus_client import Gauge

    Gauge("helpline_worker_up", "1 if a worker rings counsellors", registry=registry).set(worker.well)
    silence = Gauge("helpline_worker_silence_seconds", "Time since a lane's last work", ["lane"], registry=registry)
    for lane, looked_at in worker.looked_at.items():
        silence.labels(lane).set(max(0.0, (now - looked_at).total_seconds()))


def _by_night(registry: CollectorRegistry, run: NightlyRun | None) -> None:
    """Add how the last night's deletion of Twilio's call logs went."""
    from prometheus_client import Gauge

    if run is None:
        return
    figures = {
        "helpline_twilio_log_removed": ("Calls that Twilio was made to forget in the last night", run.removed),
        "helpline_twilio_log_kept": ("Calls that Twilio could not forget yet", run.kept),
        "helpline_twilio_log_done": ("1 if the last night's deletion came to its end", int(run.result == "done")),
        "helpline_twilio_log_started_seconds": ("When it began (Unix time)", int(run.started_at.timestamp())),
    }
    for name, (words, value) in figures.items():
        Gauge(name, words, registry=registry).set(value)


def _worker() -> Finding:
    with reading() as session:
        found = heartbeats.state(session, now=ports().clock.now())
    return checkup.worker(found.last_heard_at, looks=found.looks, errands_move=found.errands_move)


def _calendar() -> Calendar:
    with reading() as session:
        return opening_hours.load(session)
