"""Chance that brings what a test wants first."""

from __future__ import annotations

import random
import secrets

import pytest


def brings(monkeypatch: pytest.MonkeyPatch, *made_up: str) -> None:
    """Let the next letters that are chosen be those of *made_up*, hyphens aside; others follow."""
    first, later = iter("".join(made_up).replace("-", "")), random.Random(7)
    monkeypatch.setattr(secrets, "choice", lambda letters: next(first, None) or later.choice(letters))
