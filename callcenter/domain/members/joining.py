"""Joining a member to a person of a case: only when they agreed, and how they did."""

from __future__ import annotations

from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError


class JoinConsent(Code):
    """同意の受け方: how a member agreed that their mail stands beside their other consultations."""

    WRITTEN = "written", "メールに、そう書いてあった"
    SPOKEN = "spoken", "電話や訪問のときに、ご本人から聞いた"


class ConsentMissing(HelplineError):
    """Raised when somebody would be joined without saying how they agreed."""

    message = "ご本人の同意をどう受けたかを選んでください。同意がないときは、つながないでおきます。"
    field = "consent"


class JoinedAlready(HelplineError):
    """Raised when a member is joined to somebody else already."""

    message = "この方は、ほかの方の記録につないであります。つなぎ直すときは、先に「つながりを外す」を押してください。"
