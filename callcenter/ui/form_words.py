"""WTForms' messages in Japanese that say what to do next."""

from __future__ import annotations

from callcenter.ui.kit.sent import NoSuchDay

UNREADABLE = "この欄を読みとれませんでした。もう一度、入れてください。"

SAID = {
    "This field is required.": "この欄を入れてください。",
    "Not a valid choice.": "一覧から選んでください。",
    "Invalid Choice: could not coerce.": "一覧から選んでください。",
    "Invalid choice(s): one or more data inputs could not be coerced.": "一覧から選んでください。",
    "'%(value)s' is not a valid choice for this field.": "一覧から選んでください。",
    "'%(value)s' are not valid choices for this field.": "一覧から選んでください。",
    "Field must be at least %(min)d character long.": "%(min)d文字以上で入れてください。",
    "Field must be at least %(min)d characters long.": "%(min)d文字以上で入れてください。",
    "Field cannot be longer than %(max)d character.": "ここに書けるのは%(max)d文字までです。",
    "Field cannot be longer than %(max)d characters.": "ここに書けるのは%(max)d文字までです。",
    "Field must be exactly %(max)d character long.": "%(max)d文字で入れてください。",
    "Field must be exactly %(max)d characters long.": "%(max)d文字で入れてください。",
    "Field must be between %(min)d and %(max)d characters long.": "%(min)d文字から%(max)d文字までで入れてください。",
    "Number must be at least %(min)s.": "%(min)s以上の数を入れてください。",
    "Number must be at most %(max)s.": "%(max)s以下の数を入れてください。",
    "Number must be between %(min)s and %(max)s.": "%(min)sから%(max)sまでの数を入れてください。",
    "Not a valid integer value.": "数字で入れてください。",
    "Not a valid decimal value.": "数字で入れてください。",
    "Not a valid float value.": "数字で入れてください。",
    "Not a valid date value.": NoSuchDay.message,
    "Not a valid time value.": "時刻を、15:00 のように入れてください。",
    "Not a valid datetime value.": "日と時刻を、「2026-12-01 15:00」のように入れてください。",
    "Field must be equal to %(other_name)s.": "2つの欄の文字が違っています。同じものを、もう一度入れてください。",
    "Invalid email address.": "メールアドレスを読みとれませんでした。「name@example.jp」のように入れてください。",
}
"""By the words of WTForms; a test compares them with the release that is installed."""


class OurWords:
    """The translations object that WTForms asks for."""

    def gettext(self, text: str) -> str:
        """Return a message in Japanese; an unknown one in general words, never in English."""
        return SAID.get(text) or (UNREADABLE if text.endswith(".") else text)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)


OUR_WORDS = OurWords()
