"""The forms about records, cases and people: their questions, answers and lengths. The rules stay with the services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError

from callcenter.casefile.words import Options
from callcenter.domain.access.break_glass import LONGEST, ReasonTooLong
from callcenter.domain.calendar.times import in_japan, local_date
from callcenter.domain.cases.continuity import LONGEST_NOTE, NoteTooLong, Wish
from callcenter.domain.cases.linking import MergeKind
from callcenter.domain.cases.states import CloseReason
from callcenter.domain.cases.wall import Part
from callcenter.domain.keeping.disclosure import Mark, Piece
from callcenter.domain.names import nicknames as spelling
from callcenter.domain.records.entering import EnteredWhy, WrongMoment, contact_moment
from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import case_handovers
from callcenter.services.cases.casework import LONGEST_TEXT
from callcenter.services.names.nicknames import NicknameTooLong
from callcenter.services.records.drafts import Contact
from callcenter.ui.forms import (
    AtMost,
    ChoiceField,
    ClockField,
    DayField,
    Form,
    ListField,
    ManyChoicesField,
    RadioChoiceField,
)
from callcenter.ui.kit.sent import UnknownChoice

CHOOSE = "選んでください"
LONGEST_LINE = 400
NEVER = "none"
OPEN_DAYS = {"1": 1, "3": 3, "5": 5, "10": 10, "20": 20}
"""Buttons that choose the day of a follow-up, in open days."""
WHICH_DAY = "お話があった日を入れてください。例 2026-11-26"
UNREADABLE = "日付を読みとれませんでした。2026-11-30 のように入れるか、下のボタンで選んでください。"
NAME_FIRST = "先に、呼び名を入れてください。ひらがなだけでも大丈夫です。"
WHICH_CLOCK = "お話がはじまった時刻を入れてください。おおよそで大丈夫です。例 14:05"


# ------------------------------------------------------------------ records


class AfterwardsForm(Form):
    """A contact that is over: channel, day and time, with whom of us, and why only now."""

    channel = RadioChoiceField("受けた方法", Channel, refusal="受けた方法を選んでください。")
    why = RadioChoiceField("あとから書く理由", EnteredWhy, refusal="あとから書く理由を選んでください。")
    on = DayField("お話があった日", [InputRequired(WHICH_DAY)], invalid_value_message=WHICH_DAY)
    at = ClockField(
        "はじまった時刻",
        [InputRequired(WHICH_CLOCK)],
        invalid_value_message=WHICH_CLOCK,
        description="おおよそで大丈夫です。",
    )
    who = ListField("応対した人")

    @classmethod
    def at_present(cls, now: datetime) -> AfterwardsForm:
        """Return the form as it is first shown."""
        return cls(formdata=None, on=local_date(now), at=in_japan(now).time())

    def contact(self, by: Staff, now: datetime) -> Contact | None:
        """Return the contact, *by*'s own unless another is named; None if something is to be mended."""
        if not self.validate():
            return None
        try:
            moment = contact_moment(self.on.data, self.at.data, now=now)
        except WrongMoment as wrong:
            self.refuse(wrong)
            return None
        return Contact(self.channel.data, moment, self.who.data or by.id, self.why.data)


class RescueForm(Form):
    """Who goes on with a draft that was left behind."""

    to = ListField("渡す相手")

    @classmethod
    def among(cls, writers: Iterable[Staff], by: Staff) -> RescueForm:
        """Return the form with everybody who may go on with it, *by* first chosen."""
        form = cls(formdata=None, to=by.id)
        form.to.listed = tuple((one.id, f"{one.name}(わたし)" if one.id == by.id else one.name) for one in writers)
        return form


# ------------------------------------------------------------------ cases


def _unless_a_button_says(form: Any, field: Any) -> None:
    """Leave the day alone where a button said when."""
    if form.when.data in (*OPEN_DAYS, NEVER):
        field.errors = []
        raise StopValidation


class FollowUpForm(Form):
    """When a case is looked at again: in some open days, on a day, or never."""

    when = StringField()
    day = DayField(
        "日を選ぶ",
        [_unless_a_button_says, InputRequired(UNREADABLE)],
        invalid_value_message=UNREADABLE,
        id="follow_up_on",
    )


class HandOverForm(Form):
    """Who is asked to take a case, and what they read first."""

    to = ListField("引きつぐ相手", blank=CHOOSE)
    note = TextAreaField(
        "申し送り",
        [AtMost(case_handovers.LONGEST_NOTE, case_handovers.NoteTooLong.message)],
        description="次の担当が、はじめに読む文です。相手が受けるまで、担当は変わりません。",
    )


class DeclineForm(Form):
    """Why somebody does not take a case."""

    answer = StringField("ひとこと", [AtMost(LONGEST_LINE)])


class CloseForm(Form):
    """Why a case ends."""

    reason = ChoiceField("理由", CloseReason, blank=CHOOSE, refusal="終了する理由を選んでください。")
    close_note = TextAreaField("ひとこと", [AtMost(LONGEST_TEXT)])


