"""Runs it all on this machine: web, workers, Redis and the line simulator, until told to stop.

``plan`` decides what to start and with which environment, ``run`` starts it; neither reads the settings of the
programs themselves. Every program gets the addresses of the others through the environment.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from callcenter.adapters.clock import announce, withdraw
from callcenter.adapters.private_files import close_to_others
from callcenter.domain.calendar.times import parse_moment
from callcenter.domain.calls.webhook_urls import WebhookUrls
from callcenter.embedded import EmbeddedRedis
from callcenter.environment import is_loopback
from callcenter.loopback import HOST, NoFreePort, answers, is_free, next_free
from callcenter.process_keeper import Child, ProcessKeeper, StartFailed, Task
from callcenter.settings import Settings, development_secrets
from callcenter.twilio_words import CONTROL_RETRIES, NEWS_RETRIES

DEFAULT_PORT = 8000
WEB_PROCESSES, WEB_THREADS = 2, 32
WORKER_SETTLES = 2.0
"""Seconds after which a worker that still lives has started."""
NOT_HANDED_ON = ("FLASK_", "GUNICORN_", "MAKE", "MFLAGS", "PORT", "PYTHONPATH", "WEB_CONCURRENCY", "WERKZEUG_")
"""Beginnings of variables that would change how the programs start."""
FOR_ANY_PROGRAM = ("HOME", "LANG", "LC_", "PATH", "TMPDIR", "TZ")
"""Beginnings of variables that a program with no business in our settings may see."""


class Refused(Exception):
    """Raised when what was asked for cannot be started; ``status`` is the exit status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class RunRequest:
    """What ``callcenter run`` was asked for."""

    port: int | None = None
    simulator: bool = True
    at: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """What to start, in order, and what to print once it is up."""

    root: Path
    steps: tuple[Task | tuple[Child, ...], ...]
    addresses: tuple[str, ...]
    clock: tuple[Path, datetime] | None = None
    """Where to publish the time at which the whole system starts."""
    sign_ins: Path | None = field(default=None)
    """Where to keep what the tasks print, which is printed once only; the checkout's own database has such a place."""


def start(settings: Settings, *, root: Path, port: int | None, no_simulator: bool, at: str | None) -> int:
    """Plan and run; return the exit status (0 after a signal, 1 for a failure, 2 for a wrong option)."""
    close_to_others(settings.var, settings.database_url)
    try:
        moment = None if at is None else _moment(at)
        planned = plan(RunRequest(port, not no_simulator, moment), settings, root, dict(os.environ))
    except NoFreePort as full:
        print(full, file=sys.stderr)  # noqa: T201  # the operator's terminal
        return 1
    except Refused as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201  # the operator's terminal
        return refusal.status
    return run(planned)


def run(planned: Plan, say: Callable[[str], None] | None = None) -> int:
    """Start everything, keep it running until a signal, and leave no process behind."""
    tell = say or _to_terminal
    keeper = ProcessKeeper(planned.root, tell)
    with keeper.listening():
        try:
            _publish_clock(planned)
            printed = _start(planned, keeper, tell)
            if not keeper.asked_to_stop:
                _tell_ready(planned, printed, tell)
            keeper.watch()
        except StartFailed as failure:
            tell(str(failure))
            return 1
        finally:
            keeper.stop()
            if planned.clock is not None:
                withdraw(planned.root / "var")
    tell("すべて止めました。 / Stopped.")
    return 0


def _to_terminal(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # the operator's terminal


def _start(planned: Plan, keeper: ProcessKeeper, tell: Callable[[str], None]) -> str:
    tell("起動しています… / Starting…")
    printed = ""
    for step in planned.steps:
        if keeper.asked_to_stop:
            break
        if isinstance(step, Task):
            printed += keeper.perform(step)
        else:
            keeper.start(step)
    return printed


def _tell_ready(planned: Plan, printed: str, tell: Callable[[str], None]) -> None:
    kept = planned.sign_ins
    if printed.strip() and kept is not None:
        kept.touch(mode=0o600)
        kept.write_text(printed, encoding="utf-8")
    if printed.strip():
        tell(f"試験用のログイン（名前・ログイン名・パスワード） / Demo sign-ins:\n{printed.rstrip()}")
    elif kept is not None and kept.exists():
        tell(f"試験用のログインは {kept} にあります。 / Demo sign-ins are kept there.")
    for line in planned.addresses:
        tell(line)
    tell("止めるには Ctrl-C を押してください。 / Press Ctrl-C to stop.")


def _publish_clock(planned: Plan) -> None:
    if planned.clock is None:
        return
    path, virtual = planned.clock
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps({"real": time.time(), "virtual": virtual.isoformat(), "pace": 1.0}), encoding="utf-8")
    draft.replace(path)
    announce(planned.root / "var", path)


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError:
        raise Refused(
            2, f"--at は 2026-11-26T14:00 のように書いてください（{text!r} は日時ではありません）。"
        ) from None


# ---------------------------------------------------------------- the plan


