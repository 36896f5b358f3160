"""The yardsticks: what any telephone application must do, and nothing else.

R0 checks the signature and answers with a script. R1 also stores the webhook durably, once, through the same
session and the same engine as the desk, so that both wait for the same disk in the same manner. As a server of its own
R1 also has the least of a desk: a door that checks a password with the same hasher, and a board that counts.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator

from flask import Flask, Response, abort, request
from sqlalchemy import String, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

from callcenter.models.base import db
from callcenter.models.engines import connect
from callcenter.services.staff import passwords
from tests.bench.side_load import DOOR, PARTS, STREAM
from tests.desk import PASSWORD

LOOK = 0.5
"""Seconds between two hints, as the desk's own follower looks."""
GREETING = "お電話ありがとうございます。ご本人の方は1を、ご家族の方は2を押してください。"


class Reference(DeclarativeBase):
    """Apart from the desk's tables, so that no migration ever hears of it."""


class Taken(Reference):
    """A webhook that was taken in."""

    __tablename__ = "bench_taken"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    answer: Mapped[str]


def prepare(url: str) -> None:
    """Make R1's table in the desk's own database."""
    engine = connect(url)
    Reference.metadata.create_all(engine)
    engine.dispose()


def bare(origin: str, token: str) -> Flask:
    """Return R0, which knows itself by *origin* and Twilio by *token*: signature and script."""

    def answer(_where: str) -> Response:
        return Response(_script(origin, token), content_type="text/xml; charset=utf-8")

    return _listening(Flask("bare"), answer)


def storing(url: str, origin: str, token: str) -> Flask:
    """Return R1: R0 and one durable insert under a unique key."""

    def answer(_where: str) -> Response:
        text = _script(origin, token)
        db.session.add(Taken(key=secrets.token_hex(32), answer=text))
        db.session.commit()
        return Response(text, content_type="text/xml; charset=utf-8")

    app = Flask("storing")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    return _listening(app, answer)


def web() -> Flask:
    """Return R1 by the environment's settings, for a server of its own, which says that it is there."""
    environ = os.environ
    app = storing(environ["DATABASE_URL"], environ["PUBLIC_BASE_URL"], environ["TWILIO_AUTH_TOKEN"])
    app.add_url_rule("/healthz", view_func=lambda: "well", endpoint="health")
    _open_desk(app)
    return app


def _open_desk(app: Flask) -> None:
    stored = passwords.hashed(PASSWORD).value

    @app.get(DOOR)
    def door() -> str:
        return '<input name="csrf_token" value="none">'

    @app.post(DOOR)
    def sign_in() -> tuple[str, int]:
        try:
            return "", 302 if passwords.compare(stored, request.form["password"]).fits else 422
        except passwords.PasswordsBusy:
            return "", 503

    @app.get(PARTS)
    def board() -> str:
        return str(_taken())

    @app.get(STREAM.partition("?")[0])
    def stream() -> Response:
        def events() -> Iterator[str]:
            yield "event: hello\ndata: {}\n\n"
            while True:
                time.sleep(LOOK)
                yield "event: change\ndata: {}\n\n"

        return Response(events(), mimetype="text/event-stream")


def _taken() -> int:
    found = db.session.scalar(select(func.count(Taken.key))) or 0
    db.session.rollback()
    return found


def _listening(app: Flask, answer: Callable[[str], Response]) -> Flask:
    app.add_url_rule("/<path:_where>", view_func=answer, methods=["POST"], endpoint="answer")
    return app


def _script(origin: str, token: str) -> str:
    url = origin + request.environ["RAW_URI"]
    signature = request.headers.get("X-Twilio-Signature", "")
    if not RequestValidator(token).validate(url, request.form, signature):
        abort(403)
    twiml = VoiceResponse()
    gather = Gather(num_digits=1, timeout=8, action=f"{origin}/ivr/voice/key", method="POST")
    gather.say(GREETING, voice="Polly.Kazuha-Neural", language="ja-JP")
    twiml.append(gather)
    twiml.redirect(f"{origin}/ivr/voice/wait", method="POST")
    return str(twiml)
