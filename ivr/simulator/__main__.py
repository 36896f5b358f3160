"""Run the line simulator as a process: ``python -m ivr.simulator --port … --voice-url …``."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.simulator.app import create_app
from ivr.simulator.clock import JST, Clock
from ivr.simulator.line.engine import Account, Engine, Number, Settings
from ivr.simulator.line.runner import Runner, http_post

SECRETS = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY", "TWILIO_API_SECRET")
REST_SILENCE_SECONDS = 20.0  # longer than any client waits


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return the exit status."""
    options = _options().parse_args(argv)
    missing = [name for name in SECRETS if not os.environ.get(name)]
    if missing:
        sys.stderr.write(f"line simulator: set {', '.join(missing)} in the environment\n")
        return 2
    logging.basicConfig(level=logging.ERROR, format="line simulator: %(message)s")
    engine = _engine(options)
    app = create_app(engine, assets=options.assets, allowed_origins=options.allow_origin, desk_url=options.desk_url)
    server = make_server(options.host, options.port, app, threaded=True, request_handler=_QuietHandler)
    runner = Runner(engine)

    def stop(*_: object) -> None:
        app.extensions["stopping"].set()
        threading.Thread(target=server.shutdown, daemon=True).start()  # it waits for the loop this handler interrupts

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    runner.start()
    server.serve_forever(poll_interval=0.1)
    runner.stop()
    server.server_close()
    return 0


def _engine(options: argparse.Namespace) -> Engine:
    account = Account(*(os.environ[name] for name in SECRETS))
    number = Number(options.number, options.voice_url, options.fallback_url, options.status_callback)
    settings = Settings(virtual_timeouts=False, silence_seconds=REST_SILENCE_SECONDS)
    clock = Clock(options.at, file=options.clock_file)
    engine = Engine(account, number, http_post, clock=clock, settings=settings)
    engine.more_numbers = [Number(e164, "") for e164 in options.more_number]
    return engine


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ivr.simulator", description="A local Twilio.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--number", default="+81120529528", help="the number callers dial")
    parser.add_argument("--more-number", action="append", default=[], help="a further number of the account's")
    parser.add_argument("--voice-url", required=True)
    parser.add_argument("--fallback-url", default="")
    parser.add_argument("--status-callback", default="")
    parser.add_argument("--clock-file", type=Path)
    parser.add_argument("--at", type=_moment, help="where the clock starts (ISO 8601; naive means Japanese time)")
    parser.add_argument("--assets", type=Path, help="a folder served under /assets/")
    parser.add_argument("--allow-origin", action="append", default=[], help="a web origin whose pages may be devices")
    parser.add_argument("--desk-url", default="", help="the counsellors' pages, for a link on ours")
    return parser


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        if type == "error":
            super().log(type, message, *args)


if __name__ == "__main__":
    sys.exit(main())
