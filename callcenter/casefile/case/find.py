"""Finding a case by a name outside a call."""

from __future__ import annotations

from flask import render_template, request
from sqlalchemy.orm import Session

from callcenter.casefile import words
from callcenter.casefile.blueprint import bp
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.names.nickname_cues import Cues
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import case_access, cases, wall
from callcenter.services.names.nickname_search import Candidate
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import myself, staff_who_may


@bp.get("/cases/find")
@staff_who_may(Action.FIND)
def find_form() -> str:
    """Show the form for the name."""
    return render_template("casefile/case/find.html", heard="", found=None)


@bp.post("/cases/find")
@staff_who_may(Action.FIND)
def find() -> str:
    """Show who goes by this name; a POST, so that no name stands in an address or a log."""
    heard, now = request.form.get("nickname", "").strip(), ports().clock.now()
    with unit_of_work() as session:
        staff = myself(session)
        found = cases.search_and_audit(session, heard, Cues(), by=staff_member(staff.id), now=now) if heard else []
        found = _named(session, found, staff)
        ids = {one.case_id for one in found}
        mine = case_access.openable(session, ids, staff, now=now)
    return render_template("casefile/case/find.html", heard=heard, found=found, mine=mine, words=words)


def _named(session: Session, found: list[Candidate], staff: Staff) -> list[Candidate]:
    """Return the candidates without those whom the wall hides from the reader now."""
    hidden = wall.hidden_people(session, staff)
    return [one for one in found if one.person_id not in hidden]
