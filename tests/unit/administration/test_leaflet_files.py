"""Which PDF may be published as leaflet, and why not."""

from __future__ import annotations

import zlib
from datetime import date

import pytest

from callcenter.adapters import pdf
from callcenter.domain.administration.leaflets import (
    FORBIDDEN,
    LARGEST,
    NotALeaflet,
    check_leaflet,
    edition_of,
    kilobytes,
)


def a_pdf(inside: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + inside + b" >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def packed(names: bytes) -> bytes:
    """Return a file that hides *names* in a packed object stream."""
    inside = zlib.compress(names)
    head = b">>\nendobj\n2 0 obj\n<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode >>\nstream\r\n"
    return a_pdf(head + inside + b"\r\nendstream\nendobj\n<<")


def test_a_plain_pdf_may_be_published() -> None:
    check_leaflet(a_pdf())
    check_leaflet(packed(b"<< /Type /Page >>"))


def test_the_leaflet_that_we_make_may_be_published() -> None:
    body = pdf.leaflet("東京都ひきこもりサポートネット", "0120-529-528", "令和8年度版")
    check_leaflet(body)
    assert body == pdf.leaflet("東京都ひきこもりサポートネット", "0120-529-528", "令和8年度版")


@pytest.mark.parametrize("name", FORBIDDEN)
@pytest.mark.parametrize("hidden", [False, True], ids=["open", "packed"])
def test_a_pdf_that_does_more_than_show_itself_is_refused_with_what_it_does(name: str, hidden: bool) -> None:
    inside = b"/" + name.encode() + b" 5 0 R"
    with pytest.raises(NotALeaflet) as refused:
        check_leaflet(packed(inside) if hidden else a_pdf(inside))
    assert FORBIDDEN[name] in refused.value.message
    assert "書き出し直してください" in refused.value.message


@pytest.mark.parametrize("inside", [b"/J#61vaScript (x)", b"/EmbeddedFiles 3 0 R", b"/#4c#61unch 2 0 R"])
def test_a_name_in_another_spelling_is_found_too(inside: bytes) -> None:
    with pytest.raises(NotALeaflet):
        check_leaflet(a_pdf(inside))


@pytest.mark.parametrize("inside", [b"/LaunchPad 1 0 R", b"(JavaScript)"])
def test_a_word_that_only_looks_alike_is_nothing(inside: bytes) -> None:
    check_leaflet(a_pdf(inside))


@pytest.mark.parametrize(
    "body, why",
    [
        (b"", "ファイルを選んでください"),
        (b"PK\x03\x04 a picture", "PDFとして読めない"),
        (b"<html>%PDF-1.7 %%EOF", "PDFとして読めない"),
        (a_pdf().removesuffix(b"%%EOF\n"), "途中で切れていないか"),
        (a_pdf(b" " * LARGEST), "5メガバイトより大きい"),
        (a_pdf(b"/ObjStm >>\nstream\r\nnot packed at all"), "中を確かめられない"),
        (packed(b"\0" * (33 * 1024 * 1024)), "中が大きすぎる"),
    ],
    ids=["nothing", "other", "hidden in a page", "cut off", "large", "unreadable", "bomb"],
)
def test_what_is_no_pdf_or_too_large_is_refused_with_the_reason(body: bytes, why: str) -> None:
    with pytest.raises(NotALeaflet, match=why) as refused:
        check_leaflet(body)
    assert refused.value.field == "file"


@pytest.mark.parametrize(
    "day, words",
    [
        (date(2026, 11, 26), "令和8年度版"),
        (date(2027, 3, 31), "令和8年度版"),
        (date(2027, 4, 1), "令和9年度版"),
        (date(2019, 5, 1), "令和元年度版"),
    ],
)
def test_an_edition_is_called_after_the_fiscal_year(day: date, words: str) -> None:
    assert edition_of(day) == words


def test_a_size_is_said_in_kilobytes() -> None:
    assert [kilobytes(size) for size in (10, 54_840, 5 * 1024 * 1024)] == ["1KB", "54KB", "5,120KB"]
