"""Sending mail by SMTP, or as files for a trial: plain text, one sender domain (promise M5)."""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from callcenter.domain.ports import Mail, MailNotTaken, MailRefused

if TYPE_CHECKING:
    from email.message import EmailMessage

PATIENCE = 15.0
"""Seconds for one answer of the mail server."""


def written(mail: Mail, sender: str) -> EmailMessage:
    """Return the mail as a message; base64, as eight-bit text is not taken everywhere."""
    from email.headerregistry import Address
    from email.message import EmailMessage  # heavy: only who sends mail pays for it
    from email.policy import SMTP

    message = EmailMessage(policy=SMTP)
    message["From"] = Address(mail.sender_name, addr_spec=sender) if mail.sender_name else sender
    message["To"] = ", ".join(mail.to)
    message["Subject"] = mail.subject
    domain = sender.rpartition("@")[2]
    message["Message-ID"] = f"<{hashlib.sha256(mail.key.encode()).hexdigest()[:32]}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine shall reply
    message.set_content(mail.text, cte="base64")
    return message


@dataclass(frozen=True)
class SmtpMailer:
    """Sends by ``smtp://`` (with STARTTLS where it is offered) or ``smtps://``; the URL holds user and password."""

    url: str = field(repr=False)
    sender: str

    def send(self, mail: Mail) -> None:
        """Send the mail; ``MailNotTaken`` names the kind of trouble only."""
        try:
            with self._connection() as server:
                server.send_message(written(mail, self.sender), from_addr=self.sender, to_addrs=list(mail.to))
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            kind = MailRefused if all(500 <= code < 600 for code in codes) else MailNotTaken
            raise kind(f"recipients refused: {sorted(set(codes))}") from None
        except (smtplib.SMTPException, OSError) as trouble:
            raise MailNotTaken(type(trouble).__name__) from None

    def _connection(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "localhost", ssl.create_default_context()
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE, context=secure)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=PATIENCE)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=secure)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server


@dataclass(frozen=True)
class FolderMailer:
    """Writes each mail as an ``.eml`` file, for a trial without a mail server."""

    folder: Path
    sender: str

    def send(self, mail: Mail) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = hashlib.sha256(mail.key.encode()).hexdigest()[:16]
        path = self.folder / f"{name}.eml"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(written(mail, self.sender).as_bytes())
