"""A passkey as a device holds it: makes a key, answers questions of one site, and can misbehave on demand."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.pages import ORIGIN

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


def encoded(plain: bytes) -> str:
    return urlsafe_b64encode(plain).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Device:
    """One ES256 passkey (Web Authentication §6.1, §8.7 for the attestation "none")."""

    def __init__(self, origin: str = ORIGIN, *, site: str = "desk.test", counts: bool = True) -> None:
        self.origin, self.site, self.counts = origin, site, counts
        self.verifies = True
        self.count = 0
        self.credential_id = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())

    def makes(self, question: str) -> str:
        """Answer the question for a new passkey."""
        public = self.key.public_key().public_numbers()
        x, y = public.x.to_bytes(32, "big"), public.y.to_bytes(32, "big")
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        head = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        told = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._seen(HAS_KEY) + head + cose})
        client = self._client("webauthn.create", question)
        return self._answer({"clientDataJSON": encoded(client), "attestationObject": encoded(told)})

    def answers(self, question: str) -> str:
        """Answer the question at the door."""
        self.count += self.counts
        seen, client = self._seen(), self._client("webauthn.get", question)
        signed = self.key.sign(seen + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": seen, "signature": signed}
        return self._answer({name: encoded(part) for name, part in parts.items()})

    def _seen(self, more: int = 0) -> bytes:
        flags = PRESENT | (VERIFIED if self.verifies else 0) | more
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, question: str) -> bytes:
        challenge = json.loads(question)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        name = encoded(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
