"""For how long an entry of the directory was not checked, in words."""

from __future__ import annotations

from datetime import date

from callcenter.context import ports, settings
from callcenter.domain.calendar.times import local_date
from callcenter.domain.directory.institutions import is_stale

MONTH, YEAR = 30, 365
"""Days, for telling roughly how long ago something was."""
LONG_AGO = 5
"""From so many years on it is all the same."""


def unchecked_for(verified_on: date | None) -> str | None:
    """Return 「最終確認: 5か月前」 where an entry should be checked again; None while it is fresh enough."""
    today = local_date(ports().clock.now())
    if not is_stale(verified_on, today, settings().policy.directory_check_days):
        return None
    return f"最終確認: {_ago((today - verified_on).days)}" if verified_on else "最終確認: 不明"


def _ago(days: int) -> str:
    if days >= LONG_AGO * YEAR:
        return f"{LONG_AGO}年以上前"
    if days >= YEAR:
        return f"{days // YEAR}年前"
    return f"{days // MONTH}か月前" if days >= MONTH else f"{days}日前"
