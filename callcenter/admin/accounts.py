"""職員のアカウント: accounts of staff, managed by administrators."""

from __future__ import annotations

from datetime import datetime

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.admin import roles
from callcenter.admin.blueprint import bp
from callcenter.admin.forms import ContactForm, FactorResetForm, NewStaffForm, PreferenceForm, RoleForm
from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.errors import HelplineError
from callcenter.domain.phone_numbers import UnusableNumber
from callcenter.domain.staff.roles import Contact
from callcenter.models.staff.accounts import Staff
from callcenter.services.administration import role_requests, staff_accounts
from callcenter.services.administration.staff_accounts import Change
from callcenter.services.delivery.notices import UnseenNotice
from callcenter.services.staff import accounts, second_factor
from callcenter.services.staff.accounts import FirstPassword
from callcenter.services.trail.audit import Actor, staff_member
from callcenter.ui.access import me, staff_who_may
from callcenter.ui.forms import Form
from callcenter.ui.frame import Say
from callcenter.ui.kit.answers import again, onward
from callcenter.ui.notices import OPERATOR
from callcenter.ui.staff.login_flow import requires_recent_proof
from callcenter.ui.state_labels import ROLES

NOTICE_WORDS = {
    "staff.factor_reset": "{by}が、{name}さんの2段階認証を解除しました。",
    role_requests.SET: "{by}が、{name}さんを{role}にしました。思いあたらないときは、{by}に確かめてください。",
    "staff.first_password": "{by}が、{name}さんに、新しいはじめのパスワードを渡しました。",
}
WAITS = "お話し中のため、この電話の記録を閉じたときに変わります。"
CLOSED = "解除しました。ログインできるのは、ほかの管理者か統括が「役割の確認」で確かめたあとです。知らせを送りました。"
ASKED = "確認をお願いしました。ほかの管理者か統括が確かめるまでは、いまのままです。"


@bp.get("/staff")
@staff_who_may(Action.KEEP_ACCOUNTS)
def staff_list() -> str:
    """Show all accounts, and how they sign in."""
    with reading() as session:
        found = staff_accounts.all_accounts(session)
    return render_template("admin/staff/accounts.html", found=found, required=settings().second_factor.required)


@bp.get("/staff/new")
@staff_who_may(Action.KEEP_ACCOUNTS)
@requires_recent_proof("admin.new_staff")
def new_staff() -> str:
    """Show the form for a new account."""
    return _draw_new(NewStaffForm())


@bp.post("/staff/new")
@staff_who_may(Action.KEEP_ACCOUNTS)
@requires_recent_proof("admin.new_staff")
def add_staff() -> str | tuple[str, int]:
    """Create the account, and show the first password this once."""
    form, now = NewStaffForm(), ports().clock.now()
    if not form.validate():
        return again(_draw_new(form))
    first = FirstPassword.made_up()
    try:
        with unit_of_work() as session:
            staff = staff_accounts.create_account(session, form.new_staff(), first, by=_by(), now=now)
            until, request = staff.first_password_until, role_requests.of_account(session, staff.id)
    except HelplineError as refused:
        form.refuse(refused)
        return again(_draw_new(form))
    return _draw_password(staff, first.text, until, waits=request is not None)


@bp.get("/staff/<staff_id>")
@staff_who_may(Action.KEEP_ACCOUNTS)
@requires_recent_proof("admin.account")
def account(staff_id: str) -> str:
    """Show one account, with everything that can be changed."""
    return _draw(staff_id)


@bp.post("/staff/<staff_id>/role")
@staff_who_may(Action.KEEP_ACCOUNTS)
@requires_recent_proof("admin.account")
def set_role(staff_id: str) -> Response | tuple[str, int]:
    """Change the role, or ask a second person to agree; during a call it takes effect afterwards."""
    form = RoleForm()
    if not form.validate():
        return again(_draw(staff_id, form))
    with unit_of_work() as session:
        staff, now = _known(session, staff_id), ports().clock.now()
        change = staff_accounts.change_role(session, staff, form.role.data, by=_by(), now=now)
    return _back(staff_id, _when(change, f"役割を{ROLES[form.role.data]}に変えました。ログインし直すと変わります。"))


@bp.post("/staff/<staff_id>/contact")
@staff_who_may(Action.KEEP_ACCOUNTS)
@requires_recent_proof("admin.account")
def set_staff_contact(staff_id: str) -> Response | tuple[str, int]:
    """Set where calls ring: a telephone's number, the kept number, or the browser."""
    form = ContactForm()
    if not form.validate():
        return again(_draw(staff_id, form))
    contact, number = form.contact.data, (form.phone.data or "").strip()
    try:
        with unit_of_work() as session:
            staff, now = _known(session, staff_id), ports().clock.now()
            if contact is Contact.PHONE and number:
                accounts.set_phone(session, staff, number, by=_by(), now=now)
            else:
                accounts.set_contact(session, staff, contact, by=_by(), now=now)
    except (UnusableNumber, accounts.NoTelephone) as refused:
        form.refuse(refused)
        return again(_draw(staff_id, form))
    return _back(staff_id, "電話を受ける機器を変えました。")


