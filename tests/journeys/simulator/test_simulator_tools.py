"""What stands around the telephones of the simulator's page: clock, faults, log, voice; and that all can use it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browsers import OpenPage, axe
from tests.journeys.simulator.player import Player
from tests.journeys.simulator.switchboard import GREETING, Switchboard

pytestmark = pytest.mark.browser
SIZES = [(1280, 800), (390, 844), (320, 640)]


JUMPS = [
    ("9:59:50", "11月27日(金)", "2026年11月27日(金) 09:59:50"),
    ("14:00", "11月27日(金)", "2026年11月27日(金) 14:00:00"),
    ("16:30", "今日", "2026年11月26日(木) 16:30:00"),
    ("16:59:50", "今日", "2026年11月26日(木) 16:59:50"),
    ("祝日", "1月11日(月)", "2027年1月11日(月) 12:00:00"),
    ("年末", "12月29日(火)", "2026年12月29日(火) 12:00:00"),
]


def test_the_clock_jumps_to_the_next_day_that_fits(player: Player, simulator: str) -> None:
    player.page.get_by_label("進み方").select_option("止める")
    for button, day, shown in JUMPS:
        requests.post(f"{simulator}/api/clock", json={"at": "2026-11-26T14:05:01"}, timeout=10).raise_for_status()
        expect(player.page.locator("line-clock time")).to_have_text("2026年11月26日(木) 14:05:01")
        player.page.get_by_role("button", name=re.compile(f"^{button}.*{re.escape(day)}")).click()
        expect(player.page.locator("line-clock time")).to_have_text(shown)


def test_the_clock_can_be_put_to_any_moment(player: Player) -> None:
    player.page.get_by_label("進み方").select_option("止める")
    player.page.get_by_label("好きな時刻").fill("2027-01-04T09:59:55")
    player.press("合わせる")
    expect(player.page.locator("line-clock time")).to_have_text("2027年1月4日(月) 09:59:55")


def test_the_pages_holidays_are_those_of_the_calendar(player: Player) -> None:
    import holidays

    years = range(2024, 2036)
    script = """async ([first, last]) => {
        const { DAY, holidayOn } = await import("/static/js/holidays.js");
        const found = [];
        for (let day = Date.UTC(first, 0, 1); day < Date.UTC(last + 1, 0, 1); day += DAY)
            if (holidayOn(day)) found.push(new Date(day).toISOString().slice(0, 10));
        return found;
    }"""
    found = player.page.evaluate(script, [years.start, years.stop - 1])
    assert found == sorted(day.isoformat() for day in holidays.country_holidays("JP", years=years))


def test_a_fault_that_is_switched_on_says_so_until_all_is_well_again(player: Player, simulator: str) -> None:
    player.opens("通信のふるまいを変える")
    player.page.get_by_label("起こる割合").select_option("2回に1回")
    player.page.get_by_role("switch", name="知らせが届かない").click()
    expect(player.page.locator("fault-switches summary")).to_contain_text("1つ動作中")
    assert requests.get(f"{simulator}/api/state", timeout=10).json()["faults"]["lost"] == 0.5
    player.press("すべて元に戻す")
    expect(player.page.get_by_role("switch", name="知らせが届かない")).not_to_be_checked()
    assert requests.get(f"{simulator}/api/state", timeout=10).json()["faults"]["lost"] == 0


def test_the_log_is_quiet_until_it_is_opened(player: Player) -> None:
    player.dials()
    expect(player.page.locator("line-log summary")).to_contain_text("問い合わせと知らせ 2件")
    player.opens("やりとりの記録")
    rows = player.page.locator("line-log ol > li")
    expect(rows).to_contain_text(["発信者1問い合わせ/wait", "発信者1問い合わせ/voice非通知 → Enqueue200"])
    expect(player.page.get_by_text("署名も返事も、すべて正常です。")).to_be_visible()


def test_an_answer_that_breaks_the_rules_is_shown_at_once(player: Player, switchboard: Switchboard) -> None:
    switchboard.careless = True
    player.dials()
    expect(player.page.locator("line-log summary")).to_contain_text("うまくいかなかったもの 1件")
    player.opens("やりとりの記録")
    expect(player.page.locator("line-log")).to_contain_text("<Shout> is not a verb known here")


def test_the_log_can_be_taken_away_as_a_file(player: Player) -> None:
    player.dials()
    expect(player.captions).to_contain_text(GREETING)
    player.opens("やりとりの記録")
    with player.page.expect_download() as download:
        player.page.get_by_role("link", name="ファイルに書き出す").click()
    assert "/voice\t非通知 → Enqueue" in Path(download.value.path()).read_text(encoding="utf-8")


def test_the_voice_reads_the_line_and_falls_silent_with_the_call(simulator: str, page: Page) -> None:
    page.add_init_script("""
        window.spoken = [];
        Object.defineProperty(window, "speechSynthesis", { value: {
            getVoices: () => [], speak: (one) => spoken.push(one.text), cancel: () => spoken.push("(silence)"),
        } });
    """)
    page.goto(simulator)
    player = Player(page)
    page.get_by_role("switch", name="案内を声で聞く").check()
    player.dials()
    player.until(f"spoken.includes('{GREETING}')")
    player.press("電話を切る")
    player.until("spoken.at(-1) === '(silence)'")


def test_a_line_that_goes_away_is_said_so(simulator: str, browser: Browser) -> None:
    with browser.new_context(locale="ja-JP") as context:  # its console may complain of the lost connection
        player = Player(context.new_page())
        player.page.goto(simulator)
        expect(player.page.get_by_role("tab")).to_have_count(1)
        context.set_offline(True)
        player.press("電話をかける")
        expect(player.phone.get_by_role("alert")).to_contain_text("届きませんでした")
        expect(player.page.get_by_text("つながっていません")).to_be_visible()
        context.set_offline(False)
        player.press("電話をかける")
        expect(player.captions).to_contain_text(GREETING)
        expect(player.page.get_by_text("つながっていません")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_at_every_width(
    talking: Player, simulator: str, open_page: OpenPage, scheme: str
) -> None:
    for width, height in SIZES:
        player = Player(open_page(width, height, color_scheme=scheme))
        player.page.goto(simulator)
        expect(player.phone).to_contain_text("相談員と話しています")
        for drawer in ("通信のふるまいを変える", "やりとりの記録"):
            player.opens(drawer)
        expect(player.page.locator("line-log ol > li").first).to_be_visible()
        axe(player.page)
        player.sees_no_sideways_scroll()


def test_an_unused_page_says_it_is_a_trial_and_how_to_begin(player: Player) -> None:
    expect(player.page.get_by_role("banner")).to_contain_text("試験用")
    expect(player.phone).to_contain_text("はじめての方へ")
    expect(player.card).to_contain_text("かかってきていません")
    expect(player.page.get_by_role("link", name="相談員の画面を開く")).to_have_attribute("href", re.compile("/staff$"))
    axe(player.page)
