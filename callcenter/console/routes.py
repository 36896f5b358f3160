"""The blueprint with every view on it."""

from __future__ import annotations

from callcenter.console import board, notices, same_caller
from callcenter.console.blueprint import bp
from callcenter.console.duty import care, my_state, network
from callcenter.console.misuse import incident
from callcenter.console.talks import controls, strip

__all__ = ["board", "bp", "care", "controls", "incident", "my_state", "network", "notices", "same_caller", "strip"]
