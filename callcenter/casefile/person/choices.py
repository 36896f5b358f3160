"""The lists of the forms beside a record: wishes, parts to share, colleagues."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from callcenter.casefile.words import Options
from callcenter.domain.access.permissions import Action
from callcenter.domain.cases.wall import Part
from callcenter.services.staff import accounts

PARTS = tuple(one for one in Part if one is not Part.BACKGROUND)
"""これまで is not shown in the list, so it is not shared from there."""


@dataclass(frozen=True)
class FormChoices:
    """The lists of the forms beside a record."""

    colleagues: Options
    parts: tuple[Part, ...] = PARTS


def form_choices(session: Session) -> FormChoices:
    """Return the lists, with everybody who answers calls."""
    return FormChoices(tuple((one.id, one.name) for one in accounts.who_may(session, Action.ANSWER)))
