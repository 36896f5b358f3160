"""The line that is kept outside, and the mail that carries it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from callcenter.adapters.mail import FolderMailer, SmtpMailer
from callcenter.domain.ports import Mail, MailNotTaken
from callcenter.domain.trail.audit_heads import Head, head_line, read_heads

HEAD = Head(12345, "ab" * 32)
MAIL = Mail(("kansa@example.jp",), "監査記録の印", f"印です。\n{head_line(date(2026, 11, 26), HEAD)}\n", key="k1")


def test_a_head_is_read_back_from_any_text_around_it() -> None:
    line = head_line(date(2026, 11, 26), HEAD)
    assert read_heads(f"まえ\n> {line} うしろ\n{head_line(date(2026, 11, 27), Head(3, 'cd' * 32))}") == [
        HEAD,
        Head(3, "cd" * 32),
    ]
    assert read_heads(line.replace("1 2026", "2 2026")) == []
    assert read_heads(line[:-1]) == []


class _Server(socketserver.StreamRequestHandler):
    """A mail server with a mind of its own: says *refuse* to every letter, or keeps it."""

    def handle(self) -> None:
        server: Any = self.server
        self.wfile.write(b"220 here\r\n")
        for raw in self.rfile:
            word = raw.strip().upper()
            if word.startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                server.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(b"451 later\r\n" if server.refuse else b"250 taken\r\n")
            elif word.startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")


@pytest.fixture
def server() -> Iterator[Any]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Server) as server:
        server.daemon_threads = True
        found: Any = server
        found.letters, found.refuse = [], False
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield found
        server.shutdown()


def mailer(server: Any) -> SmtpMailer:
    return SmtpMailer(f"smtp://127.0.0.1:{server.server_address[1]}", "no-reply@hikikomori-tokyo.net")


def test_a_mail_goes_by_smtp_as_plain_text_that_no_machine_answers(server: Any) -> None:
    mailer(server).send(MAIL)
    (letter,) = server.letters
    assert all(byte < 128 for byte in letter)
    message = message_from_bytes(letter, policy=default)
    assert (message["To"], message["From"]) == ("kansa@example.jp", "no-reply@hikikomori-tokyo.net")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "監査記録の印"
    body = message.get_body(("plain",))
    assert body is not None
    assert read_heads(body.get_content()) == [HEAD]


def test_the_same_mail_bears_the_same_name_so_that_a_repetition_is_seen(server: Any) -> None:
    for _ in range(2):
        mailer(server).send(MAIL)
    first, second = (message_from_bytes(letter)["Message-ID"] for letter in server.letters)
    assert first == second
    assert str(first).endswith("@hikikomori-tokyo.net>")


def test_a_letter_that_nobody_takes_is_told_without_naming_anybody(server: Any) -> None:
    server.refuse = True
    with pytest.raises(MailNotTaken) as refused:
        mailer(server).send(MAIL)
    assert "kansa" not in str(refused.value)
    with pytest.raises(MailNotTaken):
        SmtpMailer("smtp://127.0.0.1:9", "a@b.jp").send(MAIL)


def test_without_a_server_a_mail_is_a_file_that_only_we_read(tmp_path: Path) -> None:
    FolderMailer(tmp_path / "mail", "a@b.jp").send(MAIL)
    (letter,) = (tmp_path / "mail").glob("*.eml")
    assert letter.stat().st_mode & 0o077 == 0
    body = message_from_bytes(letter.read_bytes(), policy=default).get_body(("plain",))
    assert body is not None
    assert read_heads(body.get_content()) == [HEAD]
