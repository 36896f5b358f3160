"""The public reason of a special day, which is spoken inside a sentence."""

from __future__ import annotations

import re

from callcenter.domain.announcements.speech import LONGEST_FACT, speakable
from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import plain

_TAIL = re.compile(r"(のため|により|によって|で|。|、)+$")


class UnspeakableReason(HelplineError):
    """Raised when a reason cannot be spoken as it was typed."""

    message = "理由を入れてください。電話とページで、そのままお伝えします。"
    field = "reason"


def public_reason(typed: str) -> str:
    """Return *typed* as it will be spoken before 「で、今日の受付を」; ``UnspeakableReason`` says what to change."""
    text = " ".join(plain(typed).split())
    if not text:
        raise UnspeakableReason
    kept = _TAIL.sub("", text)
    if not kept:
        raise UnspeakableReason
    if len(kept) > LONGEST_FACT:
        raise UnspeakableReason(f"理由が少し長いようです。{LONGEST_FACT}文字までで、短くお書きください。")
    odd = sorted({sign for sign in kept if not (sign.isalnum() or sign in "、ー")})
    if odd or speakable(kept) != kept:
        signs = "".join(odd).strip() or "空白"
        raise UnspeakableReason(f"「{signs}」は、電話の声で読めません。文字と数字だけで書いてください。")
    return kept
