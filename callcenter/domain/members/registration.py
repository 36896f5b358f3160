"""What a member gives at the registration, and what is right about it; nothing of it says who they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

from callcenter.domain.errors import HelplineError
from callcenter.domain.places import Prefecture
from callcenter.domain.records.record_codes import Period, Relation, Sex
from callcenter.domain.typed_text import one_line, whole_number

LONGEST_NICKNAME = 20
OLDEST = 120

RELATIONS = MappingProxyType(
    {
        Relation.SELF: "本人",
        Relation.MOTHER: "母",
        Relation.FATHER: "父",
        Relation.SIBLING: "きょうだい",
        Relation.SPOUSE: "配偶者",
        Relation.OTHER_RELATIVE: "そのほかの親族",
        Relation.FRIEND: "友人・知人",
        Relation.OTHER: "そのほか",
    }
)
SEXES = MappingProxyType(
    {
        Sex.FEMALE: "女性",
        Sex.MALE: "男性",
        Sex.OTHER: "そのほか・どちらともいえない",
        Sex.NO_ANSWER: "回答しない",
    }
)
PERIODS = MappingProxyType(
    {
        Period.UNDER_6_MONTHS: "6か月未満",
        Period.FROM_6_MONTHS: "6か月から1年",
        Period.FROM_1: "1年から2年",
        Period.FROM_2: "2年から3年",
        Period.FROM_3: "3年から5年",
        Period.FROM_5: "5年から10年",
        Period.FROM_10: "10年から15年",
        Period.FROM_15: "15年から20年",
        Period.FROM_20: "20年以上",
        Period.UNKNOWN: "わからない",
    }
)
PREFECTURES = MappingProxyType(
    {Prefecture.TOKYO: Prefecture.TOKYO.label}
    | {one: one.label for one in Prefecture if one not in (Prefecture.TOKYO, Prefecture.UNKNOWN)}
)
"""In the order of their codes, but Tokyo first."""


class NicknameRefused(HelplineError):
    """Raised for a nickname that cannot be seen, or is too long."""

    message = f"呼び名をご確認ください。{LONGEST_NICKNAME}文字までで入れてください。本名でなくてかまいません。"
    field = "nickname"


class AgeRefused(HelplineError):
    """Raised for what is no age."""

    message = f"年齢をご確認ください。0から{OLDEST}までの数字で入れてください。おおよそでかまいません。"
    field = "age"


@dataclass(frozen=True)
class Profile:
    """What a member tells of themselves and of whom it is about, as codes; it may go stale."""

    relation: Relation
    nickname: str = field(repr=False)
    prefecture: Prefecture
    age: int
    sex: Sex
    period: Period
    subject_age: int | None = None
    subject_sex: Sex = Sex.UNKNOWN

    def about_oneself(self) -> Profile:
        """Return the same without what only others are asked, where writer and subject are one person."""
        if self.relation is not Relation.SELF:
            return self
        plain = {name: getattr(self, name) for name in ("relation", "nickname", "prefecture", "age", "sex", "period")}
        return Profile(**plain)


@dataclass(frozen=True)
class Registration:
    """A registration that was confirmed."""

    profile: Profile
    address: str = field(repr=False)
    named_subject: bool = False
    """Whether the subject of mails names the service."""


def read_nickname(typed: str) -> str:
    """Return the nickname in one line; its length is checked before anything else looks at it."""
    if len(typed) > 4 * LONGEST_NICKNAME:  # some keyboards write one letter as several marks
        raise NicknameRefused
    name = one_line(typed)
    if not 1 <= len(name) <= LONGEST_NICKNAME:
        raise NicknameRefused
    return name


def read_age(typed: str) -> int:
    """Return an age from digits of any width, with or without 歳."""
    age = whole_number(typed.strip().rstrip("歳才"), most=OLDEST) if len(typed) <= 20 else None
    if age is None:
        raise AgeRefused
    return age
