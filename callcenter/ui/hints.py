"""The key a caller pressed, in words; all that a screen shows of a waiting caller."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.domain.calls.lifecycle import CallerKey

KEYS: dict[CallerKey, str] = {
    CallerKey.SELF: "ご本人",
    CallerKey.FAMILY: "ご家族など",
    CallerKey.HARD_TO_SPEAK: "声を出しにくい方",
}


@dataclass(frozen=True)
class Hint:
    """The pressed key, as shown; never who is calling."""

    words: str
    number: str | None


def hint_of(key: CallerKey | None) -> Hint:
    """Return which key was pressed, in words."""
    return Hint("番号を押さずにお待ちの方", None) if key is None else Hint(KEYS[key], key.value)
