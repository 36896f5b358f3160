"""The forms for signing in, proving identity and choosing factors."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import ValidationError

from callcenter.domain.staff.second_factor import LONGEST_TYPED
from callcenter.services.staff.accounts import LONGEST_LOGIN
from callcenter.services.staff.passkeys import LONGEST_NAME, NameMissing
from callcenter.services.staff.passwords import LONGEST, PasswordTooLong
from callcenter.ui.forms import AtMost, Form

DIFFERENT = "2つの欄の文字が違っています。同じものを、もう一度入れてください。"
LONGEST_CREDENTIAL = 20_000
"""What a browser says of a passkey takes one or two thousand characters."""


class LoginForm(Form):
    """Login and password; what is missing or too long counts as wrong."""

    login = StringField("ログイン名", [AtMost(LONGEST_LOGIN)])
    password = PasswordField("パスワード", [AtMost(LONGEST)])


class CodeForm(Form):
    """A code of the app, or a recovery code where one is accepted."""

    code = StringField("アプリに出ている6けたの番号", [AtMost(LONGEST_TYPED)])


class ProveForm(CodeForm):
    """The password again, and a code from whoever has a second factor."""

    password = PasswordField("パスワード", [AtMost(LONGEST)])


class PasskeyForm(Form):
    """A passkey's answer, from the browser."""

    credential = HiddenField(validators=[AtMost(LONGEST_CREDENTIAL)])


class NewPasskeyForm(PasskeyForm):
    """A new passkey and its name."""

    name = StringField(
        "どの機器か分かる名前",
        [AtMost(LONGEST_NAME, NameMissing.message)],
        description="例:わたしのスマホ、相談室のパソコン",
    )


class PasswordForm(Form):
    """A new password, typed twice."""

    password = PasswordField(
        "新しいパスワード",
        [AtMost(LONGEST, PasswordTooLong.message)],
        description="12文字以上。短いことばをいくつか並べると、覚えやすくなります。",
    )
    again = PasswordField("もう一度", [AtMost(LONGEST, PasswordTooLong.message)])

    def validate_password(self, field: Any) -> None:
        if field.data != self.again.data:
            raise ValidationError(DIFFERENT)
