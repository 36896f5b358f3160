"""On which pages the telephone in a counsellor's browser may be."""

from __future__ import annotations

PAGES = frozenset({"console"})
"""Blueprints whose pages are telephones: only they may use a microphone and connect to the line."""
