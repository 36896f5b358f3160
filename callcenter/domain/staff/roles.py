"""Who works here; what each role may do is said in ``domain.access.permissions``."""

from __future__ import annotations

from enum import StrEnum

from callcenter.domain.errors import HelplineError


class Role(StrEnum):
    """What a member of staff is trusted with."""

    COUNSELLOR = "counsellor"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Contact(StrEnum):
    """Where a counsellor's calls ring."""

    BROWSER = "browser"
    PHONE = "phone"


class NotAllowed(HelplineError):
    """The role does not reach this far."""

    message = "この操作は、いまの役割ではできません。必要なときは統括に声をかけてください。"


class NotYours(HelplineError):
    """Another counsellor's record."""

    message = "この記録は、ほかの相談員が書いています。直したいときは、担当の相談員か統括に声をかけてください。"
