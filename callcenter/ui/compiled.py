"""Templates that are compiled before the first request, and kept compiled from one start to the next.

Compiling one takes hundreds of times as long as filling it. People who come to a fresh process at the same moment would
each compile the same page, and webhooks would wait for all of them.
"""

from __future__ import annotations

import logging
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

log = logging.getLogger(__name__)


def load_all(app: Flask, kept_in: Path) -> None:
    """Load every template of *app*; what is compiled lies in the folder *kept_in*, for the next start.

    Where nothing can be kept, each start compiles anew.
    """
    pages = app.jinja_env
    try:
        kept_in.mkdir(mode=0o700, parents=True, exist_ok=True)
        pages.bytecode_cache = FileSystemBytecodeCache(str(kept_in))
        _load(app)
    except OSError as wrong:
        log.warning("compiled templates cannot be kept: %s", wrong.strerror)
        pages.bytecode_cache = None
        _load(app)


def _load(app: Flask) -> None:
    for name in sorted(app.jinja_env.list_templates(extensions=["html"])):  # in one order at every start
        app.jinja_env.get_template(name)
