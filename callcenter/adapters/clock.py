"""The clock on the wall, or the line simulator's."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callcenter.domain.ports import Clock


class WallClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FileClock:
    """A clock published in a file as ``{"real": unix seconds, "virtual": ISO, "pace": factor}``.

    All processes of a trial read the same file, so they agree to the millisecond even when
    somebody jumps to another day while a webhook is on its way.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = (0, 0)
        self._real, self._virtual, self._pace = 0.0, datetime.now(UTC), 1.0

    def now(self) -> datetime:
        stat = self._path.stat()
        if (stat.st_mtime_ns, stat.st_ino) != self._seen:
            kept = json.loads(self._path.read_text())
            self._real, self._pace = float(kept["real"]), float(kept["pace"])
            self._virtual = datetime.fromisoformat(kept["virtual"]).astimezone(UTC)
            self._seen = (stat.st_mtime_ns, stat.st_ino)
        return self._virtual + timedelta(seconds=(time.time() - self._real) * self._pace)


def clock(path: Path | None) -> Clock:
    """Return the clock to go by: the one in the file if there is one, else the machine's."""
    return WallClock() if path is None else FileClock(path)


def announce(var: Path, path: Path) -> None:
    """Let commands given beside a running trial know its clock."""
    _note(var).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _note(var).write_text(json.dumps({"pid": os.getpid(), "clock": str(path)}), encoding="utf-8")


def withdraw(var: Path) -> None:
    """The trial has ended."""
    _note(var).unlink(missing_ok=True)


def announced(var: Path) -> Path | None:
    """Return the clock of the trial that runs in this checkout, None if none does."""
    if not _note(var).exists():
        return None
    found = json.loads(_note(var).read_text(encoding="utf-8"))
    path = Path(found["clock"])
    return path if _lives(found["pid"]) and path.exists() else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's, but it lives
    return True


def _note(var: Path) -> Path:
    return var / "run" / "trial.json"
