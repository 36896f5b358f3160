"""A supervisor of processes: starts them, waits until they are ready, restarts dead ones, stops them all.

Every child is a session of its own, so that a Ctrl-C at the terminal reaches only the supervisor, which then
stops the children in order. On Linux the kernel tells each child when the supervisor itself is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_EVERY = 0.1
"""Seconds between two looks at the children."""
GRACE = 8.0
"""Seconds a child has to stop by itself; then its whole session is killed."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a dead child is started again: doubled at each death, down again after a minute of life."""
STEADY_AFTER = 60.0
LOG_LIMIT = 5_000_000
"""Bytes; a longer log is put aside when its program starts."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """Run in a fresh child before its program: ask the kernel for SIGTERM once the parent has gone (Linux only)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    out: IO[bytes] | int,
    err: IO[bytes] | int,
    user: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start *command* in a session of its own that ends with us; *user* is a uid and gid to run it as."""
    return subprocess.Popen(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        start_new_session=True,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        preexec_fn=_die_with_parent,  # noqa: PLW1509  # whoever starts processes here has one thread only
    )


class StartFailed(Exception):
    """Raised when a program did not come up; the message says which one, and what it said last."""


@dataclass(frozen=True)
class Task:
    """A program that runs to its end before the next step; its output is kept."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)
    log: Path
    quiet: bool = False
    """What it prints is of no interest to people."""


@dataclass(frozen=True)
class Child:
    """A program that keeps running."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)
    log: Path
    ready: Callable[[], bool] = field(default=lambda: True, repr=False)
    start_within: float = 40.0
    """Seconds until it must be ready."""
    settles: float = 0.0
    """Seconds that it must have lived to count as ready."""


@dataclass
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    started: float
    pause: float = FIRST_PAUSE
    again_at: float | None = None


class ProcessKeeper:
    """Supervises the children of one run; *say* receives one line of news at a time."""

    def __init__(self, cwd: Path, say: Callable[[str], None]) -> None:
        self._cwd, self._say = cwd, say
        self._running = list[_Running]()
        self._signals = 0

    @property
    def asked_to_stop(self) -> bool:
        return self._signals > 0

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Treat Ctrl-C and the like as a request to stop, inside the block."""

        def count(_number: int, _frame: FrameType | None) -> None:
            self._signals += 1

        # Under nohup a hang-up is ignored, and stays so; Ctrl-C counts even where a shell's background job ignores it.
        ignored = {number for number in (signal.SIGHUP,) if signal.getsignal(number) is signal.SIG_IGN}
        former = {number: signal.signal(number, count) for number in SIGNALS if number not in ignored}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def perform(self, task: Task) -> str:
        """Run *task* to its end and return what it printed; a signal stops it."""
        started = time.monotonic()
        mark = _open_log(task.log)
        with task.log.open("ab") as log:
            process = spawn(task.command, env=task.env, cwd=self._cwd, out=subprocess.PIPE, err=log)
        with process:
            printed = self._listen(process)
        if process.returncode and not self.asked_to_stop:
            raise StartFailed(_failure(task.name, task.log, mark, printed))
        self._say(f"  {task.name}: {time.monotonic() - started:.1f} s")
        return "" if task.quiet else printed

    def _listen(self, process: subprocess.Popen[bytes]) -> str:
        printed = b""
        while True:
            try:
                printed, _ = process.communicate(timeout=LOOK_EVERY)
            except subprocess.TimeoutExpired:
                if self.asked_to_stop:
                    process.terminate()
            else:
                return printed.decode(errors="replace")

    def start(self, children: Sequence[Child]) -> None:
        """Start *children* together and return once all are ready, or a stop was requested."""
        marks = {child.name: _open_log(child.log) for child in children}
        fresh = [self._spawn(child) for child in children]
        self._running.extend(fresh)
        waiting = list(fresh)
        while waiting and not self.asked_to_stop:
            for one in list(waiting):
                self._check(one, marks[one.child.name])
                if time.monotonic() - one.started >= one.child.settles and one.child.ready():
                    waiting.remove(one)
                    self._say(f"  {one.child.name}: {time.monotonic() - one.started:.1f} s")
            time.sleep(LOOK_EVERY if waiting else 0)

    def _check(self, one: _Running, mark: int) -> None:
        age = time.monotonic() - one.started
        if one.process.poll() is not None or age > one.child.start_within:
            raise StartFailed(_failure(one.child.name, one.child.log, mark, ""))

    def watch(self) -> None:
        """Keep the children running until a stop is requested."""
        while not self.asked_to_stop:
            for one in self._running:
                self._look_at(one, time.monotonic())
            time.sleep(LOOK_EVERY)

    def _look_at(self, one: _Running, now: float) -> None:
        if one.again_at is not None:
            if now >= one.again_at:
                fresh = self._spawn(one.child)
                one.process, one.started, one.again_at = fresh.process, fresh.started, None
            return
        code = one.process.poll()
        if code is None:
            return
        one.pause = FIRST_PAUSE if now - one.started > STEADY_AFTER else min(one.pause * 2, LONGEST_PAUSE)
        one.again_at = now + one.pause
        _kill_session(one.process)  # what it left behind must not hold its port
        self._say(
            f"{one.child.name} が止まりました（{_ending(code)}）。{one.pause:.0f}秒後に起動し直します。"
            f"記録: {one.child.log}"
        )

    def _spawn(self, child: Child) -> _Running:
        with child.log.open("ab") as log:
            process = spawn(child.command, env=child.env, cwd=self._cwd, out=log, err=log)
        return _Running(child, process, time.monotonic())

    def stop(self) -> None:
        """Stop the children, the last started first; a second Ctrl-C waits for nobody."""
        patience = self._signals + 1
        for one in reversed(self._running):
            if one.process.poll() is None:
                one.process.terminate()
            deadline = time.monotonic() + GRACE
            while one.process.poll() is None and time.monotonic() < deadline and self._signals < patience:
                time.sleep(LOOK_EVERY / 4)
            _kill_session(one.process)
            one.process.wait()
        self._running.clear()


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):  # nobody is left in it
        os.killpg(process.pid, signal.SIGKILL)


def _open_log(path: Path) -> int:
    """Trim the log and return where this run's part begins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    if path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
        path.touch(mode=0o600)
    return path.stat().st_size


def _ending(code: int) -> str:
    return f"シグナル {signal.Signals(-code).name}" if code < 0 else f"終了コード {code}"


def _failure(name: str, log: Path, mark: int, printed: str) -> str:
    with log.open("rb") as file:
        file.seek(mark)
        said = printed + file.read().decode(errors="replace")
    last = "\n".join(f"    {line}" for line in said.strip().splitlines()[-12:])
    return (
        f"{name} を起動できませんでした。記録は {log} にあります。\n"
        f"{name} did not start; its log is {log}. It said last:\n{last or '    (nothing)'}"
    )
