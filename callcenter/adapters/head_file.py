"""The file in which heads of the audit trail are kept outside."""

from __future__ import annotations

from pathlib import Path

from callcenter.domain.trail.audit_heads import Head, read_heads


def heads(path: Path | None) -> list[Head]:
    """Return every head in the file; none where no file is set, or it cannot be read."""
    if path is None:
        return []
    try:
        return read_heads(path.read_text("utf-8", errors="replace"))
    except OSError:
        return []
