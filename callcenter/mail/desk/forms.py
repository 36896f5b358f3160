"""The forms of the mail desk beside the reply itself."""

from __future__ import annotations

from wtforms import StringField, TextAreaField

from callcenter.domain.members.joining import ConsentMissing, JoinConsent
from callcenter.domain.members.replies import LONGEST_REMARK, RemarkTooLong
from callcenter.domain.names import nicknames as spelling
from callcenter.services.names.nicknames import NicknameTooLong
from callcenter.ui.forms import AtMost, Form, RadioChoiceField


class RemarkForm(Form):
    """What a supervisor would like changed in a reply."""

    remark = TextAreaField(
        "直してほしいところ",
        [AtMost(LONGEST_REMARK, RemarkTooLong.message)],
        description="書いた人が、返事の上で読みます。利用者には見えません。",
    )


class FindForm(Form):
    """The name by which a person of a case is looked for."""

    nickname_heard = StringField(
        "呼び名",
        [AtMost(spelling.LONGEST, NicknameTooLong.message)],
        description="ひらがなでも、一部だけでも探せます。",
    )


class JoinForm(Form):
    """Who the member is among the people of the cases, and how they agreed."""

    person = StringField()
    consent = RadioChoiceField("ご本人の同意", JoinConsent, refusal=ConsentMissing.message)
