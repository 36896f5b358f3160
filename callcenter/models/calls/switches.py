"""Settings of the line that supervisors switch while it runs, and the alarm that is on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Moment


class LineSettings(Base):
    """The one row of these settings; it comes with the schema."""

    __tablename__ = "line_settings"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    supervisors_take: Mapped[bool] = mapped_column(default=False)
    """New calls are offered to supervisors before anybody else."""
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    unattended_since: Mapped[datetime | None] = mapped_column(Moment)
    """Since when callers have met a line at which nobody can come to them; None while somebody can."""
