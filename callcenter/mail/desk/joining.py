"""Joining a member to a person of a case, and parting them: a page of its own, as it asks for their consent."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from werkzeug.wrappers import Response

from callcenter.casefile import words
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.members.joining import ConsentMissing, JoinedAlready
from callcenter.mail.desk.blueprint import bp
from callcenter.mail.desk.forms import FindForm, JoinForm
from callcenter.mail.desk.sending import opened
from callcenter.services.cases import cases, wall
from callcenter.services.members.answering import joining as services
from callcenter.services.names import nickname_search
from callcenter.services.names.nickname_search import Candidate
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import Answer, again, onward

MOST = 9


@dataclass(frozen=True)
class Found:
    """Somebody the member may be."""

    person_id: str
    words: str
    why: str

    @classmethod
    def of(cls, one: Candidate) -> Found:
        return cls(one.person_id, words.person_words(one.nickname, one.relation), one.reason)


@bp.get("/<thread_id>/join")
@staff_who_may(Action.JOIN_MEMBER)
def join(thread_id: str) -> str:
    """Show who the member is joined to, or let somebody look for them."""
    return _draw(thread_id)


@bp.post("/<thread_id>/join/find")
@staff_who_may(Action.JOIN_MEMBER)
def find(thread_id: str) -> Answer:
    """Show who goes by a name; a POST, so that no name stands in an address or a log."""
    form = FindForm()
    if not form.validate():
        return again(_draw(thread_id, form))
    return _draw(thread_id, form, search=True)


@bp.post("/<thread_id>/join")
@staff_who_may(Action.JOIN_MEMBER)
def do_join(thread_id: str) -> Answer:
    """Join them, as they agreed."""
    form = JoinForm()
    if not form.validate():
        return again(_draw(thread_id, FindForm(), join_form=form))
    try:
        with unit_of_work() as session:
            by, now = myself(session), ports().clock.now()
            services.join(session, thread_id, form.person.data or "", form.consent.data, by=by, now=now)
    except (ConsentMissing, JoinedAlready) as refused:
        form.refuse(refused)
        return again(_draw(thread_id, FindForm(), join_form=form))
    return onward("mail_desk.room", "つなぎました。この方のケースに、メールの相談も並びます。", thread_id=thread_id)


@bp.post("/<thread_id>/part")
@staff_who_may(Action.JOIN_MEMBER)
def part(thread_id: str) -> Response:
    """Part them."""
    with unit_of_work() as session:
        services.part(session, thread_id, by=myself(session), now=ports().clock.now())
    return onward("mail_desk.room", "つながりを外しました。メールの相談は、ケースから外れました。", thread_id=thread_id)


def _draw(
    thread_id: str,
    find_form: FindForm | None = None,
    *,
    join_form: JoinForm | None = None,
    search: bool = False,
) -> str:
    now, found, joined_words = ports().clock.now(), list[Found](), ""
    with unit_of_work() as session:
        staff, here = myself(session), opened(session, thread_id)
        find_form = find_form or FindForm(formdata=None, nickname_heard=here.reader)
        name = (find_form.nickname_heard.data or "").strip()
        if here.joined_to is not None:
            joined_words = words.name_of_person(cases.get_person(session, here.joined_to))
        elif name and (search or join_form is not None):
            hidden = wall.hidden_people(session, staff)
            there = [one for one in nickname_search.search(session, name) if one.person_id not in hidden][:MOST]
            nickname_search.record_search(session, there, by=staff_member(staff.id), now=now)
            found = [Found.of(one) for one in there]
    join_form = join_form or JoinForm(formdata=None)
    return render_template(
        "mail/desk/join.html",
        room=here,
        find_form=find_form,
        join_form=join_form,
        found=found,
        searched=search or bool(found),
        joined_words=joined_words,
        problems=[*find_form.problems, *join_form.problems],
    )
