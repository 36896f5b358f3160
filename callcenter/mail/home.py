"""The first of a member's own pages."""

from __future__ import annotations

from flask import render_template

from callcenter.context import reading
from callcenter.mail.blueprint import bp
from callcenter.ui.access import member
from callcenter.ui.member.guard import this_member


@bp.get("/my/")
@member()
def home() -> str:
    with reading() as database:
        nickname = this_member(database).nickname
    return render_template("mail/home.html", nickname=nickname)
