"""受付番号: what a member sees after sending, and the key of the form by which a message is sent once only."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from datetime import date

from callcenter.domain.members.user_numbers import ALPHABET

SIGNS = 5
_FORM_KEY = re.compile(r"[A-Za-z0-9_-]{22,64}")

Choice = Callable[[Sequence[str]], str]


def new_receipt(day: date, choice: Choice = secrets.choice) -> str:
    """Return a 受付番号: month and day of sending, then random signs without look-alikes, such as ``1126-K7M2Q``."""
    return f"{day:%m%d}-{''.join(choice(ALPHABET) for _ in range(SIGNS))}"


def new_form_key() -> str:
    """Return the key of a form that is drawn for the first time."""
    return secrets.token_urlsafe(24)


def is_form_key(typed: str) -> bool:
    """Return whether *typed* can be the key of a form of ours."""
    return _FORM_KEY.fullmatch(typed) is not None
