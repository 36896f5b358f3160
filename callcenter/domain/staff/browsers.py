"""The kind of a browser in words, for the list of where somebody is signed in."""

from __future__ import annotations

LOOKED_AT = 400
"""Characters of what a browser says of itself."""
UNKNOWN = "ブラウザー"

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""In this order, as nearly every browser also names those it once wished to be taken for."""


def browser_name(says: str) -> str:
    """Return ``Windows・Chrome`` for what a browser *says* of itself: enough to know it again, and no more."""
    looked_at = says[:LOOKED_AT]
    named = [next((name for mark, name in marks if mark in looked_at), "") for marks in (_SYSTEMS, _BROWSERS)]
    return "・".join(filter(None, named)) or UNKNOWN
