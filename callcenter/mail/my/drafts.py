"""The list of what is written and not sent."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.calendar.times import clock_digits
from callcenter.mail.blueprint import bp
from callcenter.mail.my import words, writing
from callcenter.services.members import drafts as kept
from callcenter.services.members import own
from callcenter.ui.access import member
from callcenter.ui.kit.answers import onward
from callcenter.ui.member.guard import this_member

BEGINNING = 60
"""Characters of a draft that tell it from the others."""
WITHOUT_SUBJECT = "題のないお便り"
DROPPED = "下書きを消しました。"


@dataclass(frozen=True)
class Slip:
    """A draft as it lies in the list."""

    id: str
    title: str
    beginning: str
    saved: str
    further: bool
    late: bool
    address: str


@bp.get("/my/drafts")
@member()
def drafts() -> str:
    now = ports().clock.now()
    with reading() as database:
        slips = [
            Slip(
                one.id,
                one.subject or WITHOUT_SUBJECT,
                " ".join((one.text or "")[:BEGINNING].split()),
                f"{words.day_words(one.saved_at, now)} {clock_digits(one.saved_at)}",
                one.thread_id is not None,
                one.late,
                writing.address_of(one),
            )
            for one in own.drafts(database, this_member(database))
        ]
    return render_template("mail/my/drafts.html", slips=slips)


@bp.post("/my/drafts/<draft_id>/drop")
@member()
def drop(draft_id: str) -> Response:
    with unit_of_work() as database:
        kept.drop(database, this_member(database), draft_id)
    return onward("mail.drafts", DROPPED)
