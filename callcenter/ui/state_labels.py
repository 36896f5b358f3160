"""How every state is shown: label, tone and symbol, decided here once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.staff.roles import Role
from callcenter.domain.talks.supervision import Mode


@dataclass(frozen=True)
class StateLabel:
    """A state in words, with a tone of the stylesheet and a symbol of the icon sheet."""

    label: str
    tone: str
    icon: str
    solid: bool = False


TONES: dict[type[StrEnum], dict[str, StateLabel]] = {
    CallState: {
        CallState.WAITING: StateLabel("待っています", "calm", "wait"),
        CallState.CLAIMED: StateLabel("つないでいます", "calm", "ring"),
        CallState.CONNECTING: StateLabel("つないでいます", "calm", "ring"),
        CallState.TALKING: StateLabel("通話中", "accent", "dot", solid=True),
        CallState.ENDED: StateLabel("終わりました", "quiet", "check"),
    },
    Work: {
        Work.OFFLINE: StateLabel("退席中", "quiet", "moon"),
        Work.AVAILABLE: StateLabel("受付中", "accent", "check"),
        Work.OFFERED: StateLabel("呼び出し中", "calm", "ring"),
        Work.CONNECTING: StateLabel("つないでいます", "calm", "ring"),
        Work.ON_CALL: StateLabel("通話中", "accent", "dot", solid=True),
        Work.WRAP_UP: StateLabel("記録の時間", "warn", "square", solid=True),
        Work.AWAY: StateLabel("離席", "quiet", "moon"),
    },
    OfferState: {
        OfferState.PENDING: StateLabel("呼び出します", "calm", "ring"),
        OfferState.RINGING: StateLabel("呼び出し中", "calm", "ring"),
        OfferState.SCREENING: StateLabel("確かめています", "calm", "ring"),
        OfferState.CLAIMED: StateLabel("つないでいます", "calm", "ring"),
        OfferState.JOINED: StateLabel("通話中", "accent", "dot", solid=True),
        OfferState.LEFT: StateLabel("終わりました", "quiet", "check"),
        OfferState.MISSED: StateLabel("出られませんでした", "warn", "triangle"),
        OfferState.DECLINED: StateLabel("見送りました", "quiet", "close"),
        OfferState.CANCELLED: StateLabel("取り消されました", "quiet", "close"),
        OfferState.LOST: StateLabel("途切れました", "warn", "triangle"),
    },
    Mode: {
        Mode.LISTEN: StateLabel("聴いています", "calm", "mic-off"),
        Mode.WHISPER: StateLabel("相談員だけに話しています", "warm", "voice"),
        Mode.BARGE: StateLabel("いっしょに話しています", "accent", "mic"),
    },
    CallOutcome: {
        CallOutcome.COMPLETED: StateLabel("お話しした", "accent", "check"),
        CallOutcome.ABANDONED_GREETING: StateLabel("途中切断(案内中)", "quiet", "close"),
        CallOutcome.ABANDONED_QUEUE: StateLabel("途中切断(待ち)", "quiet", "close"),
        CallOutcome.CLOSED_BEFORE: StateLabel("受付時間外", "quiet", "moon"),
        CallOutcome.CLOSED_OUT: StateLabel("受付終了までつなげず", "warn", "triangle"),
        CallOutcome.OVERFLOW: StateLabel("つなげず(混雑)", "warn", "triangle"),
        CallOutcome.BLOCKED: StateLabel("お断り", "quiet", "close"),
        CallOutcome.FAILED: StateLabel("不具合", "danger", "alert"),
    },
}
"""By kind first: the words of different kinds (``connecting``) are equal as text."""

AWAY: dict[AwayReason, str] = {
    AwayReason.BREAK: "休憩",
    AwayReason.CARE: "ケア",
    AwayReason.MEETING: "会議",
    AwayReason.VISIT: "訪問",
    AwayReason.MAIL: "メール対応",
    AwayReason.MISSED: "呼び出しに出られず",
    AwayReason.UNREACHABLE: "電話につながらず",
    AwayReason.BREATH: "一息",
}

ROLES: dict[Role, str] = {
    Role.COUNSELLOR: "相談員",
    Role.SUPERVISOR: "統括",
    Role.ADMINISTRATOR: "管理者",
    Role.AUDITOR: "監査",
}


def state_label(state: StrEnum) -> StateLabel:
    """Return how *state* is shown; one without a tone is a ``KeyError``, seen in the tests."""
    return TONES[type(state)][state]
