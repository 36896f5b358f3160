"""Light pages and their usual twins: the same views, registered below ``/m/`` under blueprints of their own.

Views and templates name the usual endpoint. While a light page is served, the app leads to its light twin, so that
whoever reads light pages stays on them, also through redirects.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, has_request_context, request
from werkzeug.exceptions import HTTPException

LIGHT = "/m/"
TWINS = {"web": "light", "mail": "light_mail"}
"""Blueprints that have light pages, and the names under which those are registered."""
_USUAL = {light: usual for usual, light in TWINS.items()}


class App(Flask):
    """A Flask app whose links stay on light pages."""

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Return the address of *endpoint*, or of its light twin where a light page is served and there is one."""
        if has_request_context() and is_light():
            blueprint, _, view = endpoint.rpartition(".")
            twin = f"{TWINS.get(blueprint)}.{view}"
            endpoint = twin if twin in self.view_functions else endpoint
        return super().url_for(endpoint, **values)


def is_light() -> bool:
    """Return whether this request is for a light page."""
    return f"{request.path}/".startswith(LIGHT)


def usual(endpoint: str) -> str:
    """Return *endpoint*, or what it is called on the usual pages if it is one of a light page."""
    blueprint, dot, view = endpoint.rpartition(".")
    return f"{_USUAL.get(blueprint, blueprint)}{dot}{view}"


def twin() -> str:
    """Return the address of this page's light version, or of the first light page if it has none."""
    path = LIGHT + request.path.removeprefix("/")
    return path if has_page(path) else LIGHT


def has_page(path: str) -> bool:
    """Return whether the site has a page at *path*."""
    try:
        current_app.url_map.bind("").match(path)
    except HTTPException:
        return False
    return True
