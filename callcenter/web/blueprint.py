"""The public site as two blueprints: the usual pages, and the light ones below ``/m/`` for very old telephones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint

from callcenter.ui.light.twins import LIGHT, TWINS

View = TypeVar("View", bound=Callable[..., Any])

bp = Blueprint("web", __name__)
light = Blueprint(TWINS[bp.name], __name__, url_prefix=LIGHT.rstrip("/"))


def in_both(path: str) -> Callable[[View], View]:
    """Register a page at *path* and, drawn by the same view, at its light twin."""

    def add(view: View) -> View:
        bp.add_url_rule(path, view_func=view)
        light.add_url_rule(path, view_func=view)
        return view

    return add
