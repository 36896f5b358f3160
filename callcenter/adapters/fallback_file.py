"""The file that the web server in front reads to callers while nothing of ours answers."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)


def keep_current(path: Path, script: str) -> None:
    """Write *script* to *path* if it differs; a failure stops nobody from answering calls."""
    try:
        if not holds(path, script):
            replace(path, script)
    except OSError as wrong:
        log.warning("the fallback file %s cannot be written: %s", path, wrong.strerror)


def holds(path: Path, script: str) -> bool:
    """Return whether *path* holds exactly *script*."""
    try:
        return path.read_text(encoding="utf-8") == script
    except (OSError, UnicodeDecodeError):
        return False


def replace(path: Path, script: str) -> None:
    """Replace the file as a whole, so that a reader gets the old or the new one."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(script)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(0o644)  # the web server is somebody else, and there is nothing secret in it
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
