"""Who works here, and what each role may do with what callers told us."""

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


READS_CONTENT = frozenset({Role.COUNSELLOR, Role.SUPERVISOR})
"""Administrators keep the accounts and auditors the trail; neither opens what callers told us."""


class NotAllowed(HelplineError):
    """The role does not reach this far."""

    message = "この操作は、いまの役割ではできません。必要なときは統括に声をかけてください。"


class NotYours(HelplineError):
    """Another counsellor's record."""

    message = "この記録は、ほかの相談員が書いています。直したいときは、担当の相談員か統括に声をかけてください。"


def may_read_content(role: Role) -> bool:
    """Whether *role* may open what callers told us."""
    return role in READS_CONTENT


def may_write_content(role: Role, *, owner: bool) -> bool:
    """Whether *role* may write in a consultation: its own counsellor may, and a supervisor."""
    return role is Role.SUPERVISOR or (role is Role.COUNSELLOR and owner)
