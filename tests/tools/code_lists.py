"""The enums of the code as tables of the glossary, each member with the word that the pages show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from importlib import import_module
from inspect import getdoc, getmembers, isclass
from itertools import groupby
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

from callcenter import domain, models, services
from callcenter.admin import forms, trail_words
from callcenter.casefile.case import caseload
from callcenter.casefile.record import unlinked
from callcenter.domain.calls.lifecycle import CallerKey
from callcenter.domain.cases.states import CaseState
from callcenter.domain.codes import Code
from callcenter.domain.duty.presence import AwayReason
from callcenter.domain.phone_numbers import CallerKind
from callcenter.domain.staff.roles import Role
from callcenter.domain.staff.second_factor import IdentityCheck, ResetReason
from callcenter.models.trail.audit import ActorKind
from callcenter.services.cases.caseload import Since
from callcenter.services.records.unlinked import UnlinkedFilter
from callcenter.ui import hints, state_labels
from tests.tools.papers import table

BEGIN, END = "<!-- written by python -m tests.tools.make_docs -->", "<!-- end of what is written -->"

WORDS: dict[type[StrEnum], Mapping[Any, str]] = {
    **{kind: {state: tone.label for state, tone in shown.items()} for kind, shown in state_labels.TONES.items()},
    ActorKind: trail_words.KINDS,
    AwayReason: state_labels.AWAY,
    CallerKind: {kind: kind.label for kind in CallerKind},
    CaseState: caseload.STATES,
    IdentityCheck: forms.CHECKS,
    CallerKey: hints.KEYS,
    ResetReason: forms.RESET_REASONS,
    Role: state_labels.ROLES,
    Since: caseload.SINCE,
    UnlinkedFilter: unlinked.TITLES,
}
"""What the pages call the members of an enum that is no code list with labels of its own."""


def modules() -> Iterator[ModuleType]:
    """Import and return every module of the floors that have enums."""
    for floor in (domain, models, services):
        for found in walk_packages(floor.__path__, f"{floor.__name__}."):
            yield import_module(found.name)


def enums() -> list[type[StrEnum]]:
    """Return every enum of domain, models and services, room by room."""
    found = {
        kind
        for module in modules()
        for _, kind in getmembers(module, isclass)
        if issubclass(kind, StrEnum) and kind.__module__ == module.__name__ and list(kind)
    }
    return sorted(found, key=lambda kind: (room(kind), kind.__module__, kind.__name__))


def room(kind: type[StrEnum]) -> str:
    """Return the room in which an enum stands, as its folder is called."""
    return kind.__module__.split(".")[2]


def word(member: StrEnum) -> str:
    """Return what the pages show for a member; empty where they show none."""
    return member.label if isinstance(member, Code) else WORDS.get(type(member), {}).get(member, "")


def members(kind: type[StrEnum]) -> str:
    """Return the members of an enum as they are stored, each with its word."""
    return " · ".join(f"`{member.value}` {word(member)}".strip() for member in kind)


def tables() -> str:
    """Return one table for each room."""
    parts = []
    for name, kinds in groupby(enums(), room):
        lines = [(f"`{kind.__name__}`", (getdoc(kind) or "").split("\n")[0], members(kind)) for kind in kinds]
        parts += [f"### {name}", table(("enum", "what it is", "stored as, shown as"), lines)]
    return "\n\n".join(parts)


def filled(glossary: str) -> str:
    """Return the text of the glossary with its code lists as the code has them."""
    return re.sub(
        f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: f"{BEGIN}\n\n{tables()}\n\n{END}", glossary, flags=re.DOTALL
    )
