"""Every serving web process reports once a minute which keys it knows, in a thread of its own."""

from __future__ import annotations

import logging
import os
import threading
import time

from flask import Flask

from callcenter.context import ports, unit_of_work
from callcenter.models.base import DatabaseFailed
from callcenter.services.keeping import process_keys

log = logging.getLogger(__name__)


class _Watch:
    """Starts with the first request, so that it runs in the serving process, not in the forking one."""

    def __init__(self, app: Flask) -> None:
        self.app, self.pid, self.lock = app, 0, threading.Lock()

    def begin(self) -> None:
        if self.pid == os.getpid():
            return
        with self.lock:
            if self.pid != os.getpid():
                self.pid = os.getpid()
                threading.Thread(target=self._go_on, name="ring watch", daemon=True).start()

    def _go_on(self) -> None:
        process = process_keys.name_of_this("web")
        while True:
            try:
                with self.app.app_context(), unit_of_work() as session:
                    process_keys.report_keys(session, process, now=ports().clock.now())
            except DatabaseFailed as away:
                log.warning("the database does not answer (%s); the keys at hand are told later", type(away).__name__)
            except Exception:
                log.exception("telling the keys at hand stumbled; it is tried again")
            time.sleep(process_keys.EVERY.total_seconds())


def install(app: Flask) -> None:
    """Let *app*, once it serves, report which keys it knows."""
    app.before_request(_Watch(app).begin)
