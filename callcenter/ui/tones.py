"""How every state is shown: label, tone and symbol, decided here once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.staff.roles import Role
from callcenter.domain.talks.supervision import Mode


@dataclass(frozen=True)
class Tone:
    """A state in words, with a tone of the stylesheet and a symbol of the icon sheet."""

    label: str
    tone: str
    icon: str
    solid: bool = False


TONES: dict[type[StrEnum], dict[str, Tone]] = {
    CallState: {
        CallState.WAITING: Tone("待っています", "calm", "wait"),
        CallState.CLAIMED: Tone("つないでいます", "calm", "ring"),
        CallState.CONNECTING: Tone("つないでいます", "calm", "ring"),
        CallState.TALKING: Tone("通話中", "accent", "dot", solid=True),
        CallState.ENDED: Tone("終わりました", "quiet", "check"),
    },
    Work: {
        Work.OFFLINE: Tone("受け付けていません", "quiet", "moon"),
        Work.AVAILABLE: Tone("受けられます", "accent", "check"),
        Work.OFFERED: Tone("呼び出し中", "calm", "ring"),
        Work.CONNECTING: Tone("つないでいます", "calm", "ring"),
        Work.ON_CALL: Tone("通話中", "accent", "dot", solid=True),
        Work.WRAP_UP: Tone("後処理", "warn", "square", solid=True),
        Work.AWAY: Tone("離席", "quiet", "moon"),
    },
    OfferState: {
        OfferState.PENDING: Tone("呼び出します", "calm", "ring"),
        OfferState.RINGING: Tone("呼び出し中", "calm", "ring"),
        OfferState.SCREENING: Tone("確かめています", "calm", "ring"),
        OfferState.CLAIMED: Tone("つないでいます", "calm", "ring"),
        OfferState.JOINED: Tone("通話中", "accent", "dot", solid=True),
        OfferState.LEFT: Tone("終わりました", "quiet", "check"),
        OfferState.MISSED: Tone("出られませんでした", "warn", "triangle"),
        OfferState.DECLINED: Tone("見送りました", "quiet", "close"),
        OfferState.CANCELLED: Tone("取り消されました", "quiet", "close"),
        OfferState.LOST: Tone("途切れました", "warn", "triangle"),
    },
    Mode: {
        Mode.LISTEN: Tone("聴いています", "calm", "mic-off"),
        Mode.WHISPER: Tone("相談員だけに話しています", "warm", "voice"),
        Mode.BARGE: Tone("いっしょに話しています", "accent", "mic"),
    },
    CallOutcome: {
        CallOutcome.COMPLETED: Tone("お話しした", "accent", "check"),
        CallOutcome.ABANDONED_GREETING: Tone("途中切断(案内中)", "quiet", "close"),
        CallOutcome.ABANDONED_QUEUE: Tone("途中切断(待ち)", "quiet", "close"),
        CallOutcome.CLOSED_BEFORE: Tone("受付時間外", "quiet", "moon"),
        CallOutcome.CLOSED_OUT: Tone("受付終了までつなげず", "warn", "triangle"),
        CallOutcome.OVERFLOW: Tone("つなげず(混雑)", "warn", "triangle"),
        CallOutcome.BLOCKED: Tone("お断り", "quiet", "close"),
        CallOutcome.FAILED: Tone("不具合", "danger", "alert"),
    },
}
"""By kind first: the words of different kinds (``connecting``) are equal as text."""

AWAY: dict[AwayReason, str] = {
    AwayReason.BREAK: "休けい",
    AwayReason.CARE: "ケア",
    AwayReason.MEETING: "会議",
    AwayReason.VISIT: "訪問",
    AwayReason.MAIL: "メール対応",
    AwayReason.MISSED: "呼び出しに出られず",
    AwayReason.UNREACHABLE: "電話につながらず",
}

ROLES: dict[Role, str] = {
    Role.COUNSELLOR: "相談員",
    Role.SUPERVISOR: "統括",
    Role.ADMINISTRATOR: "管理者",
    Role.AUDITOR: "監査",
}


def tone_of(state: StrEnum) -> Tone:
    """Return how *state* is shown; one without a tone is a ``KeyError``, seen in the tests."""
    return TONES[type(state)][state]
