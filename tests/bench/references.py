"""The yardsticks: what any telephone application must do, and nothing else.

R0 checks the signature and answers with a script. R1 also stores the webhook durably, once, through the same
session and the same engine as the desk, so that both wait for the same disk in the same manner.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, request
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

from callcenter.models.base import connect, db
from tests.desk import ORIGIN
from tests.line import ACCOUNT

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


def bare() -> Flask:
    """Return R0: signature and script."""
    app = Flask("bare")
    app.add_url_rule("/<path:_where>", view_func=_answer, methods=["POST"], endpoint="answer")
    return app


def storing(url: str) -> Flask:
    """Return R1: R0 and one durable insert under a unique key."""
    app = Flask("storing")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    app.add_url_rule("/<path:_where>", view_func=_store_and_answer, methods=["POST"], endpoint="answer")
    return app


def _answer(_where: str) -> Response:
    return Response(_script(), content_type="text/xml; charset=utf-8")


def _store_and_answer(_where: str) -> Response:
    text = _script()
    db.session.add(Taken(key=secrets.token_hex(32), answer=text))
    db.session.commit()
    return Response(text, content_type="text/xml; charset=utf-8")


def _script() -> str:
    url = ORIGIN + request.environ["RAW_URI"]
    if not RequestValidator(ACCOUNT.auth_token).validate(
        url, request.form, request.headers.get("X-Twilio-Signature", "")
    ):
        abort(403)
    twiml = VoiceResponse()
    gather = Gather(num_digits=1, timeout=8, action=f"{ORIGIN}/ivr/voice/key", method="POST")
    gather.say(GREETING, voice="Polly.Kazuha-Neural", language="ja-JP")
    twiml.append(gather)
    twiml.redirect(f"{ORIGIN}/ivr/voice/wait", method="POST")
    return str(twiml)
