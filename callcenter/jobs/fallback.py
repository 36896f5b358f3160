"""Keeps the web server's fallback file in the line's present wording."""

from __future__ import annotations

from callcenter.adapters import fallback_file
from callcenter.context import context, line_words, reading
from callcenter.services.announcements import changed_phrases


def keep_fallback() -> None:
    """Write the fallback file again if the operator wants one and the wording has changed."""
    path, words = context().settings.fallback_file, line_words()
    if path is None or words is None:
        return
    with reading() as session:
        changes = changed_phrases.current(session)
    fallback_file.keep_current(path, words.away(changes))
