"""The console's views, gathered so that importing its blueprint brings them all."""

from __future__ import annotations

from callcenter.console import (
    afterwards,
    beside,
    board,
    care,
    case_page,
    case_work,
    caseload,
    directory,
    family,
    finding,
    glass,
    in_call,
    line,
    misuse,
    names,
    persons,
    record,
    stream,
    thread,
    told,
    unlinked,
)
from callcenter.console.blueprint import bp

__all__ = [
    "afterwards",
    "beside",
    "board",
    "bp",
    "care",
    "case_page",
    "case_work",
    "caseload",
    "directory",
    "family",
    "finding",
    "glass",
    "in_call",
    "line",
    "misuse",
    "names",
    "persons",
    "record",
    "stream",
    "thread",
    "told",
    "unlinked",
]
