"""The glossary has every word we agreed on and every list of the code, in the words of the pages."""

from __future__ import annotations

import re
from inspect import getmembers, isclass

import pytest

from callcenter.domain.codes import Code
from callcenter.ui.state_labels import AWAY, ROLES, TONES
from tests.tools import code_lists
from tests.tools.papers import papers, rows, spans

GLOSSARY = papers()["docs/glossary.md"]
WORDS, LISTS = GLOSSARY.split("## Code lists")
ENUMS = code_lists.enums()
AGREED = (
    "caller",
    "subject",
    "relation",
    "counsellor",
    "supervisor",
    "administrator",
    "case",
    "nickname",
    "consultation",
    "call",
    "queue",
    "offer",
    "claim",
    "wrap-up",
    "disposition",
    "abandoned",
    "service level",
    "average speed of answer",
    "member",
    "user number",
    "thread",
    "message",
    "visit application",
    "visit",
    "municipal window",
    "institution",
    "referral",
    "contacts",
    "persons",
    "special day",
)
JAPANESE = re.compile("[ぁ-ゖァ-ヺ一-鿿]")


def entries() -> dict[str, list[str]]:
    return {row[0]: row for row in rows(WORDS)[1:]}


def test_every_agreed_word_is_explained() -> None:
    assert set(AGREED) - set(entries()) == set()


def test_every_word_stands_once_with_its_japanese_and_its_meaning() -> None:
    words = [row[0] for row in rows(WORDS)[1:]]
    assert len(words) == len(set(words))
    for word, (_, japanese, meaning) in entries().items():
        assert JAPANESE.search(japanese), word
        assert len(meaning) > 15, word


def test_every_class_that_a_word_names_exists() -> None:
    classes = {name for module in code_lists.modules() for name, _ in getmembers(module, isclass)}
    named = {span for span in spans(WORDS) if re.fullmatch(r"[A-Z][A-Za-z]+", span)}
    assert len(named) > 20
    assert named - classes == set()


@pytest.mark.parametrize("kind", ENUMS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_list_of_the_code_stands_with_each_member_and_its_word(kind: type[Code]) -> None:
    lines = [row for row in rows(LISTS) if row[0] == f"`{kind.__name__}`"]
    assert any(all(f"`{member.value}`" in line[2] for member in kind) for line in lines)
    if issubclass(kind, Code):
        assert any(all(f"`{one.value}` {one.label}" in line[2] for one in kind) for line in lines)


@pytest.mark.parametrize("kind", ENUMS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_list_of_the_code_says_what_it_is(kind: type[Code]) -> None:
    assert kind.__dict__.get("__doc__"), "the glossary shows the docstring"


def test_states_are_called_what_the_pages_call_them() -> None:
    shown = [*AWAY.values(), *ROLES.values(), *(tone.label for tones in TONES.values() for tone in tones.values())]
    assert [word for word in shown if word not in LISTS] == []


def test_every_list_that_the_glossary_names_exists() -> None:
    named = {row[0].strip("`") for row in rows(LISTS) if row[0].startswith("`")}
    assert named == {kind.__name__ for kind in ENUMS}
