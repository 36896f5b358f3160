"""The forms of a member's account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from wtforms import HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import ValidationError

from callcenter.context import settings
from callcenter.domain.errors import HelplineError
from callcenter.domain.members import addresses, registration
from callcenter.domain.members.registration import PERIODS, PREFECTURES, RELATIONS, SEXES, Profile, Registration
from callcenter.domain.records.record_codes import Relation, Sex
from callcenter.services.staff.passwords import LONGEST_TYPED, PasswordTooLong
from callcenter.ui.forms import AtMost, ChoiceField, Form, ManyChoicesField, RadioChoiceField
from callcenter.ui.staff.forms import DIFFERENT

Value = TypeVar("Value")

CHOOSE = "お選びください"
MISSING = "{}をご確認ください。ひとつ選んでください。"
CONFIRM = "登録の前のお願いをご確認ください。お読みになったら、「読みました」に印をつけてください。"
NUMBER_HINT = "英字と数字の9文字です。小文字でも、全角でもかまいません。"
HOW_LONG = (
    "12文字から使えます。15文字以上がおすすめです。好きな言葉をローマ字でいくつか並べると、覚えやすく、"
    "破られにくくなります。記号や大文字を入れなくてもかまいません。"
)
LONGEST_NUMBER = 100
"""Characters of a user number as they are typed."""


def read_by(rule: Callable[[str], Value], typed: str | None) -> Value:
    """Return what a rule reads from a field, or say beside the field what it refuses."""
    try:
        return rule(typed or "")
    except HelplineError as refused:
        raise ValidationError(refused.message) from None


def read_address(typed: str) -> str:
    """Return an address as it is stored, by the operator's rules."""
    return addresses.read(typed, accept_legacy_carrier=settings().policy.accept_legacy_carrier)


class LoginForm(Form):
    """User number and password; what is missing or too long counts as wrong."""

    number = StringField("利用者番号", [AtMost(LONGEST_NUMBER)], description=NUMBER_HINT)
    password = PasswordField("パスワード", [AtMost(LONGEST_TYPED)])


class NumberForm(Form):
    """The user number alone."""

    number = StringField("利用者番号", [AtMost(LONGEST_NUMBER)], description=NUMBER_HINT)


class AddressForm(Form):
    """The address that one is registered with."""

    address = StringField("ご登録のメールアドレス")

    def validate_address(self, field: Any) -> None:
        self.read = read_by(read_address, field.data)


class ConfirmForm(Form):
    """Nothing but the press of a button."""


class NewPasswordForm(Form):
    """A new password, typed twice."""

    password = PasswordField("パスワード", [AtMost(LONGEST_TYPED, PasswordTooLong.message)], description=HOW_LONG)
    again = PasswordField("パスワード(もう一度)", [AtMost(LONGEST_TYPED, PasswordTooLong.message)])

    def validate_password(self, field: Any) -> None:
        if field.data != self.again.data:
            raise ValidationError(DIFFERENT)


class ChangePasswordForm(NewPasswordForm):
    """A new password, and the present one."""

    present = PasswordField("いまのパスワード", [AtMost(LONGEST_TYPED)])


class FirstForm(NewPasswordForm):
    """The first consultation, and the password for all that follows; the service checks the text."""

    subject = StringField("題(なくてもかまいません)")
    text = TextAreaField("ご相談")
    form_key = HiddenField()


class ProfileForm(Form):
    """What a member tells of themselves and of whom it is about."""

    relation = RadioChoiceField("あなたの立場", RELATIONS, refusal=MISSING.format("あなたの立場"))
    nickname = StringField("呼び名", description="本名でなくてかまいません。20文字まで。")
    prefecture = ChoiceField(
        "お住まいの都道府県",
        PREFECTURES,
        blank=CHOOSE,
        refusal=MISSING.format("お住まいの都道府県"),
        description="東京都以外の方も選べます。",
    )
    age = StringField("年齢", description="半角でも全角でも入力できます。おおよそでかまいません。")
    sex = RadioChoiceField("性別", SEXES, refusal=MISSING.format("性別"))
    period = ChoiceField("ひきこもりの期間", PERIODS, blank=CHOOSE, refusal=MISSING.format("ひきこもりの期間"))
    subject_age = StringField("ご本人の年齢", description="おおよそでかまいません。")
    subject_sex = ChoiceField("ご本人の性別", SEXES, blank="選ばない", needed=False)

    def validate_nickname(self, field: Any) -> None:
        self.nickname_read = read_by(registration.read_nickname, field.data)

    def validate_age(self, field: Any) -> None:
        self.age_read = read_by(registration.read_age, field.data)

    def validate_subject_age(self, field: Any) -> None:
        typed = field.data or ""
        asked = typed.strip() and self.relation.data is not Relation.SELF
        self.subject_age_read = read_by(registration.read_age, typed) if asked else None

    @property
    def profile(self) -> Profile:
        """Return what was told; only once it is valid."""
        return Profile(
            relation=self.relation.data,
            nickname=self.nickname_read,
            prefecture=self.prefecture.data,
            age=self.age_read,
            sex=self.sex.data,
            period=self.period.data,
            subject_age=self.subject_age_read,
            subject_sex=self.subject_sex.data or Sex.UNKNOWN,
        ).about_oneself()


class NewAddressForm(Form):
    """A mail address, typed twice."""

    address = StringField("メールアドレス")
    address_again = StringField("メールアドレス(もう一度)")

    def validate_address(self, field: Any) -> None:
        self.read = read_by(read_address, field.data)

    def validate_address_again(self, field: Any) -> None:
        if getattr(self, "read", None) is None:
            return  # what is wrong with the first is said there
        try:
            same = addresses.same(self.read, read_address(field.data or ""))
        except addresses.AddressRefused:
            same = False
        if not same:
            raise ValidationError(addresses.AddressesDiffer.message)


class ChangeAddressForm(NewAddressForm):
    """A new address, and the password."""

    present = PasswordField("いまのパスワード", [AtMost(LONGEST_TYPED)])


class RegisterForm(ProfileForm, NewAddressForm):
    """The whole registration."""

    named_subject = RadioChoiceField(
        "お知らせメールの件名",
        {"plain": "控えめにする(「お知らせがあります」)", "named": "名称を入れる(「サポートネットからのお知らせ」)"},
        default="plain",
    )
    confirmed = ManyChoicesField("登録の前のお願い", {"read": "読みました"})
    form_key = HiddenField()

    def validate_confirmed(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(CONFIRM)

    @property
    def registration(self) -> Registration:
        """Return the registration; only once it is valid."""
        return Registration(self.profile, self.read, named_subject=self.named_subject.data == "named")

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Return everything that was typed and chosen, as the page sends it."""
        fields: Any = self
        named = [(field.name, value) for field in fields for value in field.raw_data or () if isinstance(value, str)]
        return [(name, value) for name, value in named if name != "csrf_token"]


class MailsForm(Form):
    """How a member wants to get mails."""

    notices = RadioChoiceField("返信のお知らせメール", {"on": "受け取る", "off": "受け取らない"})
    notice_links = RadioChoiceField(
        "メールの中のリンク", {"on": "ログイン画面のリンクを入れる", "off": "リンクを入れない"}
    )
    named_subject = RadioChoiceField("件名", {"off": "控えめにする", "on": "名称を入れる"})


class ResetsForm(Form):
    """Whether a forgotten password can be set anew by mail."""

    resets = RadioChoiceField(
        "パスワードを忘れたとき", {"on": "メールで再設定できるようにする", "off": "メールでは再設定できないようにする"}
    )
