"""What every page asks: who I am, whether a script wants a part of it, and the error for a choice nobody offered."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session

from callcenter.domain.errors import HelplineError
from callcenter.models.staff.accounts import Staff
from callcenter.ui.access import me


class UnknownChoice(HelplineError):
    """A form sends a value that its page does not offer."""

    message = "この画面は古くなっています。ページを読みこみ直してください。"


def myself(session: Session) -> Staff:
    """Return the account behind this request."""
    return session.get_one(Staff, me().staff_id)


def from_script() -> bool:
    """Whether a script of ours asks, which wants a part of the page, rather than a plain form."""
    return request.accept_mimetypes.best == "application/json"
