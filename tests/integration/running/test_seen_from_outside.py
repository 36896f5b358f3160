"""What ``callcenter doctor`` finds by asking as Twilio asks: our public address, its certificate, the fallback."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from callcenter.adapters import outside_checks
from callcenter.adapters.checkup import Finding
from callcenter.adapters.twilio import outside
from callcenter.adapters.twilio.outside import SignedRequests
from callcenter.cli import commands
from callcenter.domain.calls.webhook_urls import WebhookUrls
from callcenter.domain.ports import NotReached
from callcenter.factory import create_app
from callcenter.loopback import free_port
from tests.desk import Desk
from tests.layers import fallback as script
from tests.line import ACCOUNT

Wsgi = Callable[..., Iterable[bytes]]
NOW = datetime(2026, 11, 25, 5, tzinfo=UTC)
ASKING = SignedRequests(ACCOUNT.sid, (ACCOUNT.auth_token,))


@contextmanager
def serving(app: Wsgi, port: int = 0, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve *app* on this machine and yield its origin."""
    server: BaseWSGIServer = make_server("127.0.0.1", port, app, threaded=True, ssl_context=context)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Front:
    """Our own process behind a web server that may do things to what comes through."""

    def __init__(self, sqlite_url: str) -> None:
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.desk = Desk(sqlite_url, PUBLIC_BASE_URL=self.origin)

    def found(self, server: Callable[[Wsgi], Wsgi] = lambda app: app, asking: SignedRequests = ASKING) -> Finding:
        with serving(server(self.desk.app.wsgi_app), self.port):
            return outside_checks.door(asking, WebhookUrls(self.origin).check())


@pytest.fixture
def front(sqlite_url: str) -> Iterator[Front]:
    front = Front(sqlite_url)
    yield front
    front.desk.close()


def always(status: int, text: str = "", **headers: str) -> Callable[[Wsgi], Wsgi]:
    """A web server that asks nobody."""
    return lambda _app: Response(text, status, headers)


def changing(**environ: str) -> Callable[[Wsgi], Wsgi]:
    """A web server that hands on something else than it was sent."""
    return lambda app: lambda was, start: app(was | environ, start)


# ---- our own address


def test_a_signed_request_comes_through_and_a_forged_one_is_refused(front: Front) -> None:
    assert front.found().well
    assert front.desk.calls() == []


def test_a_web_server_that_names_another_host_spoils_no_signature(front: Front) -> None:
    assert front.found(changing(HTTP_HOST="backend:8001", HTTP_X_FORWARDED_PROTO="http")).well


@pytest.mark.parametrize("target", ["/ivr/check", "/ivr/check?again=2", "/app/ivr/check?again=1"])
def test_a_web_server_that_changes_the_address_is_found_out(front: Front, target: str) -> None:
    found = front.found(changing(RAW_URI=target, REQUEST_URI=target))
    assert not found.well
    assert "proxy_pass" in found.sentence


def test_a_process_that_runs_with_another_token_is_found_out_even_where_one_of_two_fits(front: Front) -> None:
    found = front.found(asking=replace(ASKING, tokens=(ACCOUNT.auth_token, "the new one")))
    assert not found.well
    assert "2番目" in found.sentence and "起動し直し" in found.sentence


@pytest.mark.parametrize(
    "server, named",
    [
        (always(301, Location="https://www.example.jp/"), "301"),
        (always(200, script()), "callcenter-web を起動"),
        (always(502), "502"),
        (always(404), "404"),
    ],
)
def test_whatever_else_answers_in_our_place_is_named(front: Front, server: Callable[[Wsgi], Wsgi], named: str) -> None:
    found = front.found(server)
    assert not found.well
    assert named in found.sentence
    assert found.sentence.endswith("ください。")


def test_an_address_at_which_nobody_listens_is_told_in_a_sentence(front: Front) -> None:
    found = outside_checks.door(ASKING, WebhookUrls(front.origin).check())
    assert not found.well
    assert "届きません" in found.sentence


