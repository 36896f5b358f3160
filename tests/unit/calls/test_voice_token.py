from __future__ import annotations

import jwt
import pytest

from callcenter.adapters.twilio.voice_token import LONGEST, SignedTokens

TOKENS = SignedTokens("AC" + "0" * 32, "SK" + "0" * 32, "a secret that is long enough for HS256 to be happy")


def test_a_token_is_signed_for_incoming_calls_of_one_name() -> None:
    token = TOKENS.grant("c_1_ab", seconds=600)
    claims = jwt.decode(token, TOKENS.api_secret, algorithms=["HS256"], options={"verify_sub": False})
    assert claims["grants"] == {"identity": "c_1_ab", "voice": {"incoming": {"allow": True}}}


@pytest.mark.parametrize("seconds", [0, -1, LONGEST + 1, 86_400])
def test_no_token_lives_longer_than_a_quarter_of_an_hour(seconds: int) -> None:
    with pytest.raises(ValueError, match="900 seconds"):
        TOKENS.grant("c_1_ab", seconds=seconds)


@pytest.mark.parametrize("identity", ["", "c-1", "c 1", "みなと", "c.1", "c" * 122, "c_1\n"])
def test_a_name_that_twilio_would_refuse_is_refused_here(identity: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and underscores"):
        TOKENS.grant(identity, seconds=600)


def test_the_secret_is_in_no_traceback() -> None:
    assert TOKENS.api_secret not in repr(TOKENS)
