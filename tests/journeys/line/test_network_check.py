"""ネットワークを確かめる in a real browser: its candidates come from a relay on loopback, its sockets from the edge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from ivr.simulator.rest.tokens import relay_secret
from tests.browsers import OpenPage, axe
from tests.journeys.line.edge import Edge
from tests.journeys.line.turn import HOST, Relay
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.real_line]


@contextmanager
def network(office: Office, *, udp: bool = True, tcp: bool = True) -> Iterator[Relay]:
    """Let a relay of this line be reached over these transports."""
    with Relay(relay_secret).running(udp=udp, tcp=tcp) as relay:
        office.line.console.relay = f"{HOST}:{relay.port}"
        yield relay


def check(page: Page) -> Locator:
    """Press the button by keyboard and return where the result comes."""
    button = page.get_by_role("button", name="ネットワークを確かめる")
    button.focus()
    page.keyboard.press("Enter")
    found = page.locator("network-check [data-found]")
    expect(found).to_contain_text("声の通り道", timeout=15_000)
    expect(button).to_be_focused()
    return found


def test_a_counsellor_learns_that_voices_and_rings_get_through(office: Office, edge: Edge, open_page: OpenPage) -> None:
    office.hire()
    page = open_page(permissions=["clipboard-read", "clipboard-write", "microphone"])
    edge.serve(page)
    office.sign_in(page)
    with network(office) as relay:
        found = check(page)
    assert relay.granted == {"udp", "tcp"}
    expect(found).to_have_attribute("role", "status")
    expect(found).to_contain_text("声の通り道：届きます。")
    expect(found).to_contain_text("呼び出しの通り道：届きます。")
    expect(found).to_contain_text("電話を受けられます")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-ways-out]")).to_contain_text("168.86.128.0/18（UDP 10000〜60000）")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-copied]")).to_contain_text("写しました")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "voice-js.tokyo.twilio.com" in copied
    assert "global.turn.twilio.com" in copied
    axe(page)
    assert edge.strangers == []


def test_where_only_tcp_gets_out_and_only_the_second_edge_answers_the_page_says_so(
    office: Office, edge: Edge, open_page: OpenPage
) -> None:
    office.hire()
    page = open_page(width=390, height=844)
    edge.shut = frozenset({"tokyo"})
    edge.serve(page)
    office.sign_in(page)
    with network(office, udp=False) as relay:
        found = check(page)
    assert relay.granted == {"tcp"}
    expect(found).to_contain_text("TCPだけ届きます")
    expect(found).to_contain_text("予備の行き先に届きます")
    expect(found).to_contain_text("管理者に伝えてください")
    page.get_by_text("ネットワークの管理者に伝えること").click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_where_nothing_gets_out_the_page_says_so_within_seconds_and_work_goes_on(
    office: Office, edge: Edge, open_page: OpenPage
) -> None:
    office.hire()
    page = open_page()
    edge.shut = frozenset({"tokyo", "singapore"})
    edge.serve(page)
    office.sign_in(page)
    with network(office, udp=False, tcp=False) as relay:
        found = check(page)
    assert relay.granted == set()
    expect(found).to_contain_text("声の通り道：届きません。")
    expect(found).to_contain_text("呼び出しの通り道：届きません。")
    axe(page)
    page.keyboard.press("Alt+u")
    expect(page.locator("#callbar")).not_to_contain_text("終了")


def test_a_twilio_that_does_not_answer_is_no_verdict_on_the_network(
    office: Office, edge: Edge, open_page: OpenPage
) -> None:
    office.hire()
    page = open_page()
    edge.serve(page)
    office.sign_in(page)
    office.line.faults.rest_500 = 1.0
    found = check(page)
    expect(found).to_contain_text("いまは確かめられません")
    expect(found).to_contain_text("呼び出しの通り道：届きます。")
    expect(found).not_to_contain_text("管理者")


def test_a_relay_that_refuses_was_reached(office: Office, edge: Edge, open_page: OpenPage) -> None:
    office.hire()
    page = open_page()
    edge.serve(page)
    office.sign_in(page)
    with Relay(lambda _username: "another secret").running() as relay:
        office.line.console.relay = f"{HOST}:{relay.port}"
        found = check(page)
    assert relay.granted == set()
    expect(found).to_contain_text("声の通り道：届きます。")
