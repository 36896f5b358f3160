"""An auditor reads sentences, not codes."""

from __future__ import annotations

import re
from pathlib import Path

from callcenter.admin.trail_words import ACTS

SERVICES = Path(__file__).resolve().parents[3] / "callcenter" / "services"
ABOUT = {act.partition(".")[0] for act in ACTS}
NO_ACT = {"case.hand_over", "role.answered", "staff.role_set"}
"""Kinds of notices."""


def test_every_act_that_goes_into_the_trail_has_words() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in SERVICES.rglob("*.py"))
    acts = {act for act in re.findall(r'"([a-z_]+\.[a-z_.]*[a-z])"', sources) if act.partition(".")[0] in ABOUT}
    assert len(acts) > 80
    assert acts - set(ACTS) - NO_ACT == set()
