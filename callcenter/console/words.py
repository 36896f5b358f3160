"""What the console calls things: people, channels, reasons. Decided here once, for every part of the screen."""

from __future__ import annotations

from callcenter.domain.duty.presence import CHOSEN
from callcenter.domain.records.consultations import Channel, Relation
from callcenter.ui.tones import AWAY

HONORIFICS = ("さん", "ちゃん", "くん", "君", "様", "さま", "の母", "の父", "の兄", "の姉", "の妹", "の弟")

AWAY_CHOICES: dict[str, str] = {reason.value: AWAY[reason] for reason in CHOSEN}
"""The reasons a person may choose; the other two are set by the line."""

AFTER_CHOICES: dict[str, str] = (
    {"available": "受付にもどる"}
    | {f"away:{value}": f"離れる({label})" for value, label in AWAY_CHOICES.items()}
    | {"offline": "今日は終わる"}
)
"""What a person may choose for after a call and its record."""

CHANNEL_ICONS: dict[str, str] = {
    Channel.PHONE: "phone",
    Channel.MAIL: "pen",
    Channel.VISIT: "house",
    Channel.WINDOW: "person",
}


def person_words(nickname: str, relation: str) -> str:
    """Name a person as 「ミナトさん・本人」; a name that says the relation itself, 「ミナトの母」, is left alone."""
    label = Relation(relation).label
    if relation == Relation.UNKNOWN:
        return called(nickname)
    return nickname if nickname.endswith(label) else f"{called(nickname)}・{label}"


def called(nickname: str) -> str:
    """Add さん to a nickname that has no honorific of its own and is no 「ミナトの母」."""
    return nickname if nickname.endswith(HONORIFICS) else f"{nickname}さん"
