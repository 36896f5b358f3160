"""The forms of the telephone desk: their questions, answers and lengths. The rules stay with the services."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, TextAreaField

from callcenter.domain.misuse.flags import FLAG_DAYS, WORDS_AT_MOST, Misuse, NothingChosen, WordsTooLong
from callcenter.ui.forms import AtMost, Form, NumberField, RadioChoiceField


class IncidentForm(Form):
    """What happened when the line was misused, and whether the number is marked, for how many days."""

    misuse_key = HiddenField()
    misuse_kind = RadioChoiceField("どんなことがありましたか", Misuse, refusal=NothingChosen.message)
    misuse_words = TextAreaField(
        "言われた言葉、あったこと",
        [AtMost(WORDS_AT_MOST, WordsTooLong.message)],
        description="できるだけ、そのままの言葉で。統括だけが開けます。書きたくないときは、空のままで大丈夫です。",
    )
    misuse_flag = BooleanField("この番号に、注意の印をつける")
    misuse_days = NumberField("期間", default=FLAG_DAYS)
