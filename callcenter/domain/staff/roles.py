"""Roles of staff and where their calls ring; what a role may do is in ``domain.access.permissions``."""

from __future__ import annotations

from enum import StrEnum

from callcenter.domain.errors import HelplineError


class Role(StrEnum):
    """The role of a member of staff."""

    COUNSELLOR = "counsellor"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class RoleAnswer(StrEnum):
    """What came of a role that waited for a second person."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class Contact(StrEnum):
    """Where a counsellor's calls ring: browser or telephone."""

    BROWSER = "browser"
    PHONE = "phone"


class NotAllowed(HelplineError):
    """Raised when the role may not do it."""

    message = "この操作は、いまの役割ではできません。必要なときは統括に声をかけてください。"


class NotYours(HelplineError):
    """Raised for another counsellor's record."""

    message = "この記録は、ほかの相談員が書いています。直したいときは、担当の相談員か統括に声をかけてください。"
