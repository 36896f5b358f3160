"""What counsellors say in their own voice."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from callcenter.domain.calendar.times import parse_moment
from callcenter.domain.directory.helplines import shipped_helplines
from callcenter.domain.directory.institutions import at_hand, shipped
from callcenter.domain.talks import suggested_words, talk
from callcenter.domain.talks.suggested_words import Script

ALL: list[Script] = [script for section in suggested_words.drawer() for script in section.scripts]


@pytest.mark.parametrize("code", ["first", "E04", "F04", "G01", "G02", "G03", "H03"])
def test_the_drawer_holds_what_a_counsellor_reaches_for(code: str) -> None:
    assert [script.code for script in ALL].count(code) == 1


def test_the_ladder_says_that_this_line_cannot_dial_119_or_110() -> None:
    ladder = next(section for section in suggested_words.drawer() if section.id == "danger")
    assert ladder.steps
    assert ladder.note == "この電話から、119や110にはかけられません。"


def test_what_the_line_speaks_is_shown_as_it_speaks_it_now() -> None:
    shown = suggested_words.drawer(lambda code: f"いまの{code}")
    assert "いまのG02" in [script.words for section in shown for script in section.scripts]


@pytest.mark.parametrize("script", ALL, ids=lambda script: script.code)
def test_words_to_be_read_aloud_are_short_sentences_without_signs(script: Script) -> None:
    assert not re.search(r"[()()/〜…#「」]", script.words)
    assert all(len(sentence) <= 62 for sentence in script.words.split("。"))
    assert "がんばって" not in script.words


def test_the_same_words_stand_in_one_place_only() -> None:
    assert {script.words for script in ALL if script.code in ("F01", "H03")} == {
        talk.WORDS[talk.Help.SILENT],
        talk.LIMIT_WORDS,
    }


LINES = [(shipped(line), line.show_in) for line in shipped_helplines()]
NIGHT, NOON = parse_moment("2026-11-26T03:00"), parse_moment("2026-11-26T14:07")


@pytest.mark.parametrize("moment", [NIGHT, NOON])
def test_only_lines_that_may_answer_now_are_put_at_hand(moment: datetime) -> None:
    found = [entry for entry, answers in at_hand(LINES, moment) if answers is not False]
    assert len(found) == len(at_hand(LINES, moment)) > 1
    assert "よりそいホットライン" in {entry.name for entry in found}
    assert not {"119", "110"} & {entry.number for entry in found}  # they stand on the ladder, with how to ring them


def test_lines_that_surely_answer_stand_before_the_uncertain() -> None:
    known = [answers for _, answers in at_hand(LINES, NOON)]
    assert known == sorted(known, key=lambda answers: answers is None)
