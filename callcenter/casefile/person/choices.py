"""What is chosen from beside a record: wishes, parts that may be shared, colleagues."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.casefile.words import Options
from callcenter.domain.access.permissions import Action, roles_that_may
from callcenter.domain.cases.continuity import Wish
from callcenter.domain.cases.wall import Part
from callcenter.models.staff.accounts import Staff

WISHES: Options = tuple((one.value, one.label) for one in Wish)
PARTS = tuple(one for one in Part if one is not Part.BACKGROUND)
"""これまで is not shown in the list, so it is not shared from there."""


@dataclass(frozen=True)
class Beside:
    """The lists of the forms beside a record."""

    colleagues: Options
    wishes: Options = WISHES
    parts: tuple[Part, ...] = PARTS


def beside(session: Session) -> Beside:
    """Return the lists, with everybody who answers calls."""
    answering = select(Staff.id, Staff.name).where(Staff.role.in_(roles_that_may(Action.ANSWER)), Staff.active)
    return Beside(tuple((row.id, row.name) for row in session.execute(answering.order_by(Staff.name))))
