"""Builds the app in named steps; nothing is opened before it is used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from callcenter import received
from callcenter.admin import routes as admin
from callcenter.casefile import channel_desk
from callcenter.casefile import routes as casefile
from callcenter.casefile.channel_desk import ChannelDesk
from callcenter.console import routes as console
from callcenter.console.telephone_desk import TelephoneDesk
from callcenter.context import equip
from callcenter.domain.ports import Ports
from callcenter.domain.records.record_codes import Channel
from callcenter.mail import routes as mail
from callcenter.mail.desk import routes as desk_of_mail
from callcenter.mail.desk.mail_desk import MailDesk
from callcenter.reports import routes as reports
from callcenter.services.duty import availability
from callcenter.settings import Settings
from callcenter.site_map import FRAME
from callcenter.ui import install as ui
from callcenter.ui.light.twins import LIGHT, TWINS, App
from callcenter.web import audio, health
from callcenter.web import routes as web

ROOT = Path(__file__).resolve().parent.parent
PAGES: tuple[Blueprint, ...] = (
    web.bp, web.light, health.bp, mail.bp, casefile.bp, console.bp, desk_of_mail.bp, reports.bp, admin.bp, audio.bp,
)  # fmt: skip

LARGEST_FORM = 1024 * 1024
"""Bytes; the longest record stays far below."""


def create_app(settings: Settings, ports: Ports, *, mounts: Iterable[Blueprint] = ()) -> Flask:
    """Return the app; *mounts* are blueprints for machines from outside this package, such as the telephone."""
    app = App("callcenter", root_path=str(ROOT / "callcenter"), template_folder=str(ROOT / "templates"))
    machines = tuple(mounts)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    received.install(app)
    equip(app, settings, ports)
    ui.install(app, settings, FRAME, line=ports.browser_line, guarded_elsewhere=[mount.name for mount in machines])
    telephone = TelephoneDesk()
    by_channel: dict[str, ChannelDesk] = {Channel.MAIL: MailDesk(telephone)}
    channel_desk.install(app, telephone, at_work=availability.staff_on_duty, by_channel=by_channel)
    for blueprint in (*PAGES, *machines):
        app.register_blueprint(blueprint)
    app.register_blueprint(mail.bp, name=TWINS[mail.bp.name], url_prefix=f"{LIGHT}mail")
    if settings.trusted_proxies:
        # Only who asks; the public address comes from the settings and never from a header.
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]  # Flask's own idiom
    return app
