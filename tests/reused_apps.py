"""Apps that serve one test after another: to build one, and to compile its SQL anew, costs more than most tests do.

An app is lent to one desk at a time. Its engine stays, and connects to the database of the desk that has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Any

from flask import Flask
from limits.storage import MemoryStorage
from sqlalchemy import Dialect, Engine, event, make_url

from callcenter.casefile.stream import HintFollower
from callcenter.context import Context
from callcenter.models.base import db
from callcenter.services.announcements import changed_phrases
from callcenter.services.calendar import opening_hours
from callcenter.ui.staff.signin import limiter

ADDRESS = {"host", "port", "user", "password", "dbname"}
"""What psycopg needs to find a database; the rest is how the engine was told to connect."""


class ReusedApp:
    """An app, and what it was before anybody used it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._extensions, self._config = dict(app.extensions), dict(app.config)
        with app.app_context():
            self._engine: Engine = db.engine
        self._url = self._engine.url
        event.listen(self._engine, "do_connect", self._redirect)

    def lend(self, context: Context) -> Flask:
        """Return the app as if it were new, for another database of the same kind."""
        self.app.extensions.clear()
        self.app.extensions |= self._extensions
        self.app.extensions |= {"callcenter": context, "callcenter.follower": HintFollower(self.app)}
        self.app.config.clear()
        self.app.config |= self._config
        self._url = make_url(context.settings.database_url)
        opening_hours._kept.pop(self._engine, None)
        changed_phrases._kept.pop(self._engine, None)
        limiter.reset()
        return self.app

    def rest(self) -> bool:
        """Close every connection; False if somebody still holds one, so that the app must not be lent again."""
        held = self._engine.pool.checkedout()  # type: ignore[attr-defined]  # both our pools count
        self._engine.dispose()
        return bool(held == 0)

    def _redirect(self, dialect: Dialect, _record: object, args: list[Any], named: dict[str, Any]) -> None:
        there, how = dialect.create_connect_args(self._url)
        args[:] = there
        named |= {key: value for key, value in how.items() if key not in named or key in ADDRESS}


_resting: dict[Hashable, list[ReusedApp]] = defaultdict(list)


def lend(kind: Hashable, context: Context, build: Callable[[], Flask]) -> ReusedApp:
    """Return an app of this *kind* that nobody has, or a new one."""
    # One limiter serves every app of a process; what it counts in is set up with each new one.
    if not _resting[kind] or not isinstance(limiter._storage, MemoryStorage):
        return ReusedApp(build())
    found = _resting[kind].pop()
    found.lend(context)
    return found


def give_back(kind: Hashable, app: ReusedApp) -> None:
    """Keep the app for the next desk."""
    if app.rest():
        _resting[kind].append(app)
