"""The blueprint with every view on it."""

from __future__ import annotations

from callcenter.casefile import stream
from callcenter.casefile.blueprint import bp
from callcenter.casefile.case import caseload, disclosure, find, glass, work
from callcenter.casefile.case import page as case_page
from callcenter.casefile.person import family, finding, names, thread
from callcenter.casefile.record import afterwards, directory, read, unlinked, viewers, writing

__all__ = [
    "afterwards",
    "bp",
    "case_page",
    "caseload",
    "directory",
    "disclosure",
    "family",
    "find",
    "finding",
    "glass",
    "names",
    "read",
    "stream",
    "thread",
    "unlinked",
    "viewers",
    "work",
    "writing",
]