def plan(wish: RunRequest, settings: Settings, root: Path, environ: Mapping[str, str]) -> Plan:
    """Return what to start; ``Refused`` if it cannot be had."""
    simulated = wish.simulator and not any(environ.get(name) for name in ("TWILIO_ACCOUNT_SID", "TWILIO_API_URL"))
    if wish.at is not None and not simulated and not is_loopback(settings.twilio_api_url):
        raise Refused(2, "--at は、試験用の電話（シミュレーター）か、この機械の上のTWILIO_API_URLとだけ使えます。")
    port = choose_port(wish.port)
    web = f"http://{HOST}:{port}"
    env = {name: value for name, value in environ.items() if not name.startswith(NOT_HANDED_ON)}
    env |= {"PUBLIC_BASE_URL": environ.get("PUBLIC_BASE_URL") or web, "PYTHONUNBUFFERED": "1"}
    var = settings.var
    first: tuple[tuple[Child, ...], ...] = ()
    if not settings.redis_url:
        redis = EmbeddedRedis(var / "redis" / str(port))
        env["REDIS_URL"] = redis.url
        first = (
            (Child("Redis", redis.command(), _for_any_program(environ), var / "log" / "redis.log", redis.answers),),
        )
    clock = settings.clock_file or var / "run" / f"clock-{port}.json"
    own_time = simulated or wish.at is not None
    if own_time:
        env["CLOCK_FILE"] = str(clock)
    addresses, lines = [f"web: {web}", f"staff: {web}/staff/login"], list[Child]()
    if simulated:
        line = _line(wish, settings, root, environ, web=env["PUBLIC_BASE_URL"], port=port, clock=clock)
        env |= line.links
        lines.append(line.child)
        addresses.append(f"line: {line.url}")
    return Plan(
        root=root,
        steps=(*first, *_tasks(settings, env), (_web(env, var, port), *lines, *_workers(env, var))),
        addresses=tuple(addresses),
        clock=(clock, wish.at or datetime.now().astimezone()) if own_time else None,
        sign_ins=var / "sign-ins.txt" if settings.demo and not environ.get("DATABASE_URL") else None,
    )


def _tasks(settings: Settings, env: Mapping[str, str]) -> tuple[Task, ...]:
    log = settings.var / "log" / "prepare.log"
    tasks = [Task("データベース", _command("migrate"), env, log, quiet=True)]
    if settings.demo:
        tasks.append(Task("試験用のデータ", _command("seed-demo"), env, log))
    return tuple(tasks)


def _command(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-c", "from wsgi import cli; cli()", *words)


def _web(env: Mapping[str, str], var: Path, port: int) -> Child:
    command = (
        *(sys.executable, "-m", "gunicorn", "wsgi:web()", "--preload", "--bind", f"{HOST}:{port}"),
        *("--worker-class", "gthread", "--workers", str(WEB_PROCESSES), "--threads", str(WEB_THREADS)),
        *("--graceful-timeout", "2", "--keep-alive", "5", "--no-control-socket", "--log-level", "warning"),
    )
    return Child("web", command, env, var / "log" / "web.log", lambda: answers(port))


def _workers(env: Mapping[str, str], var: Path) -> tuple[Child, ...]:
    """Return the worker, and the heavy worker for jobs in Redis."""
    log = var / "log"
    return (
        Child("worker", _command("work"), env, log / "worker.log", settles=WORKER_SETTLES),
        Child("heavy", _command("work", "--heavy"), env, log / "heavy.log", settles=WORKER_SETTLES),
    )


@dataclass(frozen=True)
class _Line:
    child: Child
    url: str
    links: dict[str, str]
    """What web and worker need to reach the simulated line."""


def _line(
    wish: RunRequest, settings: Settings, root: Path, environ: Mapping[str, str], *, web: str, port: int, clock: Path
) -> _Line:
    own = next_free(port + 1)
    url = f"http://{HOST}:{own}"
    made = development_secrets(root)
    secrets = {name: environ.get(name) or made[name] for name in made if name.startswith("TWILIO_")}
    command = [
        *(sys.executable, "-m", "ivr.simulator", "--host", HOST, "--port", str(own)),
        *("--number", settings.line_number, "--more-number", settings.caller_id_number),
        *("--voice-url", WebhookUrls(web).voice("incoming") + CONTROL_RETRIES),
        *("--status-callback", WebhookUrls(web).voice("status") + NEWS_RETRIES, "--clock-file", str(clock)),
        *("--assets", str(root / "callcenter" / "static"), "--desk-url", f"{web}/staff/login"),
    ]
    for origin in dict.fromkeys((web, f"http://{HOST}:{port}", f"http://localhost:{port}")):
        command += ["--allow-origin", origin]
    if wish.at is not None:
        command += ["--at", wish.at.isoformat()]
    env = _for_any_program(environ) | secrets | {"PYTHONUNBUFFERED": "1"}
    child = Child("line", tuple(command), env, settings.var / "log" / "line.log", lambda: answers(own))
    return _Line(child, url, secrets | {"TWILIO_API_URL": url, "SIMULATOR_URL": url})


def _for_any_program(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith(FOR_ANY_PROGRAM)}


def choose_port(asked: int | None) -> int:
    """Return the port to serve at: exactly the one asked for, or 8000 or the next free one after it."""
    if asked is None:
        return next_free(DEFAULT_PORT)
    if not is_free(asked):
        raise Refused(1, f"ポート {asked} は使われています。\nPort {asked} is taken; choose another one.")
    return asked
