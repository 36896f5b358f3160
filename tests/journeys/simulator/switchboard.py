"""A small helpline of the tests' own, so that the simulator's page can be tried without the application."""

from __future__ import annotations

import io
import threading
import wave
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

GREETING = "こちらは、ためしの窓口です。お電話ありがとうございます。"
KEYS = "ご本人は1、ご家族などは2を、押してください。"
PRESSED = "ありがとうございます。お待ちください。"
WHISPER = "1を押すと、相談につながります。"
ACCOUNT = "AC" + "0" * 31 + "9"
TOKEN = "token-of-the-test-switchboard"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        if type == "error":
            super().log(type, message, *args)


def _music(seconds: float) -> bytes:
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * int(8000 * seconds))
    return sound.getvalue()


@dataclass
class Switchboard:
    """Answers webhooks: greets and queues callers, rings a telephone when told to, and lets the two talk."""

    line: str = ""
    url: str = ""
    keys: list[str] = field(default_factory=list)
    greeted: set[str] = field(default_factory=set)
    callers: list[str] = field(default_factory=list)
    careless: bool = False
    """Answers the first webhook with a document that breaks the rules."""

    def app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/music.wav":
            return Response(_music(4), mimetype="audio/wav")
        body = getattr(self, request.path.strip("/").replace("-", "_"))(request)
        return Response(f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>', mimetype="text/xml")

    # ---- webhooks, each named like its address

    def voice(self, request: Request) -> str:
        self.callers.append(request.form["CallSid"])
        if self.careless:
            return "<Say>hello</Say><Shout>hello</Shout>"
        return f'<Enqueue action="{self.url}/after" waitUrl="{self.url}/wait">line</Enqueue>'

    def wait(self, request: Request) -> str:
        sid = request.form["CallSid"]
        if sid in self.greeted:
            return f"<Play>{self.url}/music.wav</Play>"
        self.greeted.add(sid)
        said = f"{_say(GREETING)}{_say(KEYS)}"
        return f'<Gather numDigits="1" timeout="2" action="{self.url}/key">{said}</Gather>'

    def key(self, request: Request) -> str:
        self.keys.append(request.form["Digits"])
        return _say(PRESSED)

    def after(self, request: Request) -> str:
        return ""

    def news(self, request: Request) -> str:
        return ""

    def offer(self, request: Request) -> str:
        return f'<Gather numDigits="1" timeout="20" action="{self.url}/accept">{_say(WHISPER)}</Gather>'

    def accept(self, request: Request) -> str:
        if request.form["Digits"] != "1":
            return ""
        sid = self.callers[-1]
        threading.Thread(target=self._fetch_in, args=[sid], daemon=True).start()
        return self._room(sid)

    # ---- what the tests ask of it

    def ring(self, number: str, *, seconds: int = 20) -> None:
        """Let a counsellor's telephone ring for the newest caller."""
        news = {"StatusCallback": f"{self.url}/news", "StatusCallbackEvent": "completed"}
        self._rest("Calls.json", To=number, From="+81120529528", Url=f"{self.url}/offer", Timeout=str(seconds), **news)

    def _fetch_in(self, sid: str) -> None:
        self._rest(f"Calls/{sid}.json", Twiml=f"<Response>{self._room(sid)}</Response>")

    def _rest(self, path: str, **form: str) -> None:
        address = f"{self.line}/2010-04-01/Accounts/{ACCOUNT}/{path}"
        requests.post(address, data=form, auth=(ACCOUNT, TOKEN), timeout=10).raise_for_status()

    def _room(self, name: str) -> str:
        conference = f'<Conference endConferenceOnExit="true" beep="false" waitUrl="">{name}</Conference>'
        return f'<Dial action="{self.url}/after">{conference}</Dial>'

    # ---- serving

    def serve(self, port: int) -> threading.Thread:
        """Answer on *port* of the loopback; ``stop`` ends it."""
        self.url = f"http://127.0.0.1:{port}"
        self._server = make_server("127.0.0.1", port, self.app, threaded=True, request_handler=_Quiet)
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _say(words: str) -> str:
    return f'<Say language="ja-JP">{words}</Say>'