@pytest.mark.parametrize("pause", [0.5, 0.05])
def test_an_answer_that_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, pause: float) -> None:
    monkeypatch.setattr(outside, "SILENCE", 0.2)
    monkeypatch.setattr(outside, "WITHIN", 0.4)

    def drips(_environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", "text/xml")])
        for _ in range(100):
            time.sleep(pause)
            yield b"<"

    with serving(drips) as origin, pytest.raises(NotReached):
        next(ASKING.signed(origin))


def test_of_a_long_answer_only_as_much_is_read_as_a_script_may_have() -> None:
    with serving(Response("x" * 10_000_000)) as origin:
        assert len(next(ASKING.signed(origin)).text) == outside.LARGEST


# ---- the fallback at Twilio


def twiml_bin(holds: str) -> Wsgi:
    """What a TwiML Bin does: it shows its text to signed requests of its account alone."""

    @Request.application
    def app(request: Request) -> Response:
        fits = RequestValidator(ACCOUNT.auth_token).validate(
            request.url, request.form, request.headers.get("X-Twilio-Signature", "")
        )
        if not fits or request.form.get("AccountSid") != ACCOUNT.sid:
            return Response("Not Authorized", 403)
        return Response(holds, content_type="text/xml") if holds else Response(status=404)

    return app


@pytest.mark.parametrize("pasted", [script(), script().replace("><", ">\n    <"), script().partition("?>")[2]])
def test_a_bin_that_holds_todays_words_is_well_however_it_was_pasted(pasted: str) -> None:
    with serving(twiml_bin(pasted)) as origin:
        assert outside_checks.fallback(ASKING, f"{origin}/twiml/EH1", script()).well


@pytest.mark.parametrize(
    "holds, named",
    [
        (script().replace("119", "118"), "export-fallback"),
        ("<Response><Say>Hello</Say></Response>", "export-fallback"),
        ("<Response><Say", "export-fallback"),
        (f'<!DOCTYPE x [<!ENTITY e "{"9" * 99}">]><x>&e;</x>', "export-fallback"),
        ("", "404"),
    ],
)
def test_a_bin_that_is_stale_or_gone_fails_the_doctor(holds: str, named: str) -> None:
    with serving(twiml_bin(holds)) as origin:
        found = outside_checks.fallback(ASKING, f"{origin}/twiml/EH1", script())
    assert not found.well
    assert named in found.sentence


def test_while_the_token_is_changed_a_bin_may_know_either() -> None:
    either = replace(ASKING, tokens=("the new one", ACCOUNT.auth_token))
    with serving(twiml_bin(script())) as origin:
        assert outside_checks.fallback(either, f"{origin}/EH1", script()).well
        neither = outside_checks.fallback(replace(ASKING, tokens=("somebody's",)), f"{origin}/EH1", script())
    assert not neither.well
    assert "TWILIO_AUTH_TOKEN" in neither.sentence


def test_a_fallback_that_nobody_reaches_fails_the_doctor() -> None:
    assert not outside_checks.fallback(ASKING, f"http://127.0.0.1:{free_port()}/", script()).well


# ---- the certificate


def certified(folder: Path, *, days: float, host: str = "127.0.0.1") -> ssl.SSLContext:
    """Make a certificate that ends *days* after now, and is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "line")])
    ends = datetime.now(UTC) + timedelta(days=days, minutes=5)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=365))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, private)
    return context


def certificate_of(context: ssl.SSLContext) -> Finding:
    with serving(Response("ok"), context=context) as origin:
        return outside_checks.certificate(ASKING, origin, datetime.now(UTC))


@pytest.mark.parametrize(
    "days, well, doubt", [(90, True, False), (21, True, False), (20, True, True), (7, True, True), (6, False, True)]
)
def test_a_certificate_is_looked_at_three_weeks_before_its_end_and_fails_in_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: float, well: bool, doubt: bool
) -> None:
    context = certified(tmp_path, days=days)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "chain.pem"))
    found = certificate_of(context)
    assert (found.well, found.doubt) == (well, doubt)
    assert f"あと{days}日" in found.sentence


@pytest.mark.parametrize(
    "host, days, trusted", [("127.0.0.1", 90, False), ("127.0.0.2", 90, True), ("127.0.0.1", -1, True)]
)
def test_a_certificate_that_nobody_vouches_for_of_another_or_over_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, days: float, trusted: bool
) -> None:
    context = certified(tmp_path, days=days, host=host)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "chain.pem"))
    found = certificate_of(context)
    assert not found.well
    assert "証明書が正しくありません" in found.sentence


def test_an_address_without_tls_or_without_anybody_fails() -> None:
    assert "https" in outside_checks.certificate(ASKING, "http://line.example.jp", NOW).sentence
    nobody = outside_checks.certificate(ASKING, f"https://127.0.0.1:{free_port()}", NOW)
    assert (nobody.well, "443" in nobody.sentence) == (False, True)


# ---- the clock


@pytest.mark.parametrize(
    "ahead, well, doubt",
    [(0, True, False), (1.9, True, False), (-1.9, True, False), (5, True, True), (-59, True, True), (63, False, True)],
)
def test_a_clock_that_is_off_is_looked_at_and_a_minute_fails(ahead: float, well: bool, doubt: bool) -> None:
    theirs = (NOW + timedelta(seconds=ahead)).replace(microsecond=0)
    found = outside_checks.clock(theirs, NOW, NOW + timedelta(milliseconds=300))
    assert (found.well, found.doubt) == (well, doubt)


def test_a_slow_answer_is_not_taken_for_a_wrong_clock() -> None:
    assert not outside_checks.clock(NOW + timedelta(seconds=7), NOW, NOW + timedelta(seconds=8)).doubt


def test_without_twilios_time_nothing_is_claimed() -> None:
    assert outside_checks.clock(None, NOW, NOW).doubt


# ---- all of it, by the command


def test_the_command_tells_what_is_seen_from_outside_with_what_to_do(front: Front) -> None:
    desk = front.desk
    with serving(twiml_bin("<Response/>")) as origin, serving(desk.app.wsgi_app, front.port):
        settings = replace(desk.settings, fallback_url=f"{origin}/twiml/EH1")

        def app() -> Flask:
            return create_app(settings, replace(desk._ports(), outside=ASKING))

        cli = commands.build(settings=lambda: settings, app=app, run=lambda **_: 0)
        told = CliRunner().invoke(cli, ["doctor"])
    assert told.exit_code == 1
    assert "✗ fallback url: FALLBACK_URL の案内が、いまの文と違います" in told.output
    assert "✓ signature" in told.output
    assert "✓ phrases" in told.output
    assert "△ alarms: 知らせのメールが、だれにも届きません。ALARM_TO に" in told.output
    assert "✗ certificate: PUBLIC_BASE_URL が https:// ではありません" in told.output
