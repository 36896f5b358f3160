"""The leaflet as PDF: what may be published, and which fiscal year it is called after."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import date

from callcenter.domain.errors import HelplineError

LARGEST = 5 * 1024 * 1024
"""Bytes; many readers pay for what they load."""
LONGEST_LABEL = 32
MOST_UNPACKED = 32 * 1024 * 1024
"""Bytes looked at in the packed parts of a file; no honest leaflet has more."""

FORBIDDEN = {
    "JavaScript": "プログラム(JavaScript)",
    "OpenAction": "開いたときに動く命令(OpenAction)",
    "Launch": "ほかのプログラムを動かす命令(Launch)",
    "EmbeddedFile": "ほかのファイル(EmbeddedFile)",
    "RichMedia": "動画や音声(RichMedia)",
    "SubmitForm": "入力した内容を送る命令(SubmitForm)",
    "XFA": "入力できる書式(XFA)",
    "Encrypt": "パスワードか暗号(Encrypt)",
}
"""Names in a PDF that a leaflet does not need and a reader's machine might suffer from, with what to call them."""

_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAMES = re.compile(b"/(" + b"|".join(name.encode() for name in FORBIDDEN) + rb")s?(?![A-Za-z])")
_PACKED = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)


class NotALeaflet(HelplineError):
    """Raised when a file is no PDF that may be published; the message says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.field = "file"


def check_leaflet(body: bytes) -> None:
    """Raise ``NotALeaflet`` unless *body* is a PDF of some size that does nothing but show itself."""
    if not body:
        raise NotALeaflet("PDFのファイルを選んでください。")
    if len(body) > LARGEST:
        raise NotALeaflet("5メガバイトより大きいファイルです。画像を軽くして、書き出し直してください。")
    if not body.startswith(b"%PDF-") or b"%%EOF" not in body[-1024:]:
        raise NotALeaflet("PDFとして読めないファイルです。途中で切れていないか、別の形式でないかをお確かめください。")
    found = next((name for part in (body, *_unpacked(body)) if (name := _forbidden(part))), None)
    if found is not None:
        raise NotALeaflet(
            f"{FORBIDDEN[found]}が入っているPDFは、公開できません。"
            "見る方の機器を守るためです。「印刷用」か「PDF/A」として書き出し直してください。"
        )


def edition_of(day: date) -> str:
    """Return 「令和8年度版」 for the fiscal year of *day*, which begins in April."""
    year = (day.year if day.month >= 4 else day.year - 1) - 2018
    return f"令和{'元' if year == 1 else year}年度版"


def kilobytes(size: int) -> str:
    """Return a size as a link names it: 「120KB」."""
    return f"{max(1, round(size / 1024)):,}KB"


def _forbidden(part: bytes) -> str | None:
    found = _NAMES.search(_ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), part))
    return found[1].decode() if found else None


def _unpacked(body: bytes) -> Iterator[bytes]:
    """Yield what stands in packed object streams, where a name could hide."""
    left = MOST_UNPACKED
    for head in _PACKED.finditer(body):
        try:
            part = zlib.decompressobj().decompress(body[head.end() :], left)
        except zlib.error:
            raise NotALeaflet("中を確かめられないPDFです。「印刷用」として書き出し直してください。") from None
        left -= len(part)
        if left <= 0:
            raise NotALeaflet("中が大きすぎるPDFです。画像を軽くして、書き出し直してください。")
        yield part
