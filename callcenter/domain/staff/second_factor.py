"""Rules of the second factor: who needs one and by when, delays after wrong codes, the form of codes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from callcenter.domain.errors import HelplineError
from callcenter.domain.normalising import normalised

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without look-alikes; a code may be read out and copied by hand."""

LONGEST_TYPED = 64
"""Characters of a code as it is typed, with spaces and hyphens."""

RECOVERY_CODES = 10
RECOVERY_GROUPS, FIRST_PASSWORD_GROUPS = 3, 4
GROUP = 4
"""Letters between two hyphens; three groups are 59 bits."""

FREE_MISSES = 5
"""Wrong codes that cost nothing: fingers slip, and a code runs out while it is typed."""
LONGEST_DELAY = timedelta(minutes=15)
"""Nobody is locked out for good by somebody else's guesses. Three of a million codes are right at a time (one step
of drift to either side): at four guesses an hour, one in a hundred would be in after five weeks, and in the trail."""

FIRST_PASSWORD_DAYS = 7
"""How long a password that somebody else made up opens the door, once."""

MOST_PASSKEYS = 10


class ResetReason(StrEnum):
    """Why an administrator removes a second factor."""

    LOST = "lost"
    REPLACED = "replaced"
    BROKEN = "broken"
    NO_CODES = "no_codes"
    SUSPICION = "suspicion"


class IdentityCheck(StrEnum):
    """How the administrator made sure who is asking."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    CALLED_BACK = "called_back"


class WrongCode(HelplineError):
    """Raised for a code that is neither the app's nor an unused recovery code."""

    message = "この番号ではログインできませんでした。アプリに出ている、いまの6けたの数字を入れてください。"


class CodeUsed(HelplineError):
    """Raised when a right code was used before."""

    message = "この番号は、もう使われています。次の番号が出てから(30秒ほどで変わります)、もう一度入れてください。"


class TooManyMisses(HelplineError):
    """Raised after several wrong codes in a row; *wait* is how long no code is checked."""

    def __init__(self, wait: timedelta) -> None:
        minutes = max(1, -(-int(wait.total_seconds()) // 60))
        super().__init__(
            f"番号の違いが続いたため、{minutes}分ほどおいてから、もう一度お試しください。パスキーなら、いますぐログインできます。"
        )


class LastFactor(HelplineError):
    """Raised when the only second factor would go although one is required."""

    message = "これを外すと、ほかの方法がなくなります。先に、もうひとつの方法を登録してください。"


@dataclass(frozen=True)
class Demand:
    """Whether a second factor is required, and how long a newcomer has to set it up."""

    required: bool = False
    grace: timedelta = timedelta(days=7)


def due(demand: Demand, second_factor_by: datetime | None, *, now: datetime) -> bool:
    """Return whether an account without a second factor may only set one up."""
    return demand.required and second_factor_by is not None and second_factor_by <= now


def delay_after(misses: int) -> timedelta:
    """Return how long to wait after *misses* wrong codes in a row: nothing at first, then doubling."""
    if misses < FREE_MISSES:
        return timedelta(0)
    return min(LONGEST_DELAY, timedelta(minutes=2 ** min(misses - FREE_MISSES, 8)))


def made_up(groups: int = RECOVERY_GROUPS) -> str:
    """Return a new random code, such as ``k7mq-3fzr-w8pn``."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(groups))


def plain(typed: str) -> str:
    """Return a typed code as it is compared: in any width and case, without hyphens and spaces."""
    folded = normalised(typed, most=LONGEST_TYPED).casefold()
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())
