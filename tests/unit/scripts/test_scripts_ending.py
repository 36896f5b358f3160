from __future__ import annotations

from collections.abc import Callable

import pytest

from ivr.scripts import ending
from ivr.scripts.ending import Ending
from tests.unit.scripts.scenes import NEXT_OPEN, captions, verbs

SPOKEN = {
    "overflow": (ending.overflow, "長くお待ちいただいたのに、おつなぎできませんでした。"),
    "nobody": (ending.nobody, "申しわけありません。今、相談員が電話に出られません。"),
    "closed out": (ending.closed_out, "長くお待ちいただいたのに、今日はおつなぎできませんでした。"),
    "closed special": (ending.closed_special, "台風の影響で、今日の受付を、ここまでといたします。"),
    "trouble": (ending.trouble, "申しわけありません。ただいま、電話の調子が悪く、おつなぎできません。"),
}
every_end = pytest.mark.parametrize("script, first", SPOKEN.values(), ids=SPOKEN)
SCENE = Ending(next_open=NEXT_OPEN, special="台風の影響")


@every_end
def test_every_spoken_end_has_its_own_words_first(script: Callable[[Ending], str], first: str) -> None:
    assert captions(script(SCENE))[0].startswith(first)


@every_end
def test_every_spoken_end_names_danger_to_life_then_the_other_line(script: Callable[[Ending], str], first: str) -> None:
    document = script(SCENE)
    assert verbs(document) == ["Say", "Say", "Say", "Hangup"]
    assert "119番か、110番へ" in captions(document)[1]
    assert "よりそいホットライン" in captions(document)[2]


@every_end
def test_every_spoken_end_works_without_knowing_anything(script: Callable[[Ending], str], first: str) -> None:
    said = captions(script(Ending()))
    assert len(said) == 3
    assert "次" not in said[0]


@pytest.mark.parametrize("script", [ending.closed_out, ending.closed_special])
def test_an_end_because_of_closing_names_the_next_opening(script: Callable[[Ending], str]) -> None:
    assert captions(script(SCENE))[0].endswith("11月24日、火曜日、午前10時からです。")


def test_another_number_can_be_named_as_the_other_line() -> None:
    said = captions(ending.overflow(Ending(other_line="0120-061-338")))[2]
    assert said.count("ぜろ、いち、にい、ぜろ、の、ぜろ、ろく、いち、の、さん、さん、はち。") == 2


def test_after_two_people_said_goodbye_the_machine_is_silent() -> None:
    assert verbs(ending.bye()) == ["Hangup"]


def test_thanks_are_said_before_hanging_up() -> None:
    assert verbs(ending.thanks()) == ["Say", "Hangup"]
    assert captions(ending.thanks()) == ["お電話、ありがとうございました。またいつでも、お待ちしています。"]


def test_news_is_answered_with_an_empty_response() -> None:
    assert verbs(ending.nothing()) == []
    assert "<Response />" in ending.nothing()
