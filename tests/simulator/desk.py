"""A scripted application: it answers what a test tells it to, checks every signature and remembers the questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response

from tests.line import ACCOUNT

ORIGIN = "https://desk.test"
XML = "text/xml; charset=utf-8"
Script = str | Callable[[dict[str, str]], str]

SAY = '<Say language="ja-JP">{}</Say>'
WAIT = f"{ORIGIN}/wait"
ENQUEUE = f'<Enqueue waitUrl="{WAIT}" action="{ORIGIN}/leave">hl-main</Enqueue>'
EVENTS = "start end join leave mute hold modify announcement"
NEWS = f'statusCallback="{ORIGIN}/room" statusCallbackEvent="{EVENTS}" waitUrl=""'


def dial(label: str, more: str = "", room: str = "hl-1") -> str:
    """Return a Dial into a room."""
    conference = f'<Conference participantLabel="{label}" {NEWS} {more}>{room}</Conference>'
    return f'<Dial action="{ORIGIN}/after-{label}">{conference}</Dial>'


@dataclass
class Asked:
    """One request the line made."""

    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]


class Desk:
    """The application under the line."""

    def __init__(self) -> None:
        self.documents: dict[str, Script] = {
            "/incoming": ENQUEUE,
            "/wait": '<Pause length="15"/>',
            "/join": dial("caller", 'endConferenceOnExit="true"'),
            "/answer": dial("c-1"),
        }
        self.statuses: dict[str, int] = {}
        self.types: dict[str, str] = {}
        self.timeouts: dict[str, int] = {}
        self.asked: list[Asked] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        validator = RequestValidator(ACCOUNT.auth_token)
        target = f"{ORIGIN}{environ['REQUEST_URI']}"
        signed = validator.validate(target, request.form, request.headers.get("X-Twilio-Signature", ""))
        assert signed, f"bad signature for {request.path}"
        form = (request.form if request.method == "POST" else request.args).to_dict()
        self.asked.append(Asked(request.method, request.path, form, dict(request.headers)))
        if self.timeouts.get(request.path, 0) > 0:
            self.timeouts[request.path] -= 1
            raise TimeoutError
        script = self.documents.get(request.path, "")
        text = script(form) if callable(script) else script
        body = text if text.startswith(("<?xml", "raw:")) else f"<Response>{text}</Response>"
        response = Response(
            body.removeprefix("raw:"),
            status=self.statuses.get(request.path, 200),
            content_type=self.types.get(request.path, XML),
        )
        return response(environ, start_response)

    def to(self, path: str) -> list[dict[str, str]]:
        """Return the parameters of every request to *path*, oldest first."""
        return [asked.form for asked in self.asked if asked.path == path]

    def events(self) -> list[str]:
        """Return the conference events so far, with labels."""
        return [
            f"{form['StatusCallbackEvent']} {form.get('ParticipantLabel', '')}".strip() for form in self.to("/room")
        ]
