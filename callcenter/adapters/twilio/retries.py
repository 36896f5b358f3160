"""Retry settings that Twilio reads from the fragment of an address (Webhooks, Connection Overrides)."""

from __future__ import annotations

CONTROL_RETRIES = "#rc=1&rp=ct"
"""For an address whose answer is a script: asked again only if nothing was reached; the rest is the fallback's."""

NEWS_RETRIES = "#rc=3&rp=ct,5xx&tt=15000"
"""For an address that is told of events: they may come again, as they have one effect."""
