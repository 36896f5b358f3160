"""What ``doctor`` finds about our public address and the fallback at Twilio, as one sees them from outside."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.etree import ElementTree

from callcenter.adapters.checkup import Finding
from callcenter.domain.calendar.times import local_date, short_date
from callcenter.domain.ports import CertificateRefused, NotReached, Outside, WebAnswer

OK, FORBIDDEN = 200, {401, 403}
RENEW_FROM, TOO_LATE_FROM = 21, 7
"""Days of the certificate that are left: to be looked at, and wrong."""

BIN, DOOR, CERTIFICATE, CLOCK = "fallback url", "signature", "certificate", "clock"
DRIFT, TOO_MUCH = timedelta(seconds=2), timedelta(seconds=60)


def fallback(outside: Outside, url: str, script: str) -> Finding:
    """Return whether *url* answers Twilio with *script*; spaces between the verbs do not matter."""
    try:
        answer = next((one for one in outside.signed(url) if one.status not in FORBIDDEN), None)
    except NotReached as away:
        return Finding(BIN, False, f"FALLBACK_URL に届きません({away})。アドレスをご確認ください。")
    if answer is None:
        sentence = "FALLBACK_URL に断られました。TWILIO_AUTH_TOKEN が、TwiML Bin のアカウントのものかご確認ください。"
        return Finding(BIN, False, sentence)
    if answer.status != OK:
        sentence = f"FALLBACK_URL が {answer.status} を返します。TwiML Bin があるか、アドレスをご確認ください。"
        return Finding(BIN, False, sentence)
    if _plain(answer.text) == _plain(script):
        return Finding(BIN, True, "FALLBACK_URL の案内は、いまの文と同じです。")
    sentence = "FALLBACK_URL の案内が、いまの文と違います。callcenter export-fallback - の文を貼り直してください。"
    return Finding(BIN, False, sentence)


def door(outside: Outside, url: str) -> Finding:
    """Return whether webhooks come through to us as they were signed, and others are refused."""
    try:
        forged = outside.forged(url)
        if forged.status != 403:
            return Finding(DOOR, False, _not_ours(forged))
        for place, answer in enumerate(outside.signed(url), 1):
            if answer.status != OK:
                return Finding(DOOR, False, _refused(answer, place))
    except NotReached as away:
        sentence = f"PUBLIC_BASE_URL に届きません({away})。DNS、webサーバー、callcenter-web をご確認ください。"
        return Finding(DOOR, False, sentence)
    return Finding(DOOR, True, "署名のある知らせは公開のアドレスから届き、偽の署名は断られます。")


def _not_ours(answer: WebAnswer) -> str:
    if 300 <= answer.status < 400:
        return (
            f"PUBLIC_BASE_URL が、ほかのアドレスへ回します({answer.status})。Twilioの署名が合わなくなります。"
            "回される先を PUBLIC_BASE_URL にしてください。"
        )
    if answer.status == OK:
        return (
            "偽の署名が断られませんでした。callcenter-web が止まってwebサーバーが案内を流しているか、ほかのものが"
            "答えています。callcenter-web を起動し、/ivr/ の行き先をご確認ください。"
        )
    return (
        f"PUBLIC_BASE_URL の /ivr/ が {answer.status} を返します。callcenter-web が動いているか、"
        "webサーバーの proxy_pass をご確認ください。"
    )


def _refused(answer: WebAnswer, place: int) -> str:
    if answer.status not in FORBIDDEN:
        return f"署名のある知らせに {answer.status} が返りました。callcenter-web の記録をご確認ください。"
    return (
        f"正しい署名が断られました(TWILIO_AUTH_TOKEN の{place}番目)。callcenter-web を起動し直し、同じ設定で"
        "動いているかをご確認ください。それでも断られるなら、webサーバーがアドレスを書き換えています。"
        "proxy_pass の行にパスを書かないでください。"
    )


def certificate(outside: Outside, origin: str, now: datetime) -> Finding:
    """Return whether the certificate of our public address is valid, and for how long."""
    if not origin.startswith("https://"):
        return Finding(CERTIFICATE, False, "PUBLIC_BASE_URL が https:// ではありません。公開のアドレスにしてください。")
    try:
        ends = outside.certificate_ends(origin)
    except CertificateRefused as refused:
        sentence = f"証明書が正しくありません({refused})。Twilioは電話をつなげません。証明書を入れ直してください。"
        return Finding(CERTIFICATE, False, sentence)
    except NotReached as away:
        return Finding(CERTIFICATE, False, f"証明書を見られませんでした({away})。443番に届くかをご確認ください。")
    left = (ends - now).days
    words = f"証明書は、あと{left}日({short_date(local_date(ends))}まで)です。"
    if left >= RENEW_FROM:
        return Finding(CERTIFICATE, True, words)
    return Finding(CERTIFICATE, left >= TOO_LATE_FROM, f"{words}自動の更新が動いているかをご確認ください。", doubt=True)


def clock(theirs: datetime | None, before: datetime, after: datetime) -> Finding:
    """Return whether our clock, read *before* and *after* asking, agrees with Twilio's, told in whole seconds."""
    if theirs is None:
        return Finding(CLOCK, True, "Twilioの時刻がわからず、時計を比べられませんでした。", doubt=True)
    earliest, latest = theirs - after, theirs + timedelta(seconds=1) - before
    off = max(earliest, -latest, timedelta(0))
    if off <= DRIFT:
        return Finding(CLOCK, True, "時計は合っています。")
    words = f"時計が、Twilioと{round(off.total_seconds())}秒違います。NTP(timedatectl)をご確認ください。"
    return Finding(CLOCK, off <= TOO_MUCH, words, doubt=True)


def _plain(script: str) -> str | None:
    """Return *script* in XML's canonical form without space around texts; None if it is no plain XML."""
    if "<!DOCTYPE" in script or "<!ENTITY" in script:  # nothing of ours declares any
        return None
    try:
        return ElementTree.canonicalize(script, strip_text=True)
    except (ElementTree.ParseError, ValueError):
        return None