@bp.post("/staff/<staff_id>/preference")
@staff_who_may(Action.KEEP_ACCOUNTS)
@requires_recent_proof("admin.account")
def set_staff_preference(staff_id: str) -> Response | tuple[str, int]:
    """Set which callers ring with this counsellor first."""
    form = PreferenceForm()
    if not form.validate():
        return again(_draw(staff_id, form))
    with unit_of_work() as session:
        staff, now = _known(session, staff_id), ports().clock.now()
        accounts.set_preference(session, staff, form.prefers.data, by=_by(), now=now)
    return _back(staff_id, "優先する電話を変えました。")


@bp.post("/staff/<staff_id>/active")
@staff_who_may(Action.KEEP_ACCOUNTS)
@requires_recent_proof("admin.account")
def set_active(staff_id: str) -> Response:
    """Deactivate or activate the account."""
    active, now = request.form.get("active") == "1", ports().clock.now()
    with unit_of_work() as session:
        staff = _known(session, staff_id)
        change = (staff_accounts.activate if active else staff_accounts.deactivate)(session, staff, by=_by(), now=now)
    words = "アカウントを再開しました。" if active else "アカウントを停止しました。書いた記録は、そのまま残っています。"
    return _back(staff_id, _when(change, words))


@bp.post("/staff/<staff_id>/password")
@staff_who_may(Action.KEEP_ACCOUNTS)
@requires_recent_proof("admin.account")
def renew_password(staff_id: str) -> str:
    """Set a new first password for somebody who forgot theirs."""
    first = FirstPassword.made_up()
    with unit_of_work() as session:
        staff, now = _known(session, staff_id), ports().clock.now()
        change = staff_accounts.new_first_password(session, staff, first, by=_by(), now=now)
        until = staff.first_password_until
    return _draw_password(staff, first.text, until, waits=change is Change.ASKED)


@bp.post("/staff/<staff_id>/factor")
@staff_who_may(Action.KEEP_ACCOUNTS)
@requires_recent_proof("admin.account")
def reset_factor(staff_id: str) -> Response | tuple[str, int]:
    """Remove a lost second factor: why, and how the identity was checked."""
    form = FactorResetForm()
    if not form.validate():
        return again(_draw(staff_id, form))
    with unit_of_work() as session:
        staff, now = _known(session, staff_id), ports().clock.now()
        chosen = form.reason.data, form.checked.data
        change = staff_accounts.reset_factor(session, staff, *chosen, by=_by(), now=now)
    if change is Change.ASKED:
        return _back(staff_id, CLOSED)
    return _back(
        staff_id, "解除しました。次のログインで、新しく設定してもらいます。ほかの統括と管理者にも知らせました。"
    )


def about_an_account(session: Session, notice: UnseenNotice) -> tuple[str, str | None]:
    """Return the notice of what another administrator, or the operator, did to an account."""
    staff, by = accounts.by_id(session, notice.subject_id), notice.by or OPERATOR
    if staff is None:
        return f"{by}が、アカウントを変えました。", None
    role = ROLES[staff.next_role or staff.role]
    return NOTICE_WORDS[notice.kind].format(by=by, name=staff.name, role=role), None


SAYINGS: dict[str, Say] = roles.SAYINGS | {"staff": about_an_account}


def _draw(staff_id: str, sent: Form | None = None) -> str:
    """Return the account's page; the form that was *sent* keeps what was typed and its problems."""
    with reading() as session:
        staff = _known(session, staff_id)
        factors = second_factor.factors_of(session, staff)
        ending = staff.phone[-4:] if staff.phone else None
        request = role_requests.of_account(session, staff_id)
        others = roles.answerers(session, request) if request else []
    return render_template(
        "admin/staff/account.html",
        one=staff,
        factors=factors,
        ending=ending,
        request=request,
        others=others,
        answers=may(staff.role, Action.ANSWER),
        forms=_forms(staff) | ({type(sent).__name__: sent} if sent else {}),
        problems=sent.problems if sent else [],
        myself=staff.id == me().staff_id,
    )


def _forms(staff: Staff) -> dict[str, Form]:
    forms = (
        RoleForm(formdata=None, role=staff.role),
        ContactForm(formdata=None, contact=staff.contact),
        PreferenceForm(formdata=None, prefers=staff.prefers),
        FactorResetForm(formdata=None),
    )
    return {type(form).__name__: form for form in forms}


def _draw_new(form: NewStaffForm) -> str:
    return render_template("admin/staff/account_new.html", form=form)


def _draw_password(staff: Staff, password: str, until: datetime | None, *, waits: bool = False) -> str:
    door = settings().public_base_url + url_for("staff.login")
    return render_template(
        "admin/staff/first_password.html", one=staff, password=password, until=until, door=door, waits=waits
    )


def _when(change: Change, done: str) -> str:
    """Return in words when a change takes effect; *done* if it has."""
    return {Change.DONE: done, Change.AFTER_CALL: WAITS, Change.ASKED: ASKED}[change]


def _by() -> Actor:
    return staff_member(me().staff_id)


def _known(session: Session, staff_id: str) -> Staff:
    return accounts.by_id(session, staff_id) or abort(404)


def _back(staff_id: str, words: str) -> Response:
    return onward("admin.account", words, staff_id=staff_id)
