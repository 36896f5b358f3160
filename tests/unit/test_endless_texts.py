"""Endless texts: what is compared is never normalised beyond a bounded length."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from callcenter.domain.announcements import speech, wording
from callcenter.domain.calendar.public_reason import public_reason
from callcenter.domain.cases.continuity import read_code
from callcenter.domain.codes import from_label
from callcenter.domain.directory import institutions
from callcenter.domain.errors import HelplineError
from callcenter.domain.moving import case_table
from callcenter.domain.names import nicknames
from callcenter.domain.names.nickname_ranking import Question
from callcenter.domain.normalising import LONGEST, normalised
from callcenter.domain.phone_numbers import Caller, CallerKind, staff_phone
from callcenter.domain.records.record_codes import Topic
from callcenter.domain.staff import second_factor
from callcenter.services.records import record_fields
from callcenter.services.staff import accounts, passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
MARKS = "\u0301\u0327" * 50_000
"""Marks above and below in turn, which a normal form puts into another order."""
ROOT = Path(__file__).resolve().parent.parent.parent

READERS: dict[str, Callable[[str], object]] = {
    "login": accounts.normalised_login,
    "password": lambda text: passwords.compare(None, text, CHEAP),
    "new password": lambda text: passwords.hashed(text, CHEAP),
    "code": second_factor.plain,
    "caller code": read_code,
    "nickname": nicknames.normalise,
    "nickname as written": nicknames.written,
    "nickname being typed": nicknames.typed_beginnings,
    "keys of a nickname": nicknames.query_keys,
    "ranked nickname": Question,
    "caller": Caller.read,
    "telephone of staff": staff_phone,
    "word of a list": lambda text: from_label(Topic, text),
    "date of a table": case_table.read_date,
    "age": record_fields._years,
    "directory": institutions.folded,
    "reason said aloud": public_reason,
    "fact said aloud": speech.speakable,
    "announcement": wording.tidy,
    "readings": wording.read_readings,
}


@pytest.fixture
def longest(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of what was normalised; the first is of nothing. Endless texts are noted and spared."""
    real, lengths = unicodedata.normalize, [0]

    def watched(form: str, text: str) -> str:
        lengths.append(len(text))
        return real(form, text[:100])  # type: ignore[arg-type]  # any of the forms

    monkeypatch.setattr(unicodedata, "normalize", watched)
    return lengths


@pytest.mark.parametrize("before", ["", "a", "みなと", "09012345678", "sip:"])
@pytest.mark.parametrize("reader", READERS)
def test_endless_marks_are_refused_or_cut_before_they_are_put_in_order(
    reader: str, before: str, longest: list[int]
) -> None:
    with suppress(HelplineError):
        READERS[reader](before + MARKS)
    assert max(longest) <= LONGEST


def test_a_text_at_the_limit_is_normalised_and_the_next_longer_one_is_not() -> None:
    assert normalised("Ａ" * LONGEST) == "A" * LONGEST
    with pytest.raises(HelplineError):
        normalised("Ａ" * (LONGEST + 1))


def test_only_one_module_normalises_texts() -> None:
    """The simulator imports nothing of ours, and reads only what our own line says."""
    modules = [path for folder in ("callcenter", "ivr") for path in (ROOT / folder).rglob("*.py")]
    apart = {ROOT / "callcenter/domain/normalising.py", ROOT / "ivr/simulator/twiml/speech.py"}
    found = {str(path.relative_to(ROOT)) for path in set(modules) - apart if _normalises(path)}
    assert found == set()


def _normalises(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in {"normalize", "is_normalized"}:
            return True
        if isinstance(node, ast.ImportFrom) and node.module == "unicodedata":
            return True
    return False


@pytest.mark.parametrize("honorific", ["さん", "ちゃん", "君", "様", "さま", "くん"])
def test_any_number_of_honorifics_is_taken_off(honorific: str) -> None:
    fifteen = "みなと" + honorific * 15
    assert nicknames.normalise(fifteen) == nicknames.written(fifteen) == "みなと"
    nicknames.normalise("みなと" + honorific * 50_000)
    nicknames.written("みなと" + honorific * 50_000)


def test_an_endless_caller_is_an_ordinary_caller_without_a_number() -> None:
    assert Caller.read("sip:" + "1" * 50_000).kind is CallerKind.INVALID


def test_a_password_that_is_endless_costs_one_comparison_and_fits_nothing() -> None:
    stored = passwords.hashed("a long enough password", CHEAP).value
    assert not passwords.compare(stored, "a long enough password" + "\u0301" * 5_000, CHEAP).fits


def test_a_password_in_decomposed_letters_is_the_same_password() -> None:
    composed = "がぎぐげござじずぜぞだぢづでどばびぶべぼ" * 12  # 240 letters, 480 as some keyboards write them
    stored = passwords.hashed(composed, CHEAP).value
    assert passwords.compare(stored, unicodedata.normalize("NFD", composed), CHEAP).fits
