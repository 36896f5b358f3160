"""What keeps a line registered: young tokens, patience with a line that flickers, and less and less haste."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route

from callcenter.ui.response.assets import Assets
from tests.browsers import OpenPage
from tests.journeys.line.test_lines import STATIC

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = "<!doctype html><link rel=icon href='data:,'><title>line</title><meta name=csrf-token content=x>"
SETTING = """() => {
  class Still extends Line {
    registered = [];
    renewed = [];
    async register(token) {
      this.registered.push(token);
      if (this.away) throw new TypeError("nobody there");
      this.session = token;
    }
    async refresh(token) { this.renewed.push(token); }
    leave() { this.session = null; }
  }
  globalThis.line = new Still();
  globalThis.keeper = new LineKeeper(line, "/token");
  globalThis.changes = [];
  keeper.addEventListener("changed", () => changes.push(keeper.rings));
  setInterval(() => keeper.tick(), 1000);
}"""


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page with a keeper and a line that does as the test says, on a clock that stands until it is moved."""
    page, script, count = open_page(), Assets(STATIC)["desk.js"].body.decode(), iter(range(1, 1000))

    def answer(route: Route) -> None:
        if route.request.url.endswith("/token"):
            route.fulfill(json={"token": f"token {next(count)}", "seconds": 900})
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    page.route("http://127.0.0.1:9/**", answer)
    page.clock.install(time=0)
    page.goto("http://127.0.0.1:9/")
    page.evaluate(script)
    page.evaluate(SETTING)
    return page


def passes(page: Page, seconds: int) -> None:
    for _ in range(seconds):
        page.clock.run_for(1000)


def hears(page: Page, registered: bool, *, lost: bool = False) -> None:
    page.evaluate("(news) => line.tell('registration', news)", {"registered": registered, "lost": lost})


def test_a_line_that_flickers_is_reported_only_when_it_stays_away(page: Page) -> None:
    page.evaluate("keeper.hold('lease')")
    hears(page, True)
    hears(page, False)  # Chrome puts the page into its cache, and takes it out again
    passes(page, 9)
    hears(page, True)
    passes(page, 30)
    assert page.evaluate("changes") == [True]
    hears(page, False)
    passes(page, 11)
    assert page.evaluate("changes") == [True, False]
    hears(page, True)
    hears(page, False, lost=True)
    assert page.evaluate("changes") == [True, False, True, False]


def test_a_token_is_renewed_by_the_line_s_word_and_by_a_clock_of_our_own(page: Page) -> None:
    page.evaluate("keeper.hold('lease')")
    hears(page, True)
    page.evaluate("line.tell('expiring')")
    page.wait_for_function("line.renewed.length === 1")
    page.clock.fast_forward(841_000)  # the SDK may say it only once (twilio-voice.js issue 93)
    passes(page, 1)
    page.wait_for_function("line.renewed.length === 2")
    assert page.evaluate("[...line.registered, ...line.renewed]") == ["token 1", "token 2", "token 3"]


def test_why_no_ring_can_come_is_known_for_as_long_as_it_is_so(page: Page) -> None:
    page.evaluate("keeper.hold('lease')")
    assert page.evaluate("keeper.why") is None  # still connecting
    page.evaluate("line.tell('registration-failed', { words: '認められませんでした。' })")
    assert page.evaluate("keeper.why") == "認められませんでした。"
    hears(page, True)
    assert page.evaluate("keeper.why") is None
    page.evaluate("line.tell('registration-failed', { words: '認められませんでした。' })")
    assert page.evaluate("keeper.why") is None  # it rings all the same
    page.evaluate("keeper.rest()")
    assert page.evaluate("keeper.why") is None


def test_an_answer_that_says_nothing_is_no_token_and_is_asked_for_again(page: Page) -> None:
    page.route("**/token", lambda route: route.fulfill(status=200, body=""), times=1)
    page.evaluate("keeper.hold('lease')")
    assert page.evaluate("line.registered") == []
    assert "つながりません" in page.evaluate("keeper.why")
    passes(page, 6)
    page.wait_for_function("line.registered.length")
    assert page.evaluate("line.registered") == ["token 1"]


def test_a_line_that_gives_no_answer_at_all_is_said_to_be_silent(page: Page) -> None:
    page.evaluate("keeper.hold('lease')")
    passes(page, 19)
    assert page.evaluate("keeper.why") is None
    passes(page, 2)
    assert "返事がありません" in page.evaluate("keeper.why")


def test_a_line_that_is_away_is_asked_less_and_less_often(page: Page) -> None:
    page.evaluate("line.away = true; keeper.hold('lease')")
    for _ in range(150):
        passes(page, 1)
        page.wait_for_function("!keeper.connecting")
    assert 4 <= page.evaluate("line.registered.length") <= 7  # after 5, 10, 20, 40, 60 seconds
    page.evaluate("line.away = false")
    for _ in range(61):
        passes(page, 1)
        page.wait_for_function("!keeper.connecting")
    assert page.evaluate("Boolean(line.session)")
