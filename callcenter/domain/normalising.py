"""Unicode normalisation, of texts of a bounded length only.

Putting combining marks into order takes time in the square of their number and lets no other thread work meanwhile:
a hundred thousand of them would hold a process for many seconds. No other module may call ``unicodedata.normalize``.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from callcenter.domain.errors import HelplineError

LONGEST = 4_000
"""Characters; a directory entry with all its words is the longest text that is ever compared."""


class TextTooLong(HelplineError):
    """Raised when a text is longer than anything that is compared."""

    message = "文字が多すぎて、読みとれませんでした。短くして、もう一度お試しください。"


def normalised(text: str, form: Literal["NFC", "NFD", "NFKC"] = "NFKC", *, most: int = LONGEST) -> str:
    """Return *text* in a normal form; ``TextTooLong`` beyond *most* characters, before anything looks at them."""
    if len(text) > most:
        raise TextTooLong
    return unicodedata.normalize(form, text)
