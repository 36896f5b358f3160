"""Changing what callers hear: on one page, with a history, and heard at the next call."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.domain.announcements.wording import in_words
from callcenter.domain.staff.roles import Role
from callcenter.models.base import db
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.announcements import changed_phrases
from ivr import words
from ivr.simulator.clock import JST
from tests.calls.webhooks import INCOMING, form, post
from tests.integration.consoles import Console, Seat
from tests.outages import without_database
from tests.unit.announcements.test_wording import tone

GREETING = "ここは、話せる電話です。【窓口の名前】です。"


@pytest.fixture
def supervisor(desk: Console) -> Seat:
    return desk.seat("tanto01", role=Role.SUPERVISOR)


def greeting(desk: Console) -> str:
    """What the next caller hears first."""
    phone = desk.line.dial()
    desk.line.advance(1)
    return "".join(phone.heard)


def test_every_phrase_stands_on_one_page_and_opens(supervisor: Seat) -> None:
    page = supervisor.opens("/admin/announcements")
    for name, phrase in words.BY_NAME.items():
        assert in_words(phrase.text) in page.words.replace(" ", "")
        assert f"/admin/announcements/{name}" in page.links
    assert supervisor.opens("/admin/announcements/C05_LATE").heading == "C05 申しわけありません。"


def test_no_page_of_the_phrases_shows_a_placeholder(supervisor: Seat) -> None:
    for path in ("/admin/announcements", "/admin/announcements/B07", "/admin/announcements/B01"):
        page = supervisor.opens(path)
        assert "{" not in page.words
        assert "{next_open}" not in page.response.text
        assert "【次の受付の日時】" in page.response.text


def test_a_changed_greeting_is_heard_by_the_very_next_caller_and_can_be_put_back(
    desk: Console, supervisor: Seat
) -> None:
    assert "お電話ありがとうございます" in greeting(desk)
    supervisor.sends("/admin/announcements/A01", text=GREETING, readings="話せる=はなせる", script=False)
    assert "ここは、話せる電話です。" in greeting(desk)
    supervisor.sends("/admin/announcements/A01/back", script=False)
    assert "お電話ありがとうございます" in greeting(desk)
    page = supervisor.opens("/admin/announcements/A01")
    assert "はじめの文に変えました" in page.words
    older = re.search(r'name="version" value="(\d+)"', page.response.text)
    assert older is not None
    supervisor.sends("/admin/announcements/A01/back", version=older.group(1), script=False)
    assert "ここは、話せる電話です。" in greeting(desk)


def test_a_phrase_that_cannot_be_said_changes_nothing_and_keeps_what_was_typed(desk: Console, supervisor: Seat) -> None:
    answer = supervisor.sends("/admin/announcements/B10", text="お電話ください!", readings="", script=False)
    assert answer.status_code == 422
    assert "「119番」は消せません" in answer.text
    assert "お電話ください!" in answer.text
    with desk.work() as session:
        assert changed_phrases.history(session, "B10") == []


def test_a_greeting_longer_than_callers_should_wait_is_refused(supervisor: Seat) -> None:
    answer = supervisor.sends(
        "/admin/announcements/A01", text="【窓口の名前】です。" + "ありがとうございます。" * 12, script=False
    )
    assert answer.status_code == 422
    assert "秒までにおさまるよう" in answer.text


def test_a_recorded_voice_takes_the_place_of_the_words_and_can_be_fetched_by_anybody(
    desk: Console, supervisor: Seat
) -> None:
    answer = supervisor.sends("/admin/announcements/A01/recording", voice=(BytesIO(tone(4)), "hello.wav"), script=False)
    assert answer.status_code == 303
    post(desk, INCOMING, form())
    played = post(desk, "/ivr/voice/wait", form(QueueTime="0", QueuePosition="1")).text
    found = re.search(r"<Play>https://desk\.test(/audio/[0-9a-f]{48}\.wav)</Play>", played)
    assert found is not None
    heard = desk.app.test_client().get(found.group(1))
    assert (heard.data, heard.mimetype) == (tone(4), "audio/wav")
    assert "immutable" in heard.headers["Cache-Control"]
    assert desk.app.test_client().get("/audio/nothing.wav").status_code == 404
    assert "録音した声が流れます" in supervisor.opens("/admin/announcements/A01").words


def test_the_recorded_greeting_is_played_on_the_line(desk: Console, supervisor: Seat) -> None:
    supervisor.sends("/admin/announcements/A01/recording", voice=(BytesIO(tone(2)), "hello.wav"), script=False)
    phone = desk.line.dial()
    desk.line.advance(4)
    assert phone.heard[0].startswith("♪")
    assert "ご本人は1" in "".join(phone.heard)
    assert desk.line.failures() == []


@pytest.mark.parametrize(
    "name, body, help_words",
    [
        ("B01", tone(3), "そのつど変わる言葉"),
        ("A04", b"not a sound", "WAVかMP3"),
        ("A04", b"", "選んでください"),
        ("B10", tone(3), "命にかかわる案内"),
        ("A04", tone(24), "秒までにしてください"),
    ],
)
def test_a_recording_that_will_not_do_is_refused_kindly(
    desk: Console, supervisor: Seat, name: str, body: bytes, help_words: str
) -> None:
    sent: dict[str, Any] = {"voice": (BytesIO(body), "x.wav")} if body else {}
    answer = supervisor.sends(f"/admin/announcements/{name}/recording", script=False, **sent)
    assert answer.status_code == 422
    assert help_words in answer.text


def test_a_recording_may_be_larger_than_a_form(supervisor: Seat) -> None:
    large = (BytesIO(tone(12) + b"\0" * 2_000_000), "x.wav")
    answer = supervisor.sends("/admin/announcements/F01/recording", voice=large, script=False)
    answer.request.environ["wsgi.input"].close()  # the test's own browser keeps so large a form in a file
    assert answer.status_code == 303


def test_without_a_database_the_last_known_words_are_spoken(desk: Console, supervisor: Seat) -> None:
    supervisor.sends("/admin/announcements/B11", text="ホームページも、ご覧ください。", script=False)
    desk.line.at(datetime(2026, 11, 25, 20, tzinfo=JST))
    assert "ホームページも、ご覧ください。" in post(desk, INCOMING, form()).text
    with without_database(desk):
        assert "ホームページも、ご覧ください。" in post(desk, INCOMING, form("CA" + "2" * 32)).text


def test_a_process_that_asks_nobody_at_the_door_follows_within_seconds(
    desk: Console, supervisor: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = form(CallStatus="completed")
    post(desk, "/ivr/voice/status", status)
    supervisor.sends("/admin/announcements/F01", text="ここに、います。", script=False)
    with desk.app.app_context():
        assert changed_phrases.remembered(db.engine).by_name == {}
    monkeypatch.setattr(changed_phrases, "FRESH", 0.0)
    post(desk, "/ivr/voice/status", status)
    assert "ここに、います。" in post(desk, "/ivr/voice/say/F01", form()).text


def test_pages_that_show_what_is_said_show_the_changed_words(desk: Console, supervisor: Seat) -> None:
    counsellor = desk.seat("tanto05")
    counsellor.takes_the_line()
    phone = desk.line.dial()
    counsellor.is_rung_by(phone)
    counsellor.answers()
    supervisor.sends("/admin/announcements/A04", text="押さなくても、つながりますよ。", script=False)
    supervisor.sends("/admin/announcements/F01", text="話さなくても、ここにいます。", script=False)
    desk.line.dial()  # whoever calls next brings the news along
    assert "押さなくても、つながりますよ。" in counsellor.get("/").text
    assert "話さなくても、ここにいます。" in counsellor.get("/console/").text


def test_who_changed_which_phrase_is_in_the_trail_without_the_words(desk: Console, supervisor: Seat) -> None:
    supervisor.sends("/admin/announcements/C03", text="次に、おつなぎしますね。", script=False)
    with desk.work() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "announcement.change")).one()
    assert (entry.actor_id, entry.subject_id) == (supervisor.staff_id, "C03")
    assert "おつなぎ" not in str(entry.facts)


def test_counsellors_do_not_change_what_the_line_says(desk: Console) -> None:
    counsellor = desk.seat("tanto04")
    assert counsellor.get("/admin/announcements").status_code == 403
    assert counsellor.sends("/admin/announcements/C03", text="次です。").status_code == 403
