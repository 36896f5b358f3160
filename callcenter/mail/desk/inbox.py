"""The list of mail: who waits, in which order, and who is at it."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from callcenter.context import glancing, ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.calendar.times import local_date
from callcenter.mail.desk.blueprint import bp
from callcenter.models.base import DatabaseFailed
from callcenter.services.members.answering import approving, replying, waiting
from callcenter.services.members.answering.waiting import AT_ONCE, MailList
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import onward
from callcenter.ui.kit.paging import Paging, page_number
from callcenter.ui.kit.sent import chosen

TITLES = {
    MailList.WAITING: "返事を待っている相談",
    MailList.MINE: "自分が担当している相談",
    MailList.ANSWERED: "返事をした相談",
}


@bp.get("/")
@staff_who_may(Action.SEE_MAIL)
def inbox() -> str:
    """Show the list."""
    return render_template("mail/desk/inbox.html", **_given())


@bp.get("/parts")
@staff_who_may(Action.SEE_MAIL, quiet=True)
def parts() -> str:
    """Return what changes by itself: the list, its counts, and the number in the navigation."""
    return render_template("mail/desk/inbox_parts.html", **_given())


@bp.post("/<thread_id>/take")
@staff_who_may(Action.TAKE_THREAD)
def take(thread_id: str) -> Response:
    """Claim a consultation, or take it over, and lead to where it is answered."""
    with unit_of_work() as session:
        replying.begin(session, thread_id, by=myself(session), now=ports().clock.now())
    return onward("mail_desk.room", thread_id=thread_id)


@bp.post("/<thread_id>/take-back")
@staff_who_may(Action.REPLY)
def take_back(thread_id: str) -> Response:
    """Write on in a reply that was handed in."""
    with unit_of_work() as session:
        approving.take_back(session, thread_id, by=myself(session), now=ports().clock.now())
    return onward("mail_desk.room", "確認をとりやめました。続きを書けます。", thread_id=thread_id)


def how_many_wait() -> int | None:
    """Return how many wait, for the navigation of every page; None while the database does not answer."""
    try:
        with glancing() as session:
            return waiting.count_waiting(session)
    except DatabaseFailed:
        return None


def _given() -> dict[str, Any]:
    which, page = chosen(MailList, request.args.get("show")) or MailList.WAITING, page_number()
    now = ports().clock.now()
    with reading() as session:
        staff = myself(session)
        found = waiting.listed(session, which, by=staff, now=now, page=page)
        leads = may(staff.role, Action.APPROVE_REPLY)
        handed_in = approving.count_waiting(session) if leads else 0
    return {
        "found": found,
        "which": which,
        "titles": TITLES,
        "now": now,
        "today": local_date(now),
        "reads_all": may(staff.role, Action.READ_THREAD),
        "shows_approvals": leads and (handed_in > 0 or settings().policy.reply_approval),
        "handed_in": handed_in,
        "here": partial(_address, which, page),
        "paging": Paging.of(page, found.more, partial(_address, which)),
        "at_once": AT_ONCE,
    }


def _address(which: MailList, page: int = 1, endpoint: str = "mail_desk.inbox") -> str:
    show = None if which is MailList.WAITING else which.value
    return url_for(endpoint, show=show, page=page if page > 1 else None)
