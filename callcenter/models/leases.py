"""The columns of a row that one process at a time works on; ``services.delivery.leases`` takes and releases it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.columns import Moment


class Leased:
    """A row that can be leased: by which token and until when; both are None while it is free."""

    lease: Mapped[str | None] = mapped_column(String(32))
    """A token that only its holder knows, made up each time the row is taken."""
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
