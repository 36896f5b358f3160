"""Passwords that the desk makes up are never ones that it would refuse."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from callcenter.domain.staff import guessable
from callcenter.services.staff import passwords
from callcenter.services.staff.accounts import FirstPassword
from tests import chance

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ALONG_THE_KEYBOARD = "qgt5-vyt6"
A_PATTERN = "abcd-efgh-abcd-efgh"
NOT_KNOWN = "k7mq-3fzr"


def test_a_password_that_happens_to_be_guessable_is_made_up_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert guessable.is_guessable(ALONG_THE_KEYBOARD, ())
    chance.brings(monkeypatch, ALONG_THE_KEYBOARD, ALONG_THE_KEYBOARD, NOT_KNOWN)
    assert passwords.made_up(2) == NOT_KNOWN


def test_a_made_up_password_has_nothing_to_do_with_its_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    own, foreign = "q7mz-w3pk-d5hv-2498", "k7mq-3fzr-w8pn-d5hv"
    chance.brings(monkeypatch, own, own, foreign)
    assert passwords.made_up(4) == own
    assert passwords.made_up(4, ("q7mzw3pkd5hv",)) == foreign


def test_a_first_password_that_happens_to_be_a_pattern_is_made_up_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    chance.brings(monkeypatch, A_PATTERN)
    assert not guessable.is_guessable(FirstPassword.made_up(CHEAP).text, ())
