"""役割の確認: roles that wait for a second person."""

from __future__ import annotations

from flask import render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.admin.blueprint import bp
from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.staff.roles import RoleAnswer
from callcenter.models.staff.accounts import Staff
from callcenter.models.staff.role_requests import RoleRequest
from callcenter.services.administration import role_requests, staff_accounts
from callcenter.services.administration.staff_accounts import Change
from callcenter.services.delivery.notices import UnseenNotice
from callcenter.services.staff import accounts
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.frame import Say
from callcenter.ui.kit.answers import onward
from callcenter.ui.staff.login_flow import requires_recent_proof
from callcenter.ui.state_labels import ROLES

ANSWERS = {RoleAnswer.CONFIRMED: "確かめて、認めました", RoleAnswer.REFUSED: "認めませんでした"}


@bp.get("/roles")
@staff_who_may(Action.CONFIRM_ROLE)
def roles_page() -> str:
    """Show the roles that wait for a second person, with what the reader can do about each."""
    with reading() as session:
        reader = myself(session)
        waiting = [
            {
                "request": one,
                "answers": role_requests.can_answer(one, reader),
                "others": answerers(session, one),
                "takes_back": may(reader.role, Action.KEEP_ACCOUNTS),
            }
            for one in role_requests.unanswered(session)
        ]
    return render_template("admin/staff/roles.html", waiting=waiting)


@bp.post("/roles/<request_id>/confirm")
@staff_who_may(Action.CONFIRM_ROLE)
@requires_recent_proof("admin.roles_page")
def confirm_role(request_id: str) -> Response:
    """Agree: the role acts, and the account can be used."""
    return _answer(request_id, RoleAnswer.CONFIRMED)


@bp.post("/roles/<request_id>/refuse")
@staff_who_may(Action.CONFIRM_ROLE)
@requires_recent_proof("admin.roles_page")
def refuse_role(request_id: str) -> Response:
    """Refuse: everything stays as it was."""
    return _answer(request_id, RoleAnswer.REFUSED)


@bp.post("/roles/<request_id>/take-back")
@staff_who_may(Action.KEEP_ACCOUNTS)
def take_role_back(request_id: str) -> Response:
    """Take a request back."""
    with unit_of_work() as session:
        request = role_requests.take_back(session, request_id, by=myself(session), now=ports().clock.now())
        words = f"取り下げました。{_unchanged(request.staff)}"
    return onward("admin.roles_page", words)


def answerers(session: Session, request: RoleRequest) -> list[str]:
    """Return the names of those who can answer a request."""
    people = (accounts.by_id(session, one.id) for one in accounts.who_may(session, Action.CONFIRM_ROLE))
    return [one.name for one in people if one is not None and role_requests.can_answer(request, one)]


def about_a_role(session: Session, notice: UnseenNotice) -> tuple[str, str | None]:
    """Return the notice of a role that waits for somebody's answer, or got one."""
    request, by = role_requests.find(session, notice.subject_id), notice.by or ""
    if request is None:
        return f"{by}が、役割を変えました。", None
    whose = f"{request.staff.name}さんを{ROLES[request.role]}に"
    if notice.kind == role_requests.ASKED:
        opens = f"{request.staff.name}さんのアカウント({ROLES[request.role]})を使えるように"
        wish = whose if request.staff.active else opens
        return f"{by}が、{wish}したいと申し出ました。ほかの管理者か統括の確認を待っています。", url_for(
            "admin.roles_page"
        )
    done = ANSWERS.get(request.answer) if request.answer else None
    return f"{by}が、{whose}することを、{done or '取り下げました'}。", None


def _answer(request_id: str, given: RoleAnswer) -> Response:
    with unit_of_work() as session:
        now = ports().clock.now()
        change = staff_accounts.answer_role(session, request_id, given, by=myself(session), now=now)
        request = role_requests.find(session, request_id)
        whose = f"{request.staff.name}さんを{ROLES[request.role]}に" if request else ""
        left = _unchanged(request.staff) if request and given is RoleAnswer.REFUSED else ""
    words = f"{whose}することを、{ANSWERS[given]}。{left}"
    return onward(
        "admin.roles_page", words + (" お話し中のため、電話のあとで変わります。" if change is Change.AFTER_CALL else "")
    )


def _unchanged(staff: Staff) -> str:
    """Return what stays as it was after a request that nobody agreed to: the role, or an account that is closed."""
    if staff.active:
        return "役割は、前のままです。"
    return f"{staff.name}さんは、まだ使えません。アカウントのページの「アカウントを再開する」で使えます。"


SAYINGS: dict[str, Say] = {role_requests.ASKED: about_a_role, role_requests.ANSWERED: about_a_role}
