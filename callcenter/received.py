"""The one place where text enters: forms, addresses and JSON hold only what every database stores."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import BaseConverter

from callcenter.domain.typed_text import storable

DEEPEST = 16
"""Lists and objects inside one another; our own pages send three."""


class Received(ImmutableMultiDict[str, str]):
    """The parameters of a request, storable; ``as_sent`` has them as they came, which is what was signed."""

    def __init__(self, mapping: Any = None) -> None:
        pairs: list[tuple[str, Any]] = [
            (name or "", value)  # a part of a form may come without a name
            for name, value in ImmutableMultiDict[str, str](mapping).items(multi=True)  # files are no texts
        ]
        clean = [(storable(name), storable(value) if isinstance(value, str) else value) for name, value in pairs]
        super().__init__(clean)
        self.as_sent: ImmutableMultiDict[str, str] = self if clean == pairs else ImmutableMultiDict(pairs)


class StorableRequest(Request):
    """A request whose form and address hold storable text."""

    parameter_storage_class = Received


class StorableJson(DefaultJSONProvider):
    """JSON as we read it: storable text, numbers that are numbers, and no deep nesting; ``ValueError`` otherwise."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return what *s* holds."""
        try:
            return _clean(super().loads(s, parse_constant=_refuse, **kwargs), DEEPEST)
        except RecursionError:
            raise ValueError("JSON too deep") from None


class StorableSegment(BaseConverter):
    """A part of an address; with NUL in it there is no such address."""

    regex = r"[^/\x00]+"


def install(app: Flask) -> None:
    """Let *app* read requests this way; before any address is added."""
    app.request_class = StorableRequest
    app.json = StorableJson(app)
    app.url_map.converters["default"] = StorableSegment


def _clean(value: Any, deeper: int) -> Any:
    if isinstance(value, str):
        return storable(value)
    if not isinstance(value, dict | list):
        return value
    if not deeper:
        raise ValueError("JSON too deep")
    if isinstance(value, list):
        return [_clean(one, deeper - 1) for one in value]
    return {storable(name): _clean(one, deeper - 1) for name, one in value.items()}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
