"""Checking an uploaded voice recording by its content; its file name is never trusted."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from callcenter.domain.errors import HelplineError

LARGEST = 5 * 1024 * 1024
"""Bytes; half a minute of music-quality WAV."""
SHORTEST = 0.5
"""Seconds."""


class NotAVoice(HelplineError):
    """Raised when a file is no recording that the telephone can play."""

    message = "音声として読めませんでした。WAVかMP3で保存して、もう一度お選びください。"
    field = "voice"


@dataclass(frozen=True)
class Voice:
    """A recording that can be played."""

    body: bytes
    kind: str
    """wav or mp3."""
    seconds: float


def read_voice(body: bytes, *, limit: float) -> Voice:
    """Return *body* as a voice of at most *limit* seconds; ``NotAVoice`` says what is wrong."""
    from tinytag import TinyTag, TinyTagException  # heavy: only who brings a recording pays for it

    if not body:
        raise NotAVoice("録音のファイルを選んでください。")
    if len(body) > LARGEST:
        raise NotAVoice("ファイルが大きすぎます。5メガバイトまでにしてください。")
    kind = _kind(body)
    try:
        seconds = TinyTag.get(filename=f"voice.{kind}", file_obj=BytesIO(body), tags=False).duration or 0.0
    except (TinyTagException, ValueError, KeyError, IndexError) as broken:
        raise NotAVoice from broken
    if seconds < SHORTEST:
        raise NotAVoice
    if seconds > limit:
        raise NotAVoice(f"録音が{seconds:.0f}秒あります。この文は{limit:.0f}秒までにしてください。")
    return Voice(body, kind, seconds)


def _kind(body: bytes) -> str:
    if body[:4] == b"RIFF" and body[8:12] == b"WAVE":
        return "wav"
    if body[:3] == b"ID3" or (body[0] == 0xFF and len(body) > 1 and body[1] & 0xE6 == 0xE2):
        return "mp3"
    raise NotAVoice
