"""How long a Japanese sentence takes to say: an estimate from its characters."""

from __future__ import annotations

import re
import unicodedata
from xml.etree.ElementTree import Element

MORAE_PER_SECOND = 7.0
_SMALL = frozenset("ゃゅょぁぃぅぇぉゎャュョァィゥェォヮ")
_PAUSES = {"、": 0.2, ",": 0.2, "。": 0.4, ".": 0.4, "!": 0.4, "?": 0.4}  # after NFKC
_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "fast": 1.25, "x-fast": 1.5, "default": 1.0}
_STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.2}


def _morae(char: str) -> float:
    if char in _SMALL:
        return 0.0
    if "ぁ" <= char <= "ヿ" and char != "・":
        return 1.0
    if char.isdigit():
        return 2.0
    if unicodedata.category(char) == "Lo" or char == "々":
        return 1.8
    return 1.5 if char.isalpha() else 0.0


def speech_seconds(text: str, rate: float = 1.0) -> float:
    """Return the seconds *text* takes to say; *rate* 1.0 is the voice's ordinary speed (about 7 morae a second)."""
    plain = unicodedata.normalize("NFKC", text)
    morae = sum(_morae(char) for char in plain)
    pauses = sum(_PAUSES.get(char, 0.0) for char in plain)
    return (morae / MORAE_PER_SECOND + pauses) / rate


def _rate(value: str, outer: float) -> float:
    if value in _RATES:
        return _RATES[value] * outer
    percent = re.fullmatch(r"(\d+(?:\.\d+)?)%", value)
    return outer * float(percent[1]) / 100 if percent and float(percent[1]) > 0 else outer


def _break_seconds(element: Element) -> float:
    length = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", element.get("time", ""))
    if length:
        return float(length[1]) / (1000 if length[2] == "ms" else 1)
    return _STRENGTHS.get(element.get("strength", "medium"), 0.4)


def spoken(element: Element, rate: float = 1.0) -> tuple[str, float]:
    """Return what a ``<Say>`` shows as a caption and how many seconds it lasts, with its SSML honoured."""
    if element.tag == "break":
        return "", _break_seconds(element)
    inner = _rate(element.get("rate", ""), rate) if element.tag == "prosody" else rate
    text, seconds = element.text or "", speech_seconds(element.text or "", inner)
    for child in element:
        child_text, child_seconds = spoken(child, inner)
        tail = child.tail or ""
        text += child_text + tail
        seconds += child_seconds + speech_seconds(tail, inner)
    if element.tag == "sub":  # shown as written, said as its alias
        seconds = speech_seconds(element.get("alias", ""), inner)
    return re.sub(r"\s+", " ", text).strip() if element.tag == "Say" else text, seconds
