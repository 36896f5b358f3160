"""A member's password: chosen at the first consultation, changed, and set anew by a link to the member's address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from callcenter.domain.errors import HelplineError
from callcenter.domain.members import user_numbers
from callcenter.domain.members.threads import LinkKind
from callcenter.domain.phone_numbers import display
from callcenter.models.members.accounts import Member
from callcenter.services.members import mails
from callcenter.services.members.accounts import links, numbers, registering, sessions
from callcenter.services.members.accounts.registering import record
from callcenter.services.members.accounts.signing_in import login_of
from callcenter.services.members.mails import MailKind
from callcenter.services.staff import sign_in_delays
from callcenter.services.staff.passwords import Comparison, Hash
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Subject


class PasswordThere(HelplineError):
    """Raised when the first password was chosen already, perhaps in another window."""

    message = "パスワードは、もう決まっています。利用者番号とパスワードでログインしてください。"


class PasswordWrong(HelplineError):
    """Raised when the present password is not right."""

    message = "いまのパスワードが合っていません。"
    field = "present"


def known_words(member: Member, service: str, number: str) -> tuple[str, ...]:
    """Return what others know of a member and of the service, and would try as a password."""
    own = member.number or ""
    return own, user_numbers.shown(own), member.nickname or "", service, number, display(number)


def choose_first(session: Session, member: Member, password: Hash, *, now: datetime) -> None:
    """Set the first password; ``PasswordThere`` if there is one. The links to it are worth nothing from now on."""
    first = update(Member).where(Member.id == member.id, Member.password_hash.is_(None))
    values = {"password_hash": password.value, "password_changed_at": now}
    done = first.values(**values).returning(Member.id).execution_options(synchronize_session=False)
    if session.scalar(done) is None:
        raise PasswordThere
    session.refresh(member)
    links.kill(session, member, LinkKind.FIRST, now=now)
    record(session, member, "member.first_password", now=now)


def check_present(member: Member, compared: Comparison) -> None:
    """Raise ``PasswordWrong`` unless the present password was compared and fits."""
    if not (compared.fits and member.password_hash == compared.stored):
        raise PasswordWrong


def change(
    session: Session, member: Member, compared: Comparison, password: Hash, *, but: str | None, now: datetime
) -> None:
    """Change the password; every session ends except the one of the id *but*. ``PasswordWrong``."""
    links.lock(session, member)
    check_present(member, compared)
    _set(session, member, password, "member.set_password", but=but, now=now)


def ask_reset(session: Session, number: str, *, now: datetime) -> None:
    """Mail a link for a new password to the member with that number, if there is one who lets passwords be reset.

    What is answered never tells. Who has no password yet gets the link to the first consultation instead.
    """
    member = numbers.find(session, number)
    if member is None or (member.password_hash is not None and not member.resets_by_mail):
        subject = Subject("member", None if member is None else member.id)
        audit.record(session, actor=SYSTEM, action="member.reset_refused", subject=subject, now=now)
    elif member.password_hash is None:
        registering.mail_number(session, member, now=now)
    else:
        record(session, member, "member.ask_reset", now=now)
        mails.put_link(session, MailKind.RESET, links.make(session, member, LinkKind.RESET, now=now), now=now)


def reset(session: Session, token: str, password: Hash, *, now: datetime) -> Member:
    """Set a new password by a mailed link; every session ends. ``LinkOver``."""
    member = links.use(session, token, LinkKind.RESET, now=now)
    links.lock(session, member)
    if not member.resets_by_mail:  # switched off after the mail was sent
        raise links.LinkOver
    _set(session, member, password, "member.reset_password", but=None, now=now)
    return member


def _set(session: Session, member: Member, password: Hash, action: str, *, but: str | None, now: datetime) -> None:
    member.password_hash, member.password_changed_at = password.value, now
    sign_in_delays.forget(session, sign_in_delays.tried(session, login_of(member.number or ""), None))
    links.kill(session, member, *links.DIE_AT_SIGN_IN, now=now)
    sessions.end_all(session, member, but=but)
    record(session, member, action, now=now)
