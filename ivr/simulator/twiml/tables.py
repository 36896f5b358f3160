"""What TwiML may say: verbs, their attributes and values, and what stands inside what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Rule = Callable[[str], str | None]  # None when the value is fine, else what is wrong with it

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CONFERENCE_EVENTS = frozenset(["start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"])
VOICES = {
    "ja-JP": frozenset(
        ["Polly.Mizuki", "Polly.Takumi", "Polly.Takumi-Neural", "Polly.Kazuha-Neural", "Polly.Tomoko-Neural"]
        + [f"Google.ja-JP-{kind}-{letter}" for kind in ("Standard", "Wavenet") for letter in "BCD"]
        + [
            f"Google.ja-JP-Chirp3-HD-{n}"
            for n in ["Aoede", "Kore", "Leda", "Zephyr", "Charon", "Fenrir", "Orus", "Puck"]
        ]
    )
}


@dataclass(frozen=True)
class Spec:
    """One element: its attributes, those it cannot do without, its children and whether it holds text."""

    attributes: Mapping[str, Rule] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    children: frozenset[str] = frozenset()
    text: bool = False


def one_of(*values: str) -> Rule:
    return lambda value: None if value in values else f"is not one of {', '.join(values)}"


def whole(low: int, high: int) -> Rule:
    def rule(value: str) -> str | None:
        if not re.fullmatch(r"\d{1,9}", value) or not low <= int(value) <= high:
            return f"is not a whole number from {low} to {high}"
        return None

    return rule


def matching(pattern: str, what: str) -> Rule:
    compiled = re.compile(pattern)
    return lambda value: None if compiled.fullmatch(value) else f"is not {what}"


def absolute_url(value: str) -> str | None:
    """Demand an absolute, ASCII http(s) address; Twilio would resolve relative ones, but a proxy then breaks them."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return "is not an absolute http(s) URL"
    return None if value.isascii() and not re.search(r"\s", value) else "holds characters that a URL must escape"


def url_or_empty(value: str) -> str | None:
    return absolute_url(value) if value else None


def conference_events(value: str) -> str | None:
    strange = sorted(set(value.split()) - CONFERENCE_EVENTS)
    return f"names unknown events: {' '.join(strange)}" if strange or not value.strip() else None


BOOLEAN, METHOD, LABEL = one_of("true", "false"), one_of("GET", "POST"), matching(r"[\w-]{1,128}", "an opaque label")
NAME = matching(r"[A-Za-z0-9_.-]{1,64}", "an opaque ASCII name of at most 64 characters")
LANGUAGE, VOICE = one_of(*VOICES), one_of(*(voice for voices in VOICES.values() for voice in voices))
TIME = matching(r"\d+(\.\d+)?(ms|s)", "a time such as 500ms")
RATE = matching(r"x-slow|slow|medium|fast|x-fast|([2-9]\d|1\d\d|200)%", "a speaking rate (20% to 200%)")
FREE: Rule = lambda value: None if value.strip() else "is empty"  # noqa: E731 - a rule like the others in this table

SSML = frozenset(["break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"])
PROMPTS = frozenset(["Say", "Play", "Pause"])
HOOK: dict[str, Rule] = {"action": absolute_url, "method": METHOD}


def _ssml(attributes: Mapping[str, Rule], *required: str) -> Spec:
    return Spec(attributes, required, SSML, text=True)


SPECS: dict[str, Spec] = {
    "Response": Spec(
        children=PROMPTS | {"Gather", "Redirect", "Hangup", "Reject", "Enqueue", "Leave", "Dial"},
    ),
    "Say": Spec({"voice": VOICE, "language": LANGUAGE, "loop": whole(0, 1000)}, ("language",), SSML, text=True),
    "Play": Spec({"loop": whole(0, 1000), "digits": matching(r"[0-9wW*#A-D]{1,32}", "digits to play")}, text=True),
    "Pause": Spec({"length": whole(1, 180)}),
    "Gather": Spec(
        {
            **HOOK,
            "input": one_of("dtmf"),  # keys only: this line listens to no speech
            "numDigits": whole(1, 32),
            "timeout": whole(1, 60),
            "finishOnKey": matching(r"[0-9*#]?", "one key or empty"),
            "actionOnEmptyResult": BOOLEAN,
            "bargeIn": BOOLEAN,
            "language": LANGUAGE,
        },
        ("action",),
        PROMPTS,
    ),
    "Redirect": Spec({"method": METHOD}, text=True),
    "Hangup": Spec(),
    "Reject": Spec({"reason": one_of("rejected", "busy")}),
    "Leave": Spec(),
    "Enqueue": Spec({**HOOK, "waitUrl": absolute_url, "waitUrlMethod": METHOD}, ("action", "waitUrl"), text=True),
    "Dial": Spec({**HOOK, "timeLimit": whole(1, 86400)}, ("action",), frozenset(["Conference"])),
    "Conference": Spec(
        {
            "muted": BOOLEAN,
            "beep": one_of("true", "false", "onEnter", "onExit"),
            "startConferenceOnEnter": BOOLEAN,
            "endConferenceOnExit": BOOLEAN,
            "participantLabel": LABEL,
            "jitterBufferSize": one_of("off", "small", "medium", "large"),
            "waitUrl": url_or_empty,
            "waitMethod": METHOD,
            "maxParticipants": whole(2, 250),
            "region": one_of("us1", "us2", "ie1", "de1", "sg1", "br1", "au1", "jp1"),
            "coach": matching(r"CA[0-9a-f]{32}", "a call SID"),
            "statusCallback": absolute_url,
            "statusCallbackMethod": METHOD,
            "statusCallbackEvent": conference_events,
        },
        text=True,
    ),
    "break": Spec({"strength": one_of("none", "x-weak", "weak", "medium", "strong", "x-strong"), "time": TIME}),
    "emphasis": _ssml({"level": one_of("strong", "moderate", "reduced")}),
    "lang": _ssml({XML_LANG: FREE}, XML_LANG),
    "p": _ssml({}),
    "s": _ssml({}),
    "phoneme": _ssml(
        {"alphabet": one_of("ipa", "x-sampa", "x-amazon-pron-kana", "x-amazon-yomigana"), "ph": FREE}, "ph"
    ),
    "prosody": _ssml({"rate": RATE, "volume": FREE, "pitch": FREE}),
    "say-as": _ssml({"interpret-as": FREE, "format": FREE, "role": FREE}, "interpret-as"),
    "sub": _ssml({"alias": FREE}, "alias"),
    "w": _ssml({"role": FREE}, "role"),
}

TOP_VERBS: dict[str, frozenset[str]] = {
    "call": SPECS["Response"].children - {"Leave"},
    "wait": PROMPTS | {"Hangup", "Redirect", "Leave", "Gather"},
    "room": PROMPTS | {"Redirect"},
    "hold": PROMPTS | {"Redirect"},
    "announce": PROMPTS | {"Redirect"},
    "news": frozenset(),  # the answer to a status callback says nothing
}
FINAL_VERBS = frozenset(["Hangup", "Redirect", "Reject", "Leave"])
