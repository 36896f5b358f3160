"""An auditor reads sentences, not codes."""

from __future__ import annotations

import re
from pathlib import Path

from callcenter.admin.trail_words import ACTS

SERVICES = Path(__file__).resolve().parents[2] / "callcenter" / "services"


def test_every_act_about_an_account_has_words() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in SERVICES.glob("*.py"))
    acts = set(re.findall(r'"(staff\.[a-z_]*[a-z])"', sources))
    assert len(acts) > 20
    assert acts - set(ACTS) == set()
