"""The directory beside a record: searching institutions and recording referrals."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.casefile.channel_desk import to_record
from callcenter.casefile.record.lookup import lookup
from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.directory.institutions import ReferralHow, Wanted
from callcenter.services.directory import institutions as services
from callcenter.services.records import referrals
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.checked import unchecked_for
from callcenter.ui.kit.answers import from_script
from callcenter.ui.kit.sent import choice


@bp.route("/directory", methods=["GET", "POST"])
@staff_who_may(Action.REFER)
def directory() -> str:
    """Show the directory, or what fits; the search is posted, so that it stands in no address or log."""
    with reading() as session:
        given = look_up(session, wanted())
        template = "casefile/record/directory_found.html" if from_script() else "casefile/record/directory.html"
        return render_template(template, **given)


@bp.post("/records/<record_id>/referrals")
@staff_who_may(Action.WRITE)
def refer(record_id: str) -> str | Response:
    """Record that the caller was told of an institution, or connected."""
    how = choice(ReferralHow, request.form.get("how"))
    with unit_of_work() as session:
        chosen = request.form.get("institution", "")
        referrals.record_referral(session, record_id, chosen, how, by=myself(session), now=ports().clock.now())
    return _noted(record_id)


@bp.post("/records/<record_id>/referrals/<referral_id>/take-back")
@staff_who_may(Action.WRITE)
def take_back_referral(record_id: str, referral_id: str) -> str | Response:
    """Remove a referral that was recorded by mistake."""
    with unit_of_work() as session:
        referrals.remove(session, record_id, referral_id, by=myself(session), now=ports().clock.now())
    return _noted(record_id)


def wanted() -> Wanted:
    """Return the search that was sent."""
    sent = request.values
    return Wanted(
        words=sent.get("words", "")[:100],
        topic=sent.get("topic", ""),
        prefecture=sent.get("prefecture", ""),
        municipality=sent.get("municipality", ""),
        open_now="open_now" in sent,
    )


def look_up(session: Session, looked_for: Wanted) -> dict[str, Any]:
    """Return what the page and the drawer show."""
    now = ports().clock.now()
    return {
        "lookup": lookup(looked_for),
        "record_id": request.values.get("record", "")[:32],
        "found": services.search(session, looked_for, now=now),
        "unchecked_for": unchecked_for,
        "most": services.MOST_FOUND,
    }


def _noted(record_id: str) -> str | Response:
    if not from_script():
        return to_record(record_id)
    with reading() as session:
        noted = referrals.of_record(session, record_id)
        return render_template("casefile/record/referrals.html", referrals=noted, record_id=record_id)
