"""A newcomer plays on the simulator's page: calls, listens, presses, answers and talks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.simulator.player import TELEPHONE, Player
from tests.journeys.simulator.switchboard import GREETING, KEYS, PRESSED, Switchboard

pytestmark = pytest.mark.browser


def test_a_newcomer_dials_and_reads_what_the_line_says(player: Player) -> None:
    player.dials()
    expect(player.captions).to_contain_text(GREETING)
    expect(player.captions).to_contain_text("2026年11月26日(木)")
    expect(player.phone).to_contain_text("待っています")
    expect(player.phone).to_contain_text("非通知から")


def test_a_key_reaches_the_line_and_stands_in_the_captions(player: Player, switchboard: Switchboard) -> None:
    player.dials()
    expect(player.captions).to_contain_text(GREETING)
    player.phone.get_by_role("button", name="2 家族").click()
    expect(player.captions).to_contain_text("2 を押しました")
    expect(player.captions).to_contain_text(PRESSED)
    assert switchboard.keys == ["2"]


def test_the_computers_own_keys_work_as_the_telephones(player: Player, switchboard: Switchboard) -> None:
    player.dials()
    expect(player.captions).to_contain_text(GREETING)
    player.page.keyboard.press("1")
    expect(player.captions).to_contain_text(PRESSED)
    assert switchboard.keys == ["1"]


def test_a_digit_written_in_a_sentence_is_not_a_key(talking: Player, switchboard: Switchboard) -> None:
    talking.page.get_by_label("発信者1として話す").press_sequentially("3人です")
    expect(talking.page.get_by_label("発信者1として話す")).to_have_value("3人です")
    expect(talking.captions).not_to_contain_text("を押しました")


def test_waiting_music_is_said_once_however_long_it_plays(player: Player, simulator: str) -> None:
    player.dials()
    player.page.get_by_label("進み方").select_option("60倍")
    expect(player.captions).to_contain_text("音楽が流れています")
    player.until("fetch('/api/state').then(r => r.json()).then(s => s.counters.webhooks > 6)")
    expect(player.captions.get_by_text("音楽が流れています")).to_have_count(1)


def test_caller_and_counsellor_read_what_the_other_types(talking: Player) -> None:
    talking.page.get_by_label("担当12として話す").fill("何とお呼びしましょうか。")
    talking.page.get_by_label("担当12として話す").press("Enter")
    expect(talking.captions).to_contain_text("相談員: 何とお呼びしましょうか。")
    talking.page.get_by_label("発信者1として話す").fill("こはる、でお願いします。")
    talking.page.get_by_label("発信者1として話す").press("Enter")
    expect(talking.card).to_contain_text("かけた人: こはる、でお願いします。")
    expect(talking.page.get_by_label("発信者1として話す")).to_have_value("")


def test_news_of_the_line_never_takes_away_what_is_being_typed(talking: Player) -> None:
    box = talking.page.get_by_label("発信者1として話す")
    box.fill("まだ書いている")
    talking.page.get_by_label("担当12として話す").fill("どうぞ。")
    talking.page.get_by_label("担当12として話す").press("Enter")
    box.focus()
    expect(talking.captions).to_contain_text("どうぞ。")
    expect(box).to_have_value("まだ書いている")
    expect(box).to_be_focused()


def test_hanging_up_ends_the_call_on_both_sides(talking: Player) -> None:
    talking.phone.get_by_role("button", name="電話を切る").click()
    expect(talking.phone).to_contain_text("電話は切れました")
    expect(talking.card).to_contain_text("切れました")
    expect(talking.phone.get_by_role("button", name="1 本人")).to_be_disabled()


def test_a_finished_caller_can_be_put_away(player: Player) -> None:
    player.dials()
    player.press("電話を切る")
    player.press("片づける")
    expect(player.page.get_by_role("tab")).to_have_text([re.compile("新しい電話")])


def test_the_same_telephone_can_call_again(player: Player) -> None:
    player.dials("公衆電話")
    player.press("電話を切る")
    player.press("もう一度かける")
    expect(player.page.get_by_role("tab")).to_have_text([re.compile("発信者2")])
    expect(player.captions).to_contain_text(GREETING)
    expect(player.phone).to_contain_text("公衆電話から")


def test_two_callers_ring_at_once_each_with_their_own_captions(player: Player) -> None:
    player.dials()
    expect(player.captions).to_contain_text(GREETING)
    player.press("もう1人かける")
    expect(player.captions).not_to_contain_text(GREETING)
    player.dials("+81 3 0000 0001")
    expect(player.page.get_by_role("tab")).to_have_text([re.compile("発信者1"), re.compile("発信者2")])
    expect(player.phone).to_contain_text("+81 3 0000 0001から")
    player.page.keyboard.press("2")
    expect(player.captions).to_contain_text("2 を押しました")
    player.page.get_by_role("tab", name="発信者1").click()
    expect(player.captions).to_contain_text(KEYS)
    expect(player.captions).not_to_contain_text("を押しました")


def test_a_telephone_that_is_refused_stops_ringing(player: Player, switchboard: Switchboard) -> None:
    player.dials()
    expect(player.phone).to_contain_text("待っています")
    switchboard.ring(TELEPHONE)
    expect(player.phone).to_contain_text("担当12の電話が鳴っています")
    expect(player.card).to_contain_text("鳴りやみます")
    player.press("出ない")
    expect(player.card).to_contain_text("切れました")
    player.page.get_by_label("進み方").select_option("10倍")
    expect(player.card).to_contain_text("かかってきていません")


def test_a_whole_call_can_be_made_with_the_keyboard_alone(player: Player, switchboard: Switchboard) -> None:
    keyboard = player.page.keyboard
    player.page.get_by_role("tab").focus()
    while not player.page.evaluate("document.activeElement.matches('[data-part=dial]')"):
        keyboard.press("Tab")
    keyboard.press("Enter")
    expect(player.captions).to_contain_text(GREETING)
    keyboard.press("1")
    expect(player.captions).to_contain_text(PRESSED)
    while not player.page.evaluate("document.activeElement.matches('[data-part=hangup]')"):
        keyboard.press("Tab")
    keyboard.press("Enter")
    expect(player.phone).to_contain_text("電話は切れました")
    expect(player.phone.get_by_role("group", name="発信者1の電話機")).to_be_focused()


def test_arrow_keys_move_between_the_callers(player: Player) -> None:
    player.dials()
    expect(player.page.get_by_role("tab")).to_have_text([re.compile("発信者1")])
    player.press("もう1人かける")
    expect(player.page.get_by_role("tab", name="新しい電話")).to_be_focused()
    player.page.keyboard.press("ArrowLeft")
    expect(player.page.get_by_role("tab", name="発信者1")).to_be_focused()
    expect(player.phone).to_contain_text("非通知から")
    player.page.keyboard.press("End")
    expect(player.page.get_by_role("tab", name="新しい電話")).to_have_attribute("aria-selected", "true")
