"""How failed sign-ins with one login slow down the next, from whatever address they come."""

from __future__ import annotations

from datetime import timedelta

from callcenter.domain.errors import HelplineError

FREE_MISSES = 5
"""Failed sign-ins in a row that cost nothing: fingers slip."""
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=5)
"""288 guesses a day, which finds no password that is none of the common ones; and no stranger keeps the owner out for
longer at a time, with a browser that was never used before. Known browsers and passkeys do not wait at all."""
FORGOTTEN_AFTER = timedelta(days=1)
"""So long after the last failure they are counted from the beginning."""


class SignInDelayed(HelplineError):
    """Raised while no password is checked for a login; the same for one that does not exist."""

    def __init__(self, wait: timedelta) -> None:
        minutes = max(1, -(-int(wait.total_seconds()) // 60))
        super().__init__(
            f"違う入力が続いたため、{minutes}分ほどおいてから、もう一度お試しください。"
            "いつもの機器か、パスキーなら、いますぐログインできます。"
        )


def delay_after(misses: int) -> timedelta:
    """Return how long no password is checked after *misses* failures in a row: nothing at first, then doubling."""
    if misses < FREE_MISSES:
        return timedelta(0)
    return min(LONGEST_DELAY, FIRST_DELAY * (1 << min(misses - FREE_MISSES, 8)))
