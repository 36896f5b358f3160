"""The states of a case, why it is closed, and how it changes hands."""

from __future__ import annotations

from enum import StrEnum

from callcenter.domain.codes import Code


class CaseState(StrEnum):
    """Whether a case is open; a closed case is found like any other."""

    OPEN = "open"
    CLOSED = "closed"


class CloseReason(Code):
    """Why a case was closed."""

    SETTLED = "settled", "ひと区切りついた"
    REFERRED = "referred", "ほかの機関につながった"
    WISHED = "wished", "ご本人・ご家族の希望"
    QUIET = "quiet", "しばらく連絡がない"
    OUTSIDE = "outside", "対象ではなくなった(転居など)"
    DUPLICATE = "duplicate", "ほかのケースにまとめた"
    OTHER = "other", "その他"


class HandoverState(StrEnum):
    """How far a hand-over is; a case changes hands only when it is accepted."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
