"""Stylesheets, scripts and icons: joined into bundles, named by their content, cached for a year.

There is no build. A bundle is its parts one after another: dropping a file into a room of ``static/css/desk``
or ``static/js/desk`` is enough for it to be served.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, url_for

from callcenter.ui.access import public

LAYERS = "@layer reset, tokens, base, parts, pages;\n"
FOUNDATION = ("css/reset.css", "css/tokens.css", "css/base.css", "css/parts/*.css")

BUNDLES: dict[str, tuple[str, ...]] = {
    "public.css": (*FOUNDATION, "css/public/*.css"),
    "desk.css": (*FOUNDATION, "css/desk/*/*.css"),
    "public.js": ("js/shared/*.js", "js/public/*.js"),
    "desk.js": ("vendor/idiomorph.min.js", "js/shared/*.js", "js/desk/*/*.js"),
    "icons.svg": ("icons.svg",),
    "favicon.svg": ("favicon.svg",),
    "telephone.js": ("vendor/twilio-voice.min.js",),
}
"""What each bundle is joined from, in this order; a star takes files by their name, whatever room they lie in."""

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
DAY, YEAR = 86_400, 31_536_000


@dataclass(frozen=True)
class Asset:
    """One bundle, ready to be sent."""

    name: str
    body: bytes
    packed: bytes
    digest: str
    mimetype: str

    @property
    def integrity(self) -> str:
        """Return the hash by which a browser checks the bundle (Subresource Integrity)."""
        return f"sha384-{base64.b64encode(hashlib.sha384(self.body).digest()).decode()}"


class Assets:
    """All bundles of the site, joined at first use; with *fresh* at every use, for development."""

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        self.folder, self.fresh = folder, fresh

    def __getitem__(self, name: str) -> Asset:
        return _join(self.folder, name) if self.fresh else _joined(self.folder, name)

    def __contains__(self, name: str) -> bool:
        return name in BUNDLES


@cache
def _joined(folder: Path, name: str) -> Asset:
    return _join(folder, name)


def _join(folder: Path, name: str) -> Asset:
    suffix = Path(name).suffix
    text = "\n".join(_dressed(path, suffix) for path in _files(folder, BUNDLES[name]))
    if suffix == ".css":
        tokens = (folder / "vendor" / "tokens.css").read_text("utf-8")
        text = f"{LAYERS}@layer tokens {{\n{tokens}}}\n{text}"
    body = text.encode()
    packed = gzip.compress(body, mtime=0)
    return Asset(name, body, packed, hashlib.sha256(body).hexdigest()[:16], TYPES[suffix])


def install(app: Flask) -> None:
    """Serve the bundles, and give templates ``asset("public.css")``."""
    folder = Path(__file__).parents[2] / "static"
    app.extensions["callcenter.assets"] = Assets(folder, fresh=app.debug)
    app.add_url_rule("/assets/<digest>/<name>", "assets", send_asset)
    app.jinja_env.globals["asset"] = asset_url
    app.jinja_env.globals["integrity"] = integrity_of
    app.after_request(_let_music_be_kept)


def asset_url(name: str) -> str:
    """Return the address of a bundle; it changes with the content."""
    return url_for("assets", digest=_assets()[name].digest, name=name)


def integrity_of(name: str) -> str:
    return _assets()[name].integrity


@public
def send_asset(digest: str, name: str) -> Response:
    assets = _assets()
    if name not in assets:
        abort(404)
    asset = assets[name]
    response = Response(asset.body, mimetype=asset.mimetype)
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        response.data, response.content_encoding = asset.packed, "gzip"
    response.set_etag(asset.digest, weak=True)
    if digest == asset.digest:
        response.cache_control.public, response.cache_control.max_age = True, YEAR
        response.cache_control.immutable = True
    else:  # a page from before an update: it gets today's bundle, and nobody keeps it under the old name
        response.cache_control.no_store = True
    response.make_conditional(request)
    return response


def _let_music_be_kept(response: Response) -> Response:
    """Let the telephone company cache music for a day, for callers on hold while we are away."""
    if request.endpoint == "static" and (response.mimetype or "").startswith("audio/"):
        response.cache_control.no_cache = None
        response.cache_control.public, response.cache_control.max_age = True, DAY
    return response


def _assets() -> Assets:
    found: Assets = current_app.extensions["callcenter.assets"]
    return found


def _files(folder: Path, patterns: Iterable[str]) -> Iterable[Path]:
    for pattern in patterns:
        yield from sorted(folder.glob(pattern), key=lambda path: path.name)


def _dressed(path: Path, suffix: str) -> str:
    text = path.read_text("utf-8")
    # A script's own names stay its own when several are joined; what is vendored stays as it came.
    return f"{{\n{text}}}" if suffix == ".js" and path.parent.name != "vendor" else text
