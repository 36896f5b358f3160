"""What follows the call at hand: what is planned, and what may be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.domain.duty.presence import CHOSEN, AwayReason, Work, work_after_call
from callcenter.domain.records.record_codes import LIFE_IN_DANGER
from callcenter.models.calls.calls import Presence
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.ui.state_labels import AWAY

AWAY_CHOICES: dict[str, str] = {reason.value: AWAY[reason] for reason in CHOSEN}
"""The reasons a person may choose; the others are set by the line."""

AFTER_CHOICES: dict[str, str] = (
    {"available": "受付に戻る"}
    | {f"away:{value}": f"離れる({label})" for value, label in AWAY_CHOICES.items()}
    | {"offline": "退席する"}
)
"""What a person may choose for after a call and its record."""


@dataclass(frozen=True)
class After:
    """What is planned for after the record."""

    value: str = Work.AVAILABLE.value
    """As the form sends it, such as ``away:care``."""
    words: str = "受付に戻ります"
    mine: bool = True
    """Whether it is still the counsellor's own to decide."""
    breath: bool = False
    """Whether the next call waits until they say that they are ready for it."""


def after(row: Presence | None, staff: Staff, record: Consultation | None) -> After:
    """Return what *staff* does after the call whose *record* is at hand, in words."""
    if row is None:
        return After()
    if staff.changes_soon:
        return After(Work.OFFLINE, "アカウントの変更のため、退席します", mine=False)
    work, reason = work_after_call(row, breath=record is not None and record.risk in LIFE_IN_DANGER)
    if work is Work.OFFLINE:
        return After(Work.OFFLINE, "退席して、ログアウトします" if row.signing_out else "退席します")
    if reason is AwayReason.BREATH:
        return After(words="一息入れてから、受付に戻ります", breath=True)
    return After() if reason is None else After(f"{Work.AWAY}:{reason}", f"離れます({AWAY[reason]})")
