"""What must be set up at Twilio, and how that differs from what is.

The rules are Twilio's (IncomingPhoneNumber, Dialing Permissions, Recording Account Default Configuration) and ours:
webhooks come to us by POST, only Japan is rung and no expensive number there, and nothing is ever recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from callcenter.domain.calls.webhook_urls import WebhookUrls
from callcenter.domain.errors import HelplineError
from callcenter.domain.phone_numbers import display
from callcenter.domain.telephony import SetupChange, SetupFinding
from callcenter.twilio_words import CONTROL_RETRIES, NEWS_RETRIES

HOME = "JP"
TOLL_FREE = ("+81120", "+81800")
ACTIVE = "active"
"""Twilio's word for an account that works (Account resource, Status)."""

NOTHING = "(なし)"
SHOWN = 5
"""So many countries are named; the rest is counted."""


class Field(StrEnum):
    """One setting of a number."""

    VOICE_URL = "voice_url"
    VOICE_METHOD = "voice_method"
    FALLBACK_URL = "fallback_url"
    STATUS_URL = "status_url"
    STATUS_METHOD = "status_method"
    APPLICATION = "application"
    TRUNK = "trunk"


NAMES: dict[Field, str] = {
    Field.VOICE_URL: "電話が来たときの宛先(A call comes in)",
    Field.VOICE_METHOD: "その送り方",
    Field.FALLBACK_URL: "届かないときの宛先(Primary handler fails)",
    Field.STATUS_URL: "通話の終わりの知らせ先(Call status changes)",
    Field.STATUS_METHOD: "知らせの送り方",
    Field.APPLICATION: "TwiML App(あると、宛先が使われません)",
    Field.TRUNK: "SIP Trunk(あると、宛先が使われません)",
}

NumberSetup = Mapping[Field, str]


class OriginNotPublic(HelplineError):
    """Raised when our address is not public, so that Twilio could not call it over TLS."""

    message = (
        "PUBLIC_BASE_URL が https:// で始まる公開のアドレスではないため、Twilioに書きこめません。設定をご確認ください。"
    )


@dataclass(frozen=True)
class Dialing:
    """Which countries' ordinary, special and notoriously expensive numbers may be rung."""

    low_risk: frozenset[str]
    special: frozenset[str] = frozenset()
    toll_fraud: frozenset[str] = frozenset()
    inherited: bool = False
    """A subaccount takes over what its main account may ring."""


WANTED_DIALING = Dialing(frozenset({HOME}))


@dataclass(frozen=True)
class Recording:
    """What Twilio tells about recording; its Voice Trace cannot be queried."""

    by_default: bool
    kept: bool
    """At least one recording lies in the account."""
    transcribed: bool
    """Conversational Intelligence takes up every recording."""


class KeyKind(StrEnum):
    """With what we log in at Twilio; a standard key is the one that can do what we need and no more."""

    STANDARD = "standard"
    MAIN = "main"
    RESTRICTED = "restricted"
    NONE = "none"
    """The account's own auth token instead of a key."""
    FOREIGN = "foreign"
    """A key that the account does not have."""


@dataclass(frozen=True)
class Found:
    """The account's set-up; None where our key may not see it."""

    numbers: Mapping[str, NumberSetup]
    account: str | None
    """Twilio's word for the account's state; None if no auth token of ours fits it."""
    dialing: Dialing | None
    recording: Recording | None
    key: KeyKind | None = None


@dataclass(frozen=True)
class Wanted:
    """The set-up that our settings ask for."""

    answered: frozenset[str]
    caller_id: str
    origin: str
    fallback_url: str = ""
    any_origin: bool = False
    """Whether any address of ours can be called: by a stand-in on this machine."""

    def number(self) -> dict[Field, str]:
        """Return how every answered number must be set up; an unnamed fallback is not compared."""
        urls = WebhookUrls(self.origin)
        wanted = {
            Field.VOICE_URL: urls.voice("incoming") + CONTROL_RETRIES,
            Field.VOICE_METHOD: "POST",
            Field.STATUS_URL: urls.voice("status") + NEWS_RETRIES,
            Field.STATUS_METHOD: "POST",
            Field.APPLICATION: "",
            Field.TRUNK: "",
        }
        return wanted | ({Field.FALLBACK_URL: self.fallback_url} if self.fallback_url else {})


DIALING, RECORDING = "dialing", "recording"
"""Parts of the whole account that can be written; the parts of a number are ``Field``."""


def compare(wanted: Wanted, found: Found) -> list[SetupFinding]:
    """Return what is not as it should be, and what cannot be checked from here."""
    return [
        *_account(found),
        *_key(found.key),
        *(finding for e164 in sorted(wanted.answered) for finding in _number(e164, wanted, found)),
        *_caller_id(wanted.caller_id, found),
        *_dialing(found.dialing),
        *_recording(found.recording),
    ]


def _account(found: Found) -> Iterator[SetupFinding]:
    if found.account is None:
        yield SetupFinding(
            "token", "TWILIO_AUTH_TOKEN が、このアカウントのものではありません。電話がすべて断られます。"
        )
    elif found.account != ACTIVE:
        yield SetupFinding("account", f"アカウントが使えない状態です({found.account})。Twilioにお問い合わせください。")


