"""The worker: a bell to hurry it, and its own look at the clock so that nothing depends on the bell."""

from __future__ import annotations

import logging
import signal
import threading
import time

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from callcenter.adapters import doorbell
from callcenter.context import context, reading, unit_of_work
from callcenter.jobs import audit_heads, call_log, fallback, reconcile, relay, retention
from callcenter.services.calls import dispatching
from callcenter.services.delivery import outbox
from callcenter.services.names import nickname_index, nickname_reindex
from callcenter.services.talks import watch

log = logging.getLogger(__name__)

LOOK = 0.25
"""Real seconds between two looks at the outbox and the queue."""
SWEEP = 3.0
FORGET = 600.0
KEEP_FALLBACK = 60.0
NIGHT_LOOK = 60.0
RECONCILE = 30.0
"""Real seconds between two looks whether it is time to compare with the telephone company's list."""
TRAIL_LOOK = 5.0
BELL_REST = 5.0
"""Real seconds before a lost Redis is tried again."""

_app: Flask | None = None


def look() -> None:
    """Ring for whoever waits and run the errands that are due."""
    now, policy = context().ports.clock.now(), context().settings.policy
    with reading() as session:  # most looks find nothing, and then nobody shall wait for them
        wanted, errands = dispatching.is_wanted(session, now=now, policy=policy), outbox.due(session, now=now)
    more = wanted
    while more:
        with unit_of_work() as session:
            more = len(dispatching.dispatch(session, now=now, policy=policy)) >= dispatching.BATCH
    if wanted or errands:
        relay.drain()


def sweep() -> None:
    """Look after what has been silent for too long."""
    with unit_of_work() as session:
        watch.sweep(session, now=context().ports.clock.now(), policy=context().settings.policy)


def forget() -> None:
    with unit_of_work() as session:
        nickname_index.complete(session)  # names that an older version added while it was being replaced
        nickname_reindex.batch(session)  # and those it spelt by older rules
        watch.forget(session, now=context().ports.clock.now())


def answer_bell() -> None:
    """What rq runs when somebody rang; it carries nothing but the ring."""
    if _app is None:
        raise RuntimeError("the bell was answered outside the worker")
    with _app.app_context():
        look()


def work(app: Flask, *, redis_url: str | None) -> None:
    """Work until told to stop by a signal."""
    global _app  # noqa: PLW0603  # rq calls answer_bell by name and can hand it nothing
    _app = app
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    ticker = threading.Thread(target=_tick, args=(app, stop), name="ticker")
    ticker.start()
    threading.Thread(target=_by_night, args=(app, stop), name="night", daemon=True).start()
    threading.Thread(target=_reconcile, args=(app, stop), name="reconciler", daemon=True).start()
    threading.Thread(target=_look_after_trail, args=(app, stop), name="trail", daemon=True).start()
    if redis_url is not None:
        listener = threading.Thread(target=_listen, args=(redis_url, stop), name="bell", daemon=True)
        listener.start()
    stop.wait()
    ticker.join(timeout=15)


def _tick(app: Flask, stop: threading.Event) -> None:
    last = {sweep: 0.0, forget: 0.0, fallback.keep_fallback: 0.0}
    every = {sweep: SWEEP, forget: FORGET, fallback.keep_fallback: KEEP_FALLBACK}
    while not stop.wait(LOOK):
        try:
            with app.app_context():
                look()
                for job, pause in every.items():
                    if time.monotonic() - last[job] >= pause:
                        last[job] = time.monotonic()
                        job()
        except SQLAlchemyError as away:
            log.warning("the database does not answer (%s); the worker tries again", type(away).__name__)
            stop.wait(1)
        except Exception:
            log.exception("the worker stumbled; it goes on, for nobody else rings for those who wait")
            stop.wait(1)


def _reconcile(app: Flask, stop: threading.Event) -> None:
    """Compare with the telephone company's list at once and every few minutes, while rings go on undisturbed."""
    every = reconcile.AT_START
    while not stop.is_set():
        try:
            with app.app_context():
                reconcile.reconcile(every=every)
            every = reconcile.EVERY
        except SQLAlchemyError as away:
            log.warning("the database does not answer (%s); rows are compared later", type(away).__name__)
        except Exception:
            log.exception("comparing rows with the telephone company's list stumbled; it is tried again")
        stop.wait(RECONCILE)


def _by_night(app: Flask, stop: threading.Event) -> None:
    """Do what takes long and hurries nobody in a thread of its own, so that no ring ever waits for it."""
    while not stop.wait(NIGHT_LOOK):
        for job in (retention.let_go, call_log.forget_old_calls):
            try:
                with app.app_context():
                    job(stop.wait)
            except SQLAlchemyError as away:
                log.warning("the database does not answer (%s); the night's work waits", type(away).__name__)
            except Exception:
                log.exception("the night's work stumbled; it is tried again")


def _look_after_trail(app: Flask, stop: threading.Event) -> None:
    """Walk along the audit chain and carry its head outside; both may take long, so in a thread of their own."""
    planned, noted = 0.0, False
    while not stop.wait(TRAIL_LOOK):
        try:
            with app.app_context():
                if not noted:
                    audit_heads.note_policy()
                    noted = True
                if time.monotonic() - planned >= NIGHT_LOOK or not planned:
                    planned = time.monotonic()
                    audit_heads.plan()
                audit_heads.look()
                relay.drain(slow=True)
        except SQLAlchemyError as away:
            log.warning("the database does not answer (%s); the trail is looked after later", type(away).__name__)
        except Exception:
            log.exception("looking after the trail stumbled; it is tried again")


def _listen(redis_url: str, stop: threading.Event) -> None:
    """Answer the bell in a thread of its own; without Redis the ticker alone does the work."""
    from redis import Redis, RedisError  # only the worker needs them
    from rq import Queue, SimpleWorker
    from rq.serializers import JSONSerializer
    from rq.timeouts import TimerDeathPenalty

    class Listener(SimpleWorker):
        """Runs in a thread, where signals cannot be handled; the main thread does that."""

        death_penalty_class = TimerDeathPenalty

        def _install_signal_handlers(self) -> None:
            """Leave the process's own handlers alone."""

    while not stop.is_set():
        try:
            connection = Redis.from_url(redis_url)
            queue = Queue(doorbell.QUEUE, connection=connection, serializer=JSONSerializer)
            Listener([queue], connection=connection, serializer=JSONSerializer).work(logging_level="WARNING")
        except (RedisError, OSError) as away:
            log.warning("Redis is away (%s); the worker looks by itself", type(away).__name__)
        stop.wait(BELL_REST)
