from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client as Browser

from tests.line import Line
from tests.simulator.conftest import Office
from tests.simulator.desk import Desk


@pytest.fixture
def browser(line: Line) -> Browser:
    return Browser(line.app)


def state(browser: Browser) -> Any:
    return browser.get("/api/state").json


def post(browser: Browser, path: str, **data: Any) -> tuple[int, Any]:
    answer = browser.post(path, json=data)
    return answer.status_code, answer.json


def test_a_caller_dials_from_the_page(browser: Browser, line: Line) -> None:
    status, made = post(browser, "/api/callers", **{"from": "payphone"})
    line.settle()
    caller = state(browser)["callers"][0]
    assert status == 201 and caller["sid"] == made["sid"] and caller["index"] == 1
    assert (caller["from_label"], caller["kind"]) == ("公衆電話", "payphone")
    assert (caller["state"], caller["state_words"]) == ("waiting", "待っています")


def test_the_page_tells_numbers_apart(browser: Browser, line: Line) -> None:
    for from_ in ("anonymous", "+266696687", "+81300000001"):
        line.dial(from_)
    assert [caller["from_label"] for caller in state(browser)["callers"]] == ["非通知", "非通知", "+81 3 0000 0001"]


@pytest.mark.parametrize("from_", ["119", "0312345678", "", "みなと"])
def test_a_number_that_cannot_call_is_refused_in_words(browser: Browser, from_: str) -> None:
    status, answer = post(browser, "/api/callers", **{"from": from_})
    assert status == 400 and answer["error"].endswith("書いてください。")


def test_a_conversation_is_seen_from_both_sides(browser: Browser, line: Line, office: Office) -> None:
    post(browser, "/api/handsets", number="+819011112222", name="担当12")
    phone, handset = office.connects()
    post(browser, f"/api/calls/{phone.sid}/say", text="えっと。")
    post(browser, f"/api/calls/{handset.sid}/say", text="はい。")
    line.advance(3)
    seen = state(browser)
    caller, telephone = seen["callers"][0], seen["handsets"][0]
    assert (caller["state"], caller["connected_with"], caller["state_words"]) == (
        "talking",
        ["担当12"],
        "相談員と話しています",
    )
    assert (telephone["name"], telephone["caller_index"], telephone["connected_with"]) == ("担当12", 1, ["発信者1"])
    assert [(line_["kind"], line_["text"]) for line_ in caller["captions"]] == [("us", "えっと。"), ("them", "はい。")]
    assert caller["state_seconds"] == 3 and seen["counters"]["talking"] == 1


def test_a_ringing_telephone_says_how_long_it_will(browser: Browser, office: Office) -> None:
    office.rings(timeout=15)
    telephone = state(browser)["handsets"][0]
    assert (telephone["state"], telephone["ring_limit"]) == ("ringing", 20)
    assert post(browser, f"/api/calls/{telephone['sid']}/answer")[0] == 200


def test_a_telephone_is_idle_again_soon_after_its_call(browser: Browser, line: Line, office: Office) -> None:
    office.rings().declines()
    assert state(browser)["handsets"][0]["state"] == "ended"
    line.advance(6)
    assert state(browser)["handsets"][0]["state"] == "idle"


def test_an_impossible_action_is_answered_in_words(browser: Browser, line: Line) -> None:
    phone = line.dial()
    assert post(browser, f"/api/calls/{phone.sid}/answer")[0] == 400
    assert post(browser, f"/api/calls/{phone.sid}/digits", digits="x")[0] == 400
    assert post(browser, "/api/calls/CA0/hangup") == (404, {"error": "その通話は、ありません。"})
    assert post(browser, f"/api/callers/{phone.sid}/clear")[0] == 400


def test_a_finished_caller_can_be_cleared_away(browser: Browser, line: Line) -> None:
    phone = line.dial()
    phone.hangs_up()
    assert state(browser)["callers"][0]["state"] == "ended"
    post(browser, f"/api/callers/{phone.sid}/clear")
    assert state(browser)["callers"] == []


def test_the_clock_is_put_from_the_page(browser: Browser) -> None:
    status, clock = post(browser, "/api/clock", at="2026-12-31T16:59:50", pace=60)
    assert status == 200 and clock["now"].startswith("2026-12-31T16:59:50") and clock["pace"] == 60


@pytest.mark.parametrize("data", [{"at": "tomorrow"}, {"pace": -1}, {"pace": "fast"}, {"pace": 1e9}], ids=str)
def test_an_impossible_clock_is_refused(browser: Browser, data: dict[str, Any]) -> None:
    assert post(browser, "/api/clock", **data)[0] == 400


def test_faults_are_switched_from_the_page(browser: Browser, line: Line) -> None:
    assert post(browser, "/api/faults", lost=True)[1]["lost"] == 1.0
    assert line.faults.lost == 1.0
    assert post(browser, "/api/faults", cosmic_rays=True)[0] == 400


def test_the_log_tells_what_was_asked_and_answered(browser: Browser, line: Line) -> None:
    phone = line.dial("payphone")
    phone.hangs_up()
    entries = browser.get("/api/log").json["entries"]  # type: ignore[index] # it is there
    told = [(entry["path"], entry["digest"], entry["caller"], entry["ok"]) for entry in reversed(entries)]
    assert told[:2] == [("/incoming", "公衆電話 → Enqueue", 1, True), ("/wait", "順番1 → Pause", 1, True)]
    assert ("/leave", "QueueResult=hangup → (空)", 1, True) in told
    assert state(browser)["log_ok"] is True


def test_the_log_never_holds_what_people_say(browser: Browser, office: Office) -> None:
    phone, handset = office.connects()
    phone.says("ひみつの話。")
    handset.says("ひみつですね。")
    text = browser.get("/api/log?download=1").get_data(as_text=True)
    assert "ひみつ" not in text and text.count("\n") > 5


def test_a_violation_is_seen_in_the_log(browser: Browser, desk: Desk, line: Line) -> None:
    line.engine.strict = False
    desk.documents["/incoming"] = "<Say>はい</Say>"
    line.dial()
    entry = browser.get("/api/log").json["entries"][0]  # type: ignore[index] # it is there
    assert entry["ok"] is False and "lacks language" in entry["violations"][0]
    assert state(browser)["log_ok"] is False and state(browser)["counters"]["violations"] == 1


def test_the_page_is_told_that_something_changed(browser: Browser, line: Line) -> None:
    answer = browser.get("/api/events", buffered=False)
    first = next(iter(answer.response))
    assert (
        isinstance(first, bytes)
        and first.startswith(b"event: change\ndata: {")
        and answer.mimetype == "text/event-stream"
    )
    answer.close()


def test_other_sites_pages_may_not_touch_the_line(browser: Browser) -> None:
    answer = browser.post("/api/callers", json={}, headers={"Origin": "https://evil.test"})
    assert answer.status_code == 403


def test_the_process_says_that_it_lives(browser: Browser) -> None:
    assert browser.get("/healthz").get_data(as_text=True) == "ok\n"
