from __future__ import annotations

import pytest
from hypothesis import given

from callcenter.domain.announcements import readings
from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.calendar.hours import Reason
from ivr.scripts import arrival
from tests.unit.scripts.scenes import NEXT_OPEN, ORIGIN, SHORTENED, WELCOME, captions, closed_scenes, only, verbs

NOON = Phrase("正午", "しょうご")
CLOSED = {
    "after hours": (arrival.Closed(reason=Reason.AFTER_CLOSING, next_open=NEXT_OPEN), "今日の受付は、終わりました。"),
    "too early": (arrival.Closed(reason=Reason.BEFORE_OPENING), "今日の受付は、午前10時からです。お待ちしています。"),
    "weekend": (
        arrival.Closed(reason=Reason.WEEKEND, next_open=NEXT_OPEN),
        "土曜日と日曜日は、お休みをいただいています。",
    ),
    "holiday": (
        arrival.Closed(reason=Reason.HOLIDAY, next_open=NEXT_OPEN, holiday=readings.holiday("勤労感謝の日")),
        "今日は、勤労感謝の日のため、お休みです。",
    ),
    "substitute day": (
        arrival.Closed(reason=Reason.HOLIDAY, next_open=NEXT_OPEN, holiday=readings.holiday("振替休日")),
        "今日は、祝日のため、お休みです。",
    ),
    "new year": (
        arrival.Closed(reason=Reason.NEW_YEAR, next_open=NEXT_OPEN),
        "12月29日から、1月3日まで、お休みをいただいています。",
    ),
    "special": (
        arrival.Closed(reason=Reason.SPECIAL, next_open=NEXT_OPEN, special="台風の影響"),
        "台風の影響で、今日の受付を、お休みしています。",
    ),
    "shortened": (
        arrival.Closed(reason=Reason.SPECIAL, next_open=NEXT_OPEN, special="大雪", close_time=SHORTENED),
        "大雪で、今日の受付は、午後3時までといたしました。",
    ),
    "opens late": (
        arrival.Closed(reason=Reason.SPECIAL, opens_at=NOON, special="設備の点検"),
        "設備の点検のため、今日の受付は、正午からです。お待ちしています。",
    ),
    "disaster": (
        arrival.Closed(reason=Reason.SPECIAL, next_open=NEXT_OPEN, special="地震", disaster=True),
        "ただいま、災害の影響で、受付をお休みしています。",
    ),
}
every_closure = pytest.mark.parametrize("scene, state", CLOSED.values(), ids=CLOSED)


def test_an_open_line_queues_the_caller_at_once_and_asks_us_what_to_play() -> None:
    document = arrival.welcome(WELCOME)
    assert verbs(document)[0] == "Enqueue"
    assert only(document, "Enqueue") == {
        "action": f"{ORIGIN}/ivr/voice/leave",
        "method": "POST",
        "waitUrl": f"{ORIGIN}/ivr/voice/wait",
        "waitUrlMethod": "POST",
    }
    assert ">hl-main</Enqueue>" in document


def test_a_caller_whom_the_queue_itself_refuses_is_not_left_in_silence() -> None:
    document = arrival.welcome(WELCOME)
    assert verbs(document) == ["Enqueue", "Say", "Say", "Say", "Hangup"]
    apology, danger, other = captions(document)
    assert apology.startswith("申しわけありません。")
    assert "119番" in danger
    assert "よりそいホットライン" in other


@every_closure
def test_a_closed_line_says_its_name_then_its_state(scene: arrival.Closed, state: str) -> None:
    first = captions(arrival.closed(scene))[0]
    assert first.startswith(f"東京都ひきこもりサポートネットです。{state}")


@every_closure
def test_the_next_opening_comes_before_everything_else(scene: arrival.Closed, state: str) -> None:
    first = captions(arrival.closed(scene))[0]
    if scene.disaster or scene.opens_at is not None or scene.reason is Reason.BEFORE_OPENING:
        assert "次は" not in first
    else:
        assert f"{state}次は、11月24日、火曜日、午前10時からです。" in first


@every_closure
def test_danger_to_life_is_named_before_the_other_line_and_mail_last(scene: arrival.Closed, state: str) -> None:
    document = arrival.closed(scene)
    assert verbs(document) == ["Say"] * 5 + ["Hangup"]
    _, danger, other, mail, thanks = captions(document)
    assert danger == "命の危険があるときは、すぐに、119番か、110番へ、お電話ください。"
    assert "よりそいホットライン" in other
    assert "メール相談" in mail
    assert thanks == "お電話ありがとうございました。"


def test_the_other_line_is_read_twice_digit_by_digit() -> None:
    other = captions(arrival.closed(CLOSED["weekend"][0]))[2]
    assert other.count("ぜろ、いち、にい、ぜろ、の、にい、なな、きゅう、の、さん、さん、はち。") == 2


def test_the_next_opening_is_shown_in_figures_and_spoken_in_kana() -> None:
    document = arrival.closed(CLOSED["weekend"][0])
    assert 'alias="じゅういちがつ にじゅうよっか、かようび、ごぜん じゅうじ">11月24日、火曜日、午前10時<' in document


def test_an_unknown_next_opening_is_not_spoken_of() -> None:
    first = captions(arrival.closed(arrival.Closed(reason=Reason.AFTER_CLOSING)))[0]
    assert first == "東京都ひきこもりサポートネットです。今日の受付は、終わりました。"


def test_a_special_day_without_a_reason_still_makes_a_sentence() -> None:
    first = captions(arrival.closed(arrival.Closed(reason=Reason.SPECIAL, next_open=NEXT_OPEN)))[0]
    assert "都合で、今日の受付を、お休みしています。" in first


@given(closed_scenes)
def test_every_closure_ends_with_the_ways_out(scene: arrival.Closed) -> None:
    said = captions(arrival.closed(scene))
    assert ["119" in one for one in said].index(True) < ["よりそい" in one for one in said].index(True)


def test_a_full_queue_is_explained_and_another_try_suggested() -> None:
    document = arrival.full(arrival.Full())
    assert verbs(document) == ["Say", "Say", "Say", "Hangup"]
    assert captions(document)[0].endswith("時間をおいて、またお電話ください。")


def test_late_in_the_day_a_full_queue_names_the_next_opening_instead() -> None:
    said = captions(arrival.full(arrival.Full(next_open=NEXT_OPEN)))
    assert said[0].endswith("次の受付は、11月24日、火曜日、午前10時からです。")
    assert "時間をおいて" not in said[0]
    assert "119番" in said[1]
    assert "よりそい" in said[2]


def test_a_blocked_number_hears_a_short_refusal_and_the_way_out_of_danger() -> None:
    document = arrival.refused()
    assert verbs(document) == ["Say", "Say", "Hangup"]
    assert "119番" in captions(document)[1]
