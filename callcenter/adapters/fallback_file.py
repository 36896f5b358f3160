"""The file that the web server in front reads out to callers while nothing of ours answers."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)


def keep_current(path: Path, script: str) -> None:
    """Let *path* hold *script*; a file that cannot be written stops nobody from answering calls."""
    try:
        if not holds(path, script):
            replace(path, script)
    except OSError as wrong:
        log.warning("the fallback file %s cannot be written: %s", path, wrong.strerror)


def holds(path: Path, script: str) -> bool:
    """Whether *path* is what it should be."""
    try:
        return path.read_text(encoding="utf-8") == script
    except (OSError, UnicodeDecodeError):
        return False


def replace(path: Path, script: str) -> None:
    """Write the whole file or leave the old one: whoever reads it meanwhile gets one of the two."""
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
