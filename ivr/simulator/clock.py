"""The line's clock: it can stand still, run fast or jump, and other processes can follow it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

JST = timezone(timedelta(hours=9), "JST")


class Clock:
    """Two hands: *elapsed* only grows and times what happens; *now* is the moment shown and may be set anywhere.

    Keeping them apart lets a jump to 16:59:50 leave a ringing telephone ringing for as long as it would have.
    """

    def __init__(
        self,
        at: datetime | None = None,
        *,
        pace: float = 1.0,
        file: Path | None = None,
        real: Callable[[], float] = time.time,
    ) -> None:
        self._real, self._file = real, file
        self._anchor, self._elapsed, self._pace = real(), 0.0, float(pace)
        self._base = (at or datetime.fromtimestamp(self._anchor, JST)).astimezone(JST)
        self.publish()

    @property
    def pace(self) -> float:
        """Virtual seconds per real second; 0 stands still."""
        return self._pace

    def elapsed(self) -> float:
        """Return the virtual seconds since the start, untouched by jumps."""
        return self._elapsed + max(0.0, self._real() - self._anchor) * self._pace

    def now(self) -> datetime:
        """Return the moment shown, in Japanese time."""
        return self._base + timedelta(seconds=self.elapsed())

    def jump(self, at: datetime) -> None:
        """Show *at* (naive means Japanese time) from here on; what is under way keeps its remaining seconds."""
        aware = at.replace(tzinfo=JST) if at.tzinfo is None else at.astimezone(JST)
        self._base = aware - timedelta(seconds=self.elapsed())
        self.publish()

    def set_pace(self, pace: float) -> None:
        """Go on at *pace* virtual seconds per real second."""
        if not 0 <= pace <= 1000:
            raise ValueError("pace must lie between 0 and 1000")
        self._settle()
        self._pace = float(pace)
        self.publish()

    def step(self, seconds: float) -> None:
        """Move both hands forward by *seconds*."""
        self._settle()
        self._elapsed += seconds
        self.publish()

    def publish(self) -> None:
        """Write the clock file, if there is one, so that a reader never sees half of it."""
        if self._file is None:
            return
        self._settle()
        state = {"real": self._anchor, "virtual": self.now().isoformat(), "pace": self._pace}
        draft = self._file.with_name(f"{self._file.name}.{os.getpid()}.part")
        draft.write_text(json.dumps(state), encoding="utf-8")
        draft.replace(self._file)

    def _settle(self) -> None:
        self._elapsed, self._anchor = self.elapsed(), self._real()
