from __future__ import annotations

import pytest

from ivr.simulator.twiml.checker import check
from tests.simulator.desk import ENQUEUE, NEWS, ORIGIN, dial

SAY = '<Say language="ja-JP">はい。</Say>'
GATHER = f'<Gather input="dtmf" numDigits="1" timeout="2" finishOnKey="" action="{ORIGIN}/key">{SAY}</Gather>'
LONG = "あ" * 70_000

GOOD = {
    "an empty document": ("call", ""),
    "a greeting and a queue": ("call", f"{SAY}{ENQUEUE}{SAY}"),
    "a voice that speaks Japanese": ("call", '<Say language="ja-JP" voice="Polly.Kazuha-Neural">はい</Say>'),
    "speech with breaks": (
        "call",
        '<Say language="ja-JP">は<break time="300ms"/><prosody rate="90%">い</prosody></Say>',
    ),
    "a menu in the queue": ("wait", GATHER),
    "leaving the queue": ("wait", f"{SAY}<Leave/>"),
    "music in a room": ("room", f"<Play>{ORIGIN}/hold.mp3</Play><Redirect>{ORIGIN}/hold</Redirect>"),
    "a room": ("call", dial("caller", 'beep="false" region="jp1" endConferenceOnExit="true"')),
    "a refusal": ("call", '<Reject reason="busy"/>'),
    "news taken": ("news", ""),
}

BAD = {
    "text instead of XML": ("call", "raw:hello", "not well-formed"),
    "another root": ("call", "raw:<Answer/>", "root element"),
    "a document type": ("call", "raw:<!DOCTYPE a><Response/>", "document type"),
    "too much": ("call", f"<Say>{LONG}</Say>", "larger than 64 kB"),
    "a strange verb": ("call", "<Shout/>", "not a verb"),
    "a misspelt attribute": ("call", GATHER.replace("timeout", "timout"), "no attribute timout"),
    "a bad number": ("call", GATHER.replace('"2"', '"two"'), "whole number"),
    "a bad boolean": ("call", dial("c", 'muted="yes"'), "not one of"),
    "speech without a language": ("call", "<Say>はい</Say>", "lacks language"),
    "a voice from elsewhere": ("call", '<Say language="ja-JP" voice="alice">はい</Say>', "voice"),
    "silence": ("call", '<Say language="ja-JP"> </Say>', "says nothing"),
    "a relative address": ("call", "<Redirect>/next</Redirect>", "absolute"),
    "an unescaped address": ("call", f"<Redirect>{ORIGIN}/次</Redirect>", "escape"),
    "a relative sound": ("wait", "<Play>hold.mp3</Play>", "absolute"),
    "a menu without an action": ("call", f"<Gather>{SAY}</Gather>", "lacks action"),
    "a room in a menu": ("call", GATHER.replace(SAY, dial("c")), "must not stand inside"),
    "a queue while queueing": ("wait", ENQUEUE, "not allowed in a wait"),
    "a menu in a room": ("room", GATHER, "not allowed in a room"),
    "a hang-up on hold": ("hold", "<Hangup/>", "not allowed in a hold"),
    "leaving no queue": ("call", "<Leave/>", "not allowed in a call"),
    "words after the end": ("call", f"<Hangup/>{SAY}", "never be reached"),
    "words after leaving": ("wait", f"<Leave/>{SAY}", "never be reached"),
    "a late refusal": ("call", f"{SAY}<Reject/>", "first verb"),
    "a recording": ("call", dial("c", 'record="record-from-start"'), "must not record"),
    "a recording verb": ("call", "<Record/>", "not a verb"),
    "a strange event": ("call", dial("c").replace("start end", "begin"), "unknown events"),
    "a name that tells": ("call", ENQUEUE.replace("hl-main", "ミナトさん"), "opaque"),
    "a long name": ("call", ENQUEUE.replace("hl-main", "h" * 65), "opaque"),
    "two rooms at once": ("call", f'<Dial action="{ORIGIN}/a"></Dial>', "exactly one"),
    "news answered with words": ("news", SAY, "not allowed in a news"),
    "loose words": ("call", "はい", "must not hold text"),
    "half a callback": ("call", dial("c").replace(NEWS, f'statusCallback="{ORIGIN}/room"'), "together"),
}


def document(text: str) -> str:
    return text.removeprefix("raw:") if text.startswith("raw:") else f"<Response>{text}</Response>"


@pytest.mark.parametrize("name", GOOD)
def test_the_checker_accepts(name: str) -> None:
    context, text = GOOD[name]
    assert check(document(text), context) == []


@pytest.mark.parametrize("name", BAD)
def test_the_checker_refuses(name: str) -> None:
    context, text, reason = BAD[name]
    assert any(reason in found for found in check(document(text), context))


def test_the_checker_refuses_bytes_that_are_not_utf_8() -> None:
    assert check("<Response>はい</Response>".encode("shift_jis")) == ["document is not UTF-8"]
