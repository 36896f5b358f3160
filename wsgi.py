"""The composition root: app, worker and command line from settings, adapters and ivr."""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from pathlib import Path

from flask import Flask
from gunicorn.errors import AppImportError
from sqlalchemy.orm import configure_mappers

from callcenter.adapters.clock import announced, clock
from callcenter.adapters.doorbell import RedisBell, SilentBell
from callcenter.adapters.heavy_queue import RqQueue
from callcenter.adapters.mail import FolderMailer, SmtpMailer
from callcenter.adapters.private_files import keep_private
from callcenter.adapters.twilio.account_rules import Wanted
from callcenter.adapters.twilio.browser import browser_line
from callcenter.adapters.twilio.client import Account
from callcenter.adapters.twilio.line import TwilioLine
from callcenter.adapters.twilio.outside import SignedRequests
from callcenter.adapters.twilio.setup import TwilioSetup, wanted
from callcenter.adapters.twilio.voice_token import SignedTokens
from callcenter.cli import commands
from callcenter.context import equip
from callcenter.domain.ports import Ports
from callcenter.environment import is_loopback
from callcenter.jobs.line.substitute import Substitute
from callcenter.settings import Settings, SettingsWrong

ROOT = Path(__file__).resolve().parent


class NotStarted(RuntimeError, AppImportError):
    """Raised where gunicorn cannot start us; it prints the sentence alone and ends, with or without ``--preload``."""


def settings() -> Settings:
    """Return the settings of this process, which from now on makes files for its own user alone."""
    keep_private()
    return Settings.from_env(os.environ, ROOT)


def web(given: Settings | None = None) -> Flask:
    """Return the app of a process that answers requests; gunicorn calls this as ``wsgi:web()``."""
    gc.disable()  # nothing that is loaded here ends before the process; walking over it again and again finds nothing
    from callcenter.factory import create_app  # the pages: no command and no worker pays for them
    from callcenter.ui import compiled
    from callcenter.web import key_report
    from ivr.preview import Preview
    from ivr.routes import bp

    try:
        here = given or settings()
    except SettingsWrong as wrong:
        raise NotStarted(str(wrong)) from None
    app = create_app(here, replace(ports(here), substitute=Substitute(), line_words=Preview()), mounts=[bp])
    key_report.install(app)
    compiled.load_all(app, here.var / "templates")
    configure_mappers()  # else every process would do so at its first query
    gc.freeze()  # what is here now stays: a forked process shares it for as long as nothing walks over it
    gc.enable()
    return app


def desk() -> Flask:
    """Return the app for a command or the worker, without pages; beside a running trial it uses the trial's clock."""
    from ivr.preview import Preview

    here = settings()
    if here.clock_file is None and not here.production:
        here = replace(here, clock_file=announced(here.var))
    app = Flask("callcenter")
    equip(app, here, replace(ports(here), line_words=Preview()))
    return app


def ports(here: Settings) -> Ports:
    """Return the adapters; none of them opens anything yet."""
    telephony = TwilioLine(
        account_sid=here.account_sid,
        user=here.api_key or here.account_sid,
        secret=here.api_secret or here.auth_tokens[0],
        api_url=here.twilio_api_url,
        caller_id=here.caller_id_number,
        fallback_url=here.fallback_url,
    )
    bell = RedisBell(here.redis_url) if here.redis_url else SilentBell()
    tokens = SignedTokens(here.account_sid, here.api_key, here.api_secret) if here.api_secret else None
    setup = TwilioSetup(_account(here), here.auth_tokens, _wanted(here)) if here.twilio_named else None
    heavy = RqQueue(here.redis_url) if here.redis_url else None
    line = browser_line(here.simulator_url)
    outside = SignedRequests(here.account_sid, here.auth_tokens) if here.twilio_named else None
    return Ports(
        clock(here.clock_file), telephony, bell, tokens, setup, outside, mailer(here), heavy, browser_line=line
    )


def mailer(here: Settings) -> SmtpMailer | FolderMailer:
    """Return the SMTP mailer where a server is configured; a trial writes each mail as a file."""
    if here.smtp_url:
        return SmtpMailer(here.smtp_url, here.mail_from)
    return FolderMailer(here.var / "mail", here.mail_from)


def _account(here: Settings) -> Account:
    user, secret = here.api_key or here.account_sid, here.api_secret or here.auth_tokens[0]
    return Account(here.account_sid, user, secret, here.twilio_api_url)


def _wanted(here: Settings) -> Wanted:
    return wanted(here, any_origin=is_loopback(here.twilio_api_url))


def run(*, port: int | None, no_simulator: bool, at: str | None) -> int:
    """Run everything on this machine until told to stop; return the exit status."""
    from callcenter import launcher

    return launcher.start(settings(), root=ROOT, port=port, no_simulator=no_simulator, at=at)


cli = commands.build(settings=settings, app=desk, run=run)
