"""Whether an entry of the trail is read as sentences, not as codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callcenter.admin.trail import AN_ID, shown
from callcenter.admin.trail_facts import fact
from callcenter.admin.trail_words import ACTS, SUBJECTS

A_CODE = re.compile(r"(?=.*[a-z])[a-z]+[a-z_.-]*[a-z]")
NAMED_BY_THE_OPERATOR = {("keys.rotate", "to"), ("keys.rehash", "to")}
"""A key is called what the operator calls it."""


def check_entry(action: str, subject: str, facts: Mapping[str, Any]) -> None:
    """Fail if the auditor's page would show a code."""
    assert action in ACTS, f"{action} has no words"
    assert subject in SUBJECTS, f"{subject} has no words"
    for name, value in facts.items():
        assert not A_CODE.fullmatch(fact(action, name)), f"the fact {name} of {action} has no words"
        for one in value if isinstance(value, list | tuple) else [value]:
            if one is None or (action, name) in NAMED_BY_THE_OPERATOR or AN_ID.fullmatch(str(one)):
                continue
            words = shown(action, name, one, {})
            assert not A_CODE.fullmatch(words), f"{one} as {name} of {action} has no words"
