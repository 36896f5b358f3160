"""Files for this user's eyes only: what is made from now on, what lies there already, and what others could read."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

log = logging.getLogger(__name__)

OTHERS = stat.S_IRWXG | stat.S_IRWXO
BESIDE = ("", "-wal", "-shm", "-journal")
"""The ends of the names of the files that SQLite keeps."""


def keep_private() -> None:
    """Let whatever this process makes be for its own user alone, unless it says otherwise."""
    os.umask(OTHERS)


def close_to_others(var: Path, database_url: str) -> None:
    """Take from everybody else what lies under *var*, and the database; what is somebody else's stays as it is."""
    for path in _open(_kept(var, database_url)):
        try:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
        except OSError as wrong:
            log.warning("%s stays open to others: %s", path.name, wrong.strerror)


def open_to_others(var: Path, database_url: str) -> list[Path]:
    """Return what other users of this machine could open; nothing under *var* where they cannot enter that."""
    shut = var.is_dir() and not _mode(var) & OTHERS
    return [path for path in _open(_kept(var, database_url)) if not (shut and var in path.parents)]


def _open(paths: Iterator[Path]) -> list[Path]:
    return [path for path in paths if _mode(path) & OTHERS]


def _kept(var: Path, database_url: str) -> Iterator[Path]:
    if var.is_dir():
        yield var
        yield from sorted(path for path in var.rglob("*") if not path.is_symlink())
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database and var not in Path(url.database).parents:
        yield from (Path(url.database + end) for end in BESIDE)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0  # gone meanwhile, or never there