class ReopenForm(Form):
    """Why a case that had ended goes on."""

    reopen_note = StringField("もう一度開く理由", [AtMost(LONGEST_LINE)])


class BreakGlassForm(Form):
    """Why somebody must see what is not theirs."""

    reason = TextAreaField(
        "開く理由",
        [AtMost(LONGEST, ReasonTooLong.message)],
        description="例:担当が休みの日に、続きの相談の電話があった。",
    )


class DisclosureForm(Form):
    """What of a case is handed out and why; ``over`` adds a question for each of its parts."""

    phrases = TextAreaField(
        "文の中で伏せる言葉",
        [AtMost(LONGEST_TEXT)],
        description="1行に1つ、2文字から。ほかの人の名前や、店や学校の名前などを、全部の文で「■■■」にします。",
    )
    reason = StringField(
        "開示の理由",
        [AtMost(LONGEST_LINE)],
        description="請求の日や番号など。監査記録には文は残らず、この記録といっしょに保管します。",
    )

    @classmethod
    def over(cls, pieces: Iterable[Piece]) -> DisclosureForm:
        """Return the form over the parts of a case; a part nobody decided about gets what is proposed for it."""
        marks = {f"mark-{one.id}": RadioChoiceField(one.label, Mark, default=one.mark) for one in pieces}
        form: DisclosureForm = type(cls.__name__, (cls,), marks)()
        return form

    @property
    def marks(self) -> dict[str, Mark]:
        """Return the decided marks, by part."""
        fields: Iterable[Any] = self
        return {one.name.removeprefix("mark-"): one.data for one in fields if one.name.startswith("mark-")}


# ------------------------------------------------------------------ people


class NameForm(Form):
    """A name somebody is found by: a new one, or one that is corrected or no longer used."""

    name = StringField()
    name_text = StringField("呼び名", [AtMost(spelling.LONGEST, NicknameTooLong.message)], id="names")
    name_reading = StringField("読み", [AtMost(spelling.LONGEST, NicknameTooLong.message)], id="names")


class AddressForm(Form):
    """How to address somebody."""

    how_to_address = StringField("お呼びの仕方", [AtMost(LONGEST_NOTE, NoteTooLong.message)])


class WishForm(Form):
    """What somebody wishes, and their own words for it."""

    wish = ChoiceField("希望", Wish, refusal=UnknownChoice.message)
    wish_note = StringField("ご本人の言葉で", [AtMost(LONGEST_NOTE, NoteTooLong.message)])


class PromiseForm(Form):
    """What was promised to somebody, until when and by whom."""

    promise = StringField("約束したこと", [AtMost(LONGEST_NOTE, NoteTooLong.message)])
    due_on = DayField("いつまで", [Optional()])
    owner = ListField("する人")


class UsualForm(Form):
    """Who usually talks with somebody."""

    usual = ListField("いつもの担当", blank="記録から自動で")


class WallForm(Form):
    """Why what others of the family said must be read."""

    reason = StringField("開く理由", [AtMost(LONGEST_NOTE, NoteTooLong.message)])


class ShareForm(Form):
    """What of a consultation may be told in the family."""

    consultation = StringField()
    part = ManyChoicesField("ご本人が、ご家族に伝えてよいと言ったこと", Part)

    def validate_part(self, field: Any) -> None:
        if len(field.data or ()) != len(set(field.raw_data or ())):
            raise ValidationError(UnknownChoice.message)


class MergeForm(Form):
    """The other entry of a person or family, and which of the two it is."""

    other = StringField()
    kind = ChoiceField("", {one: one.value for one in MergeKind}, refusal=UnknownChoice.message)


class UnmergeForm(Form):
    """Which merge is undone, and the records of since then that go back."""

    merge = StringField()
    back = SelectMultipleField(choices=[], validate_choice=False)


class ConfirmForm(Form):
    """Who was recognised, and that they agree to records of several channels standing together."""

    person = StringField()
    consent = BooleanField()


class NewCaseForm(Form):
    """Somebody who is new: their name, what they are to the person concerned, and whose family they are."""

    nickname_heard = StringField("呼び名", [AtMost(spelling.LONGEST, NicknameTooLong.message)])
    new_relation = ChoiceField(
        "続柄・立場", Relation, default=Relation.UNKNOWN, needed=False, refusal=UnknownChoice.message
    )
    family_of = StringField()

    def validate_nickname_heard(self, field: Any) -> None:
        if not (field.data or "").strip():
            raise ValidationError(NAME_FIRST)


# ------------------------------------------------------------------ several on one page


def by_class(usual: Iterable[Form], sent: Form | None, listed: Options = ()) -> dict[str, Form]:
    """Return the forms of a page by the names of their classes; the one that was *sent* keeps what was typed.

    *listed* is what their lists of people offer.
    """
    found = {type(form).__name__: form for form in (*usual, *([] if sent is None else [sent]))}
    for form in found.values():
        fields: Iterable[Any] = form
        for field in fields:
            if isinstance(field, ListField):
                field.listed = listed
    return found


def people(staff: Iterable[Staff]) -> Options:
    """Return members of staff as a list offers them."""
    return tuple((one.id, one.name) for one in staff)
