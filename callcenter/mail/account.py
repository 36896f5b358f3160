"""What a member changes themselves: what they told, the password, mails, and their address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.domain.members import addresses, user_numbers
from callcenter.domain.members.registration import PERIODS, PREFECTURES, RELATIONS, SEXES, Profile
from callcenter.domain.members.threads import LinkKind
from callcenter.mail.blueprint import bp
from callcenter.mail.forms import (
    ChangeAddressForm,
    ChangePasswordForm,
    ConfirmForm,
    MailsForm,
    ProfileForm,
    ResetsForm,
)
from callcenter.services.members.accounts import links, passwords
from callcenter.services.members.accounts import settings as choices
from callcenter.services.staff.passwords import Comparison, compare, hashed
from callcenter.ui.access import member, public
from callcenter.ui.kit.answers import Answer, again, onward
from callcenter.ui.member import guard
from callcenter.ui.member.guard import me_member, this_member
from callcenter.ui.staff.signin import limiter

GUESSES = "10 per 10 minutes"
"""Tries of the present password by one member."""
TOLD = "登録の内容を変えました。"
CHANGED = "パスワードを変えました。ほかの機器は、ログアウトしています。"
MAILS = "メールの受け取り方を変えました。"
RESETS = {
    True: "パスワードを忘れたとき、メールで再設定できるようにしました。",
    False: "メールでは再設定できないようにしました。パスワードを、忘れないように控えておいてください。",
}
ASKED = "新しいアドレスへ、確認のメールをお送りしました。48時間のうちに、メールのリンクを開いてください。"
DROPPED = "アドレスの変更を取りやめました。"
MOVED = "メールアドレスを変えました。"
SAME = "いまのアドレスと同じです。"


@dataclass(frozen=True)
class Account:
    """A member's account as their page shows it."""

    number: str
    told: Profile
    told_on: date
    address: str
    new_address: str | None
    refused_at: datetime | None
    notices: bool
    notice_links: bool
    named_subject: bool
    resets: bool
    password_changed_at: datetime | None


@bp.get("/my/account")
@member()
def account() -> str:
    with reading() as database:
        shown = _account(database)
    words = {"relations": RELATIONS, "prefectures": PREFECTURES, "sexes": SEXES, "periods": PERIODS}
    return render_template("mail/account/overview.html", account=shown, **words)


@bp.get("/my/account/profile")
@member()
def profile() -> str:
    with reading() as database:
        told = _account(database).told
    given = {"age": str(told.age), "subject_age": "" if told.subject_age is None else str(told.subject_age)}
    shown = {name: getattr(told, name) for name in ("relation", "nickname", "prefecture", "sex", "period")}
    return _profile_page(ProfileForm(data=shown | given | {"subject_sex": told.subject_sex}))


@bp.post("/my/account/profile")
@member()
def set_profile() -> Answer:
    form = ProfileForm()
    if not form.validate():
        return again(_profile_page(form))
    with unit_of_work() as database:
        choices.tell_anew(database, this_member(database), form.profile, now=ports().clock.now())
    return onward("mail.account", TOLD)


@bp.get("/my/account/password")
@member()
def password() -> str:
    return _password_page(ChangePasswordForm())


@bp.post("/my/account/password")
@member()
@limiter.limit(GUESSES, key_func=lambda: me_member().id)
def change_password() -> Answer:
    """Change the password; every other browser is signed out."""
    form, now = ChangePasswordForm(), ports().clock.now()
    if form.validate():
        try:
            compared = _compared(form.present.data or "")
            with reading() as database:
                known = passwords.known_words(this_member(database), settings().service_name, settings().line_number)
            chosen = hashed(form.password.data or "", about=known)
            with unit_of_work() as database:
                me = this_member(database)
                passwords.change(database, me, compared, chosen, but=None, now=now)
                guard.begin(database, me)
        except HelplineError as refused:
            form.refuse(refused, "password")
    return again(_password_page(form)) if form.problems else onward("mail.account", CHANGED)


