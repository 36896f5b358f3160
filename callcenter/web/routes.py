"""The two blueprints with every view on them."""

from __future__ import annotations

from callcenter.web import guides, leaflet, reading, top
from callcenter.web.blueprint import bp, light

__all__ = ["bp", "guides", "leaflet", "light", "reading", "top"]
