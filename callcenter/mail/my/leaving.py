"""Leaving: the registration and everything that was written is deleted at once, at the member's wish."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from wtforms import BooleanField

from callcenter.context import ports, unit_of_work
from callcenter.domain.members.deletion import Why
from callcenter.mail.blueprint import bp
from callcenter.mail.my import proof
from callcenter.mail.my.proof import ProofForm
from callcenter.mail.my.writing import member_id
from callcenter.models.base import db
from callcenter.models.engines import forget_overwritten
from callcenter.models.trail.audit import ActorKind
from callcenter.services.members import deleting
from callcenter.services.members.accounts import passwords
from callcenter.services.members.accounts.passwords import PasswordWrong
from callcenter.services.trail.audit import Actor
from callcenter.ui.access import member, public
from callcenter.ui.kit.answers import Answer, again
from callcenter.ui.member import guard
from callcenter.ui.member.guard import this_member
from callcenter.ui.staff.signin import limiter

TICK_FIRST = "消してよいときは、ここにしるしを付けてください。やめるときは、このまま前のページに戻れます。"


class LeaveForm(ProofForm):
    """The password, and that it is meant."""

    sure = BooleanField("登録と記録を消すことを、わかりました")


@bp.get("/my/leave")
@member()
def leave() -> str:
    return render_template("mail/my/leave.html", form=LeaveForm())


@bp.post("/my/leave")
@member()
@limiter.limit(proof.GUESSES, key_func=member_id)
def leave_for_good() -> Answer:
    form, now = LeaveForm(), ports().clock.now()
    if form.validate() and not form.sure.data:
        form.add("sure", TICK_FIRST)
    if form.problems:
        return again(render_template("mail/my/leave.html", form=form))
    compared = proof.compared(form)
    try:
        with unit_of_work() as database:
            me = this_member(database)
            passwords.check_present(me, compared)
            deleting.delete_member(database, me, by=Actor(ActorKind.MEMBER, me.id), why=Why.WITHDREW, now=now)
            guard.end(database)
    except PasswordWrong as refused:
        form.refuse(refused)
        return again(render_template("mail/my/leave.html", form=form))
    forget_overwritten(db.engine)
    return redirect(url_for("mail.goodbye"), 303)


@bp.get("/goodbye")
@public
def goodbye() -> str:
    return render_template("mail/my/goodbye.html")
