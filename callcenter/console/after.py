"""What comes after the call at hand, as the screen says it."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.domain.duty.presence import Work, work_after_call
from callcenter.models.calls.calls import Presence
from callcenter.models.staff.accounts import Staff
from callcenter.ui.tones import AWAY


@dataclass(frozen=True)
class After:
    """What is planned for after the record."""

    value: str = Work.AVAILABLE.value
    """As the form sends it, such as ``away:care``."""
    words: str = "受付にもどります"
    mine: bool = True
    """Whether it is still the counsellor's own to decide."""


def after(row: Presence | None, staff: Staff) -> After:
    """Say what *staff* does after the call."""
    if row is None:
        return After()
    if staff.changes_soon:
        return After(Work.OFFLINE, "アカウントの変更のため、受付を終えます", mine=False)
    work, reason = work_after_call(row)
    if work is Work.OFFLINE:
        return After(Work.OFFLINE, "受付を終えて、ログアウトします" if row.signing_out else "今日は終わります")
    return After() if reason is None else After(f"{Work.AWAY}:{reason}", f"離れます({AWAY[reason]})")
