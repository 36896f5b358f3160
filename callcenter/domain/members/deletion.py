"""Why a member is deleted, with everything that was written."""

from __future__ import annotations

from callcenter.domain.codes import Code


class Why(Code):
    """Why a member is deleted."""

    WITHDREW = "withdrew", "ご本人が登録を消した"
    ASKED = "asked", "ご本人の求めで、窓口が消した"
    INACTIVE = "inactive", "2年間ご相談がない"
