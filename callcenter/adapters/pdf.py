"""Documents as PDF with embedded fonts, by Typst; text is passed as data, never as markup."""

from __future__ import annotations

import json
import re
import struct
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from callcenter.domain.normalising import normalised
from callcenter.domain.typed_text import visible

DATA = Path(__file__).resolve().parent.parent / "data"
FONTS = sorted((DATA / "fonts").glob("*.?tf"))
"""The font of a document and those that step in for letters that it lacks, in the order of ``disclosure.typ``."""

NUMBERED = "〔U+…〕は、ここで使う書体にない文字を、ユニコードの番号で書いたものです。"
"""Said at the end of a document that has such a letter."""

_WITH_MARK = re.compile("\\w[\u0300-\u036f\u3099\u309a]")
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Chooses a variant of the letter before it, and is drawn with it."""


def disclosure(document: Mapping[str, Any]) -> bytes:
    """Return the copy of a case as PDF; *document* is what ``services.keeping.disclosures`` returns."""
    return _set("disclosure.typ", as_drawn(document))


@cache
def leaflet(service: str, number: str, edition: str) -> bytes:
    """Return the leaflet that we make ourselves; the same words give the same file."""
    words = {"service": service, "number": number, "edition": edition}
    return _set("leaflet.typ", {name: drawable(text) for name, text in words.items()})


def _set(template: str, document: Mapping[str, Any]) -> bytes:
    import typst  # half a second and thirty megabytes that no other page needs

    setter = typst.Compiler(
        DATA / template,
        root=DATA,
        font_paths=[DATA / "fonts"],
        ignore_system_fonts=True,  # the same document on every machine
        sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
    )
    pdf = setter.compile(format="pdf")
    if not isinstance(pdf, bytes):
        raise TypeError("Typst returned no single document")
    return pdf


def as_drawn(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document as the fonts can draw it, with a word at its end on letters that they cannot."""
    closing = [NUMBERED] if any(_undrawn(text) for text in _texts(document)) else []
    shown: dict[str, Any] = _drawable(document)
    return shown | {"closing": [*shown["closing"], *closing]}


def drawable(text: str) -> str:
    """Return *text* as the fonts can draw it: without marks that nobody sees, a missing letter as ``〔U+0E01〕``."""
    signs = list[str]()
    for sign in _plain(text):
        if not _draws(sign):
            signs.append(f"〔U+{ord(sign):04X}〕")
        elif not _VARIANT.fullmatch(sign) or (signs and len(signs[-1]) == 1):
            signs.append(sign)
    return "".join(signs)


def _plain(text: str) -> str:
    """Return *text* with letters and their marks as one, and nothing that steers a printer or the direction."""
    composed = _WITH_MARK.sub(lambda pair: normalised(pair[0], "NFC"), visible(text))
    return "".join(sign if sign == "\n" or unicodedata.category(sign)[0] != "C" else " " for sign in composed)


def _undrawn(text: str) -> bool:
    return not all(_draws(sign) for sign in _plain(text))


def _draws(sign: str) -> bool:
    return sign == "\n" or ord(sign) in _letters() or bool(_VARIANT.fullmatch(sign))


@cache
def _letters() -> frozenset[int]:
    return frozenset(point for font in FONTS for point in _code_points(font.read_bytes()))


def _code_points(font: bytes) -> Iterator[int]:
    """Yield the code points that a font draws, from its table of characters (OpenType, cmap, format 12)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4sLLL", font, 12 + 16 * number) for number in range(tables))
    cmap = next(start for tag, _sum, start, _length in entries if tag == b"cmap")
    (kinds,) = struct.unpack_from(">H", font, cmap + 2)
    places = (struct.unpack_from(">HHL", font, cmap + 4 + 8 * number) for number in range(kinds))
    table = next(cmap + offset for platform, encoding, offset in places if (platform, encoding) == (3, 10))
    (groups,) = struct.unpack_from(">L", font, table + 12)
    for first, last, _glyph in (struct.unpack_from(">LLL", font, table + 16 + 12 * number) for number in range(groups)):
        yield from range(first, last + 1)


def _drawable(value: Any) -> Any:
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, Mapping):
        return {name: _drawable(one) for name, one in value.items()}
    return [_drawable(one) for one in value] if isinstance(value, list | tuple) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one)