def _key(kind: KeyKind | None) -> Iterator[SetupFinding]:
    what = {
        KeyKind.MAIN: "TWILIO_API_KEY が Main の鍵です。アカウントのすべてを動かせてしまいます。",
        KeyKind.RESTRICTED: "TWILIO_API_KEY が Restricted の鍵です。ブラウザーの電話が鳴りません。",
        KeyKind.NONE: "TWILIO_API_KEY がありません。ブラウザーの電話が鳴りません。",
        KeyKind.FOREIGN: "TWILIO_API_KEY が、このアカウントの鍵の一覧にありません。",
    }
    if kind in what:
        yield SetupFinding("key", f"{what[kind]}管理画面の API keys で Standard の鍵を1つ作り、入れかえてください。")


def _number(e164: str, wanted: Wanted, found: Found) -> Iterator[SetupFinding]:
    subject, there = display(e164), found.numbers.get(e164)
    if there is None:
        yield SetupFinding(
            subject, "この番号は、アカウントにありません。ANSWERED_NUMBERS か、番号の契約をご確認ください。"
        )
        return
    for part, value in wanted.number().items():
        now = there.get(part, "")
        if now == value:
            continue
        what, was, then = f"{subject} {NAMES[part]}", now or NOTHING, value or NOTHING
        change = SetupChange(part.value, what, was, then, e164, value)
        yield SetupFinding(subject, f"{NAMES[part]}が {was} です。{then} にしてください。", change=change)
    if not wanted.fallback_url:
        sentence = (
            f"{NAMES[Field.FALLBACK_URL]}が {there.get(Field.FALLBACK_URL) or NOTHING} です。この機械が止まったときに"
            "流れる案内のアドレス(TwiML Bin)を、FALLBACK_URL に入れてください。"
        )
        yield SetupFinding(subject, sentence)


def _caller_id(e164: str, found: Found) -> Iterator[SetupFinding]:
    if e164.startswith(TOLL_FREE):
        yield SetupFinding(display(e164), "0120や0800は、相談員の電話に出す番号に使えません。050の番号にしてください。")
    elif e164 not in found.numbers:
        sentence = "CALLER_ID_NUMBER が、アカウントの番号ではありません。相談員の電話に、番号が出ません。"
        yield SetupFinding(display(e164), sentence)


def _dialing(now: Dialing | None) -> Iterator[SetupFinding]:
    subject, where = DIALING, "Voice geographic permissions"
    if now is None:
        sentence = f"発信の許可を確かめられませんでした。管理画面の {where} で、日本の low-risk だけかを見てください。"
        yield SetupFinding(subject, sentence, wrong=False)
        return
    abroad = now.low_risk - {HOME}
    wrong = (
        (now.inherited, "親アカウントの許可を引きついでいます。", "引きつがないように"),
        (HOME not in now.low_risk, "日本へ発信できません。相談員の電話が鳴りません。", "日本の low-risk を許可"),
        (abroad, f"日本のほかへも発信できます({_named(abroad)})。", "日本だけに"),
        (now.special, f"特別な番号へ発信できます({_named(now.special)})。", "high-risk special をなしに"),
        (now.toll_fraud, f"高額な番号へ発信できます({_named(now.toll_fraud)})。", "high-risk toll-fraud をなしに"),
    )
    for is_wrong, sentence, then in wrong:
        if is_wrong:
            change = SetupChange(DIALING, f"発信の許可({where})", sentence, f"{then}します。")
            yield SetupFinding(subject, f"{sentence}{where} で、{then}してください。", change=change)


def _recording(now: Recording | None) -> Iterator[SetupFinding]:
    subject = RECORDING
    if now is not None and now.by_default:
        sentence = "すべての通話を自動で録音する設定(Recording Account Default)が入っています。切ってください。"
        change = SetupChange(RECORDING, "自動の録音", "入っています。", "切ります。")
        yield SetupFinding(subject, sentence, change=change)
    if now is not None and now.transcribed:
        sentence = "自動の文字起こし(Conversational Intelligence)が入っています。管理画面で切ってください。"
        yield SetupFinding(subject, sentence)
    if now is not None and now.kept:
        sentence = "録音が残っています。どうして録音されたかを調べ、管理画面の Recordings で消してください。"
        yield SetupFinding(subject, sentence)
    unseen = (
        "録音の設定は、ここからは見られませんでした。" if now is None else "Voice Trace は、ここからは見られません。"
    )
    sentence = (
        f"{unseen}3つのスイッチ(Recording Account Default、Voice Trace、Conversational Intelligence)が"
        "どれも切れているかを、管理画面で、目で確かめてください。"
    )
    yield SetupFinding(subject, sentence, wrong=False)


def _named(countries: frozenset[str]) -> str:
    listed = sorted(countries)
    more = len(listed) - SHOWN
    return "、".join(listed[:SHOWN]) + (f" ほか{more}" if more > 0 else "")
