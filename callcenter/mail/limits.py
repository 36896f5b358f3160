"""How often the members' public forms may be posted; whoever is refused has posted the same as anybody."""

from __future__ import annotations

import hashlib

from flask import request

from callcenter.domain.members import addresses
from callcenter.mail.forms import LONGEST_NUMBER
from callcenter.services.members.accounts import signing_in
from callcenter.ui.staff.signin import network

SIGN_IN = "60 per 10 minutes"
ONE_NUMBER = "10 per 10 minutes"
ASK = "10 per hour"
"""Asking for the number or a new password, from one place."""
ONE_MAILBOX = "3 per hour"
"""The same for one address or number, from wherever."""
REGISTER = "10 per hour"
"""Registrations from one place; a household and a library share one."""


def is_confirmed() -> bool:
    """Return whether the registration form was sent for good, not to be looked at once more."""
    return request.form.get("step") == "register"


def number_from_here() -> str:
    """Return a digest of the number that is tried from this place."""
    return _digest(f"{network()} {_number()}")


def the_number() -> str:
    """Return a digest of the number that was typed, wherever; what can be none counts for its place alone."""
    return _digest(_number() or network())


def the_address() -> str:
    """Return a digest of the address that was typed, wherever."""
    return _digest(request.form.get("address", "")[: addresses.LONGEST].strip().lower())


def _number() -> str:
    return signing_in.read_number(request.form.get("number", "")[:LONGEST_NUMBER])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
