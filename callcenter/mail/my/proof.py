"""The password once more, before a member takes their record along or leaves."""

from __future__ import annotations

from wtforms import PasswordField

from callcenter.context import reading
from callcenter.services.staff import passwords
from callcenter.services.staff.passwords import LONGEST_TYPED, Comparison
from callcenter.ui.forms import AtMost, Form
from callcenter.ui.member.guard import this_member

GUESSES = "10 per 10 minutes"


class ProofForm(Form):
    """The present password."""

    present = PasswordField("パスワード", [AtMost(LONGEST_TYPED, "パスワードをご確認ください。")])


def compared(form: ProofForm) -> Comparison:
    """Compare what was typed with the member's password; no transaction is open meanwhile."""
    with reading() as database:
        stored = this_member(database).password_hash
    return passwords.compare(stored, form.present.data or "")
