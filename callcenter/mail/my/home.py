"""The first of a member's own pages: what is new, and every letter."""

from __future__ import annotations

from flask import render_template, url_for

from callcenter.context import ports, reading
from callcenter.mail.blueprint import bp
from callcenter.mail.my import words
from callcenter.services.calendar import opening_hours
from callcenter.services.members import own
from callcenter.ui.access import member
from callcenter.ui.kit.paging import Paging, page_number
from callcenter.ui.member.guard import this_member

AT_ONCE = 20


@bp.get("/my/")
@member()
def home() -> str:
    now, number = ports().clock.now(), page_number()
    with reading() as database:
        me = this_member(database)
        unread = own.unread(database, me)
        # A reply that was not opened yet comes before everything else.
        threads = sorted(own.threads(database, me), key=lambda one: one.id not in unread)
        shown = threads[AT_ONCE * (number - 1) : AT_ONCE * number]
        letters = [words.letter(one, unread=one.id in unread, now=now) for one in shown]
        drafts = len(own.drafts(database, me))
        return render_template(
            "mail/my/home.html",
            me=me,
            greeting=words.greeting(me.nickname or "", now),
            letters=letters,
            unread=len(unread),
            drafts=drafts,
            read_next=words.read_next(opening_hours.current(database, now), now),
            paging=Paging.of(number, len(threads) > AT_ONCE * number, lambda page: url_for("mail.home", page=page)),
            size=AT_ONCE,
        )
