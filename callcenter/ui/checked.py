"""For how long an entry of the directory was not checked, in words."""

from __future__ import annotations

from datetime import date

from callcenter.context import ports, settings
from callcenter.domain.calendar.times import local_date
from callcenter.domain.directory.institutions import is_stale


def unchecked_for(verified_on: date | None) -> str | None:
    """Return 「確認から120日」 where an entry should be checked again; None while it is fresh enough."""
    today = local_date(ports().clock.now())
    if not is_stale(verified_on, today, settings().policy.directory_check_days):
        return None
    return f"確認から{(today - verified_on).days:,}日" if verified_on else "確認した日がわかりません"
