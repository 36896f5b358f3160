"""The words of a case: its state, why it is closed, and how it changes hands."""

from __future__ import annotations

from enum import StrEnum

from callcenter.domain.codes import Code


class CaseState(StrEnum):
    """Closing is soft: a closed case is found again like any other."""

    OPEN = "open"
    CLOSED = "closed"


class CloseReason(Code):
    """Why nobody expects this case to go on."""

    SETTLED = "settled", "ひと区切りついた"
    REFERRED = "referred", "ほかの機関につながった"
    WISHED = "wished", "ご本人・ご家族の希望"
    QUIET = "quiet", "しばらく連絡がない"
    OUTSIDE = "outside", "対象ではなくなった(転居など)"
    DUPLICATE = "duplicate", "ほかのケースにまとめた"
    OTHER = "other", "そのほか"


class HandoverState(StrEnum):
    """A case changes hands only when the one who is asked says yes."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
