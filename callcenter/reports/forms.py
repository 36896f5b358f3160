"""The forms of the supervisors' pages; the rules are in the services."""

from __future__ import annotations

from wtforms import StringField, TextAreaField

from callcenter.domain.access.break_glass import LONGEST, ReasonTooLong, ReviewVerdict
from callcenter.domain.misuse.flags import BLOCK_DAYS, Appeal, Misuse, NoDecision, NothingChosen
from callcenter.ui.forms import AtMost, ChoiceField, Form, NumberField


class NumberForm(Form):
    """Why a caller's number must be seen."""

    reason = TextAreaField(
        "見る理由",
        [AtMost(LONGEST, ReasonTooLong.message)],
        description="この1回の表示のために書きます。だれが、いつ、なぜ見たかが残ります。",
    )


class ReviewForm(Form):
    """The verdict on an opening with a reason."""

    verdict = ChoiceField("確認の結果", ReviewVerdict)
    note = StringField("ひとこと", [AtMost(LONGEST, f"ひとことは{LONGEST}文字までにしてください。")])


class BlockForm(Form):
    """Why a number is blocked, and for how many days."""

    reason = ChoiceField("理由", Misuse, refusal=NothingChosen.message)
    days = NumberField("期間", default=BLOCK_DAYS)


class AppealForm(Form):
    """The decision about an objection to a block."""

    decision = ChoiceField("どうしましたか", Appeal, blank="選んでください", refusal=NoDecision.message)