@bp.get("/my/account/mails")
@member()
def mails() -> str:
    with reading() as database:
        shown = _account(database)
    kept = {name: "on" if getattr(shown, name) else "off" for name in ("notices", "notice_links", "named_subject")}
    resets = ResetsForm(data={"resets": "on" if shown.resets else "off"})
    return _mails_page(MailsForm(data=kept), resets)


@bp.post("/my/account/mails")
@member()
def set_mails() -> Answer:
    form = MailsForm()
    if not form.validate():
        return again(_mails_page(form, ResetsForm(formdata=None)))
    on = {name: getattr(form, name).data == "on" for name in ("notices", "notice_links", "named_subject")}
    with unit_of_work() as database:
        choices.choose_mails(
            database,
            this_member(database),
            notices=on["notices"],
            links_in=on["notice_links"],
            named=on["named_subject"],
            now=ports().clock.now(),
        )
    return onward("mail.account", MAILS)


@bp.post("/my/account/resets")
@member()
def set_resets() -> Answer:
    form = ResetsForm()
    form.check()
    allowed = form.resets.data == "on"
    with unit_of_work() as database:
        choices.choose_resets(database, this_member(database), allowed, now=ports().clock.now())
    return onward("mail.account", RESETS[allowed])


@bp.get("/my/account/address")
@member()
def address() -> str:
    return _address_page(ChangeAddressForm())


@bp.post("/my/account/address")
@member()
@limiter.limit(GUESSES, key_func=lambda: me_member().id)
def ask_address() -> Answer:
    """Mail a link to the new address, which becomes the member's once the link is used."""
    form, now = ChangeAddressForm(), ports().clock.now()
    if form.validate():
        try:
            compared = _compared(form.present.data or "")
            with unit_of_work() as database:
                me = this_member(database)
                passwords.check_present(me, compared)
                if choices.same_address(me, form.read):
                    raise HelplineError(SAME)
                choices.ask_address(database, me, form.read, now=now)
        except HelplineError as refused:
            form.refuse(refused, "address")
    return again(_address_page(form)) if form.problems else onward("mail.account", ASKED)


@bp.post("/my/account/address/drop")
@member()
def drop_address() -> Answer:
    ConfirmForm().check()
    with unit_of_work() as database:
        choices.drop_address(database, this_member(database), now=ports().clock.now())
    return onward("mail.account", DROPPED)


@bp.get("/address/<token>")
@public
def new_address(token: str) -> str:
    """Show the button that confirms a new address, to whoever has read its mail; looking uses up nothing."""
    with reading() as database:
        links.find(database, token, LinkKind.ADDRESS, now=ports().clock.now())
    return render_template("mail/new_address.html", link=token)


@bp.post("/address/<token>")
@public
@limiter.limit("20 per 10 minutes")
def confirm_address(token: str) -> Response:
    with unit_of_work() as database:
        choices.confirm_address(database, token, now=ports().clock.now())
    flash(MOVED)
    return redirect(url_for("mail.login"), 303)


def _account(database: Session) -> Account:
    me = this_member(database)
    return Account(
        number=user_numbers.shown(me.number or ""),
        told=choices.profile_of(me),
        told_on=me.told_on,
        address=addresses.masked(me.address or ""),
        new_address=addresses.masked(me.new_address) if me.new_address else None,
        refused_at=me.mail_refused_at,
        notices=me.notices,
        notice_links=me.notice_links,
        named_subject=me.named_subject,
        resets=me.resets_by_mail,
        password_changed_at=me.password_changed_at,
    )


def _compared(typed: str) -> Comparison:
    """Compare the present password; no transaction is open meanwhile."""
    with reading() as database:
        stored = this_member(database).password_hash
    return compare(stored, typed)


def _profile_page(form: ProfileForm) -> str:
    return render_template("mail/account/profile.html", form=form)


def _password_page(form: ChangePasswordForm) -> str:
    return render_template("mail/account/password.html", form=form)


def _mails_page(form: MailsForm, resets: ResetsForm) -> str:
    return render_template("mail/account/mails.html", form=form, resets=resets)


def _address_page(form: ChangeAddressForm) -> str:
    return render_template("mail/account/address.html", form=form)
