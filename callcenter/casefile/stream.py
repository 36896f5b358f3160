"""Live hints as Server-Sent Events: one follower of the database per process, fanned out to its open pages.

A hint says only that something changed. Nothing here holds a database session while it waits, and the
streams of a process are capped well under its threads, so that open pages never starve the telephone. One person has
two of them at most, and none once they have signed out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Flask, abort, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.context import reading
from callcenter.domain.access.permissions import Action
from callcenter.services.delivery import live
from callcenter.ui.access import me, staff_who_may
from callcenter.ui.staff.signin import load

log = logging.getLogger(__name__)

MOST_STREAMS = 12
"""Of a process's 32 threads."""
MOST_OF_ONE = 2
"""Streams of one person in a process; further pages of theirs look by themselves."""
LOOK = 0.5
"""Real seconds between two looks at the hints, while anybody listens."""
REST = 3.0
"""Real seconds of patience with a database that does not answer."""
KEEP_ALIVE = 15.0
LIFE = 300.0
"""Real seconds after which a stream ends and the page asks anew, signed in or not."""
BACK = 100
"""Hints looked at again: two transactions may commit in another order than they were numbered."""
BUSY_FOR = 3
"""Seconds after which a page that found no place may try again; meanwhile it looks by itself."""


@dataclass(eq=False)
class Listener:
    """One open page."""

    staff_id: str
    tab: str
    changed: set[str] = field(default_factory=set)
    woken: threading.Condition = field(default_factory=threading.Condition)
    over: bool = False

    def hear(self, topics: set[str]) -> None:
        """Take the hints that concern this person."""
        mine = topics & {live.LINE, live.MAIL, live.staff_topic(self.staff_id), live.viewers_topic(self.staff_id)}
        if mine:
            with self.woken:
                self.changed |= mine
                self.woken.notify()

    def leave(self) -> None:
        """End the stream."""
        with self.woken:
            self.over = True
            self.woken.notify()

    def wait(self, seconds: float) -> set[str]:
        """Return what changed, or nothing after *seconds*."""
        with self.woken:
            if not self.changed and not self.over:
                self.woken.wait(seconds)
            changed, self.changed = self.changed, set()
            return changed


class TooMany(Exception):
    """Raised when every stream of this process is taken."""


class HintFollower:
    """Reads the hints in the database for all open pages of a process; it rests while no page is open."""

    def __init__(self, app: Flask, *, most: int = MOST_STREAMS) -> None:
        self.app, self.most = app, most
        self.listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._newest = 0
        self._known = set[int]()

    def add_listener(self, staff_id: str, tab: str) -> Listener:
        """Add an open page; the same tab's older stream ends. ``TooMany`` if there is no place, or none for them."""
        listener = Listener(staff_id, tab)
        with self._lock:
            for old in [one for one in self.listeners if (one.staff_id, one.tab) == (staff_id, tab)]:
                self.listeners.remove(old)
                old.leave()
            theirs = sum(one.staff_id == staff_id for one in self.listeners)
            if len(self.listeners) >= self.most or theirs >= MOST_OF_ONE:
                raise TooMany
            if self._thread is None:
                self._look()  # what comes after this moment is new to everybody
            self.listeners.append(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name="live hints", daemon=True)
                self._thread.start()
        return listener

    def remove_listener(self, listener: Listener) -> None:
        """Remove a page that has gone."""
        with self._lock:
            if listener in self.listeners:
                self.listeners.remove(listener)

    def _follow(self) -> None:
        while self._wanted():
            try:
                with self.app.app_context():
                    self._tell(self._look())
            except SQLAlchemyError as away:
                log.warning("live hints rest: %s", type(away).__name__)
                time.sleep(REST)
            time.sleep(LOOK)

    def _wanted(self) -> bool:
        with self._lock:
            if not self.listeners:
                self._thread = None
            return bool(self.listeners)

    def _look(self) -> set[str]:
        """Return the topics of new hints."""
        with reading() as session:
            after = self._newest or live.newest_seq(session)
            hints = live.hints_after(session, after - BACK)
        fresh = {topic for seq, topic in hints if seq not in self._known}
        self._known = {seq for seq, _ in hints}
        self._newest = max(self._known, default=self._newest)
        return fresh

    def _tell(self, topics: set[str]) -> None:
        if topics:
            with self._lock:
                listeners = list(self.listeners)
            for listener in listeners:
                listener.hear(topics)


def follower() -> HintFollower:
    """Return this process's follower."""
    found: HintFollower = current_app.extensions["callcenter.follower"]
    return found


@bp.record_once
def _install(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]  # Flask's setup state
    app.extensions["callcenter.follower"] = HintFollower(app)


@bp.get("/events")
@staff_who_may(Action.SEE_LINE, quiet=True)
def events() -> Response:
    """Stream the hints that concern this person; the page reloads as soon as the stream is open."""
    tab = request.args.get("tab", "")
    if len(tab) > 64:
        abort(400)
    here = follower()
    try:
        listener = here.add_listener(me().staff_id, tab)
    except TooMany:
        raise ServiceUnavailable(retry_after=BUSY_FOR) from None
    answer = Response(_events(here, listener, me().token), mimetype="text/event-stream")
    answer.headers |= {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    answer.call_on_close(lambda: here.remove_listener(listener))
    return answer


def _is_signed_in(app: Flask, token: str) -> bool:
    """Return whether the browser's session still is one; so it is taken while the database does not answer."""
    try:
        with app.app_context():
            return load(token) is not None
    except SQLAlchemyError:
        return True


def _events(here: HintFollower, listener: Listener, token: str) -> Iterator[str]:
    until = time.monotonic() + LIFE
    try:
        yield "retry: 1000\nevent: hello\ndata: {}\n\n"
        while not listener.over and time.monotonic() < until:
            changed = listener.wait(KEEP_ALIVE)
            if not _is_signed_in(here.app, token):
                break  # the page asks anew, and is shown the way in
            # What a colleague does at the same record is told apart: it changes nothing beside the record.
            beside = changed & {live.viewers_topic(listener.staff_id)}
            events = ["beside"] * bool(beside) + ["change"] * bool(changed - beside)
            yield "".join(f"event: {name}\ndata: {{}}\n\n" for name in events) or ": still here\n\n"
    finally:
        here.remove_listener(listener)
