"""What the console calls things: keys pressed, people, reasons. Decided here once, for every part of the screen."""

from __future__ import annotations

from callcenter.domain.calls import Key
from callcenter.domain.consultations import Channel, Relation
from callcenter.domain.presence import AwayReason
from callcenter.ui.tones import AWAY

KEYS: dict[Key, str] = {
    Key.SELF: "ご本人",
    Key.FAMILY: "ご家族など",
    Key.HARD_TO_SPEAK: "声を出しにくい方",
}
"""A key is only a hint: it says what was pressed, never who is calling."""

HONORIFICS = ("さん", "ちゃん", "くん", "君", "様", "さま", "の母", "の父", "の兄", "の姉", "の妹", "の弟")

NO_KEY = "キーは押していません"

AWAY_CHOICES: dict[str, str] = {
    reason.value: AWAY[reason] for reason in AwayReason if reason not in {AwayReason.MISSED, AwayReason.UNREACHABLE}
}
"""The reasons a person may choose; the other two are set by the line."""

CHANNEL_ICONS: dict[str, str] = {Channel.PHONE: "phone", Channel.MAIL: "pen", Channel.VISIT: "house"}


def key_words(key: Key | str | None) -> str:
    """Say which key was pressed, as a hint."""
    return KEYS[Key(key)] if key in set(Key) else NO_KEY


def person_words(nickname: str, relation: str) -> str:
    """Name a person as 「ミナトさん・本人」; a name that says the relation itself, 「ミナトの母」, is left alone."""
    label = Relation(relation).label
    if relation == Relation.UNKNOWN:
        return called(nickname)
    return nickname if nickname.endswith(label) else f"{called(nickname)}・{label}"


def called(nickname: str) -> str:
    """Add さん to a nickname that has no honorific of its own and is no 「ミナトの母」."""
    return nickname if nickname.endswith(HONORIFICS) else f"{nickname}さん"
