"""Keeps one server for a whole test run: ``python -m tests.tools.serve postgres|redis DIRECTORY``.

The command returns when the server is up and prints its address. A keeper stays behind; it waits for the lock
on ``NAME.users``, which every user of the server holds shared. The kernel gives locks back even when a
process is killed, so the keeper stops the server after the last user, however that one ended.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from callcenter.embedded import EmbeddedRedis
from callcenter.process_keeper import spawn
from tests.tools.postgres import Postgres, lowered, quick_folder


def _serve(command: Sequence[str], directory: Path, user: int | None = None) -> subprocess.Popen[bytes]:
    env = {"PATH": os.defpath}
    return spawn(command, env=env, cwd=directory, out=sys.stdout.fileno(), err=sys.stdout.fileno(), user=user)


def _postgres(directory: Path, run: Path) -> tuple[subprocess.Popen[bytes], str]:
    server = Postgres(directory / "cluster", run)
    command = server.command(server.prepare())
    process = _serve(command, server.directory, lowered())
    server.wait(process)
    return process, server.url


def _redis(directory: Path, _run: Path) -> tuple[subprocess.Popen[bytes], str]:
    server = EmbeddedRedis(directory, keep=False)
    process = _serve(server.command(), directory)
    while not server.answers():
        if process.poll() is not None:
            raise RuntimeError("the Redis server ended at once")
    return process, server.url


SERVERS = {"postgres": _postgres, "redis": _redis}


def keep(name: str, run: Path, news: int) -> None:
    """Serve until nobody holds the server any more, then leave nothing behind."""
    directory = Path(tempfile.mkdtemp(prefix=f"{run.name}-{name}-", dir=quick_folder()))
    directory.chmod(0o711)  # PostgreSQL runs as another user when we are root
    process, url = SERVERS[name](directory, run)
    (run / f"{name}.url").write_text(url)
    os.write(news, url.encode())
    os.close(news)
    with (run / f"{name}.users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        (run / f"{name}.url").unlink()
        process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        process.wait()
        shutil.rmtree(directory)


def main(name: str, run: Path) -> int:
    heard, told = os.pipe()
    if os.fork():
        os.close(told)
        with os.fdopen(heard) as news:
            url = news.read()
        print(url or (run / f"{name}.log").read_text()[-2000:])  # noqa: T201  # the caller reads this line
        return 0 if url else 1
    os.close(heard)
    os.setsid()
    os.umask(0o077)  # addresses hold passwords
    log = os.open(run / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    keep(name, run, told)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
