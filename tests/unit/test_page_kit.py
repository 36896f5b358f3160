"""What views of every blueprint share: reading what was sent, answering a press, turning pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask, get_flashed_messages
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calendar.times import JST, YEARS
from callcenter.domain.duty.presence import CHOSEN, AwayReason
from callcenter.domain.errors import HelplineError
from callcenter.domain.misuse.flags import Appeal
from callcenter.ui.kit import answers, paging
from callcenter.ui.kit.sent import NoSuchDay, UnknownChoice, a_day, a_moment, choice, chosen

SCRIPT = {"Accept": "application/json"}
TODAY = date(2026, 11, 26)


class Sorry(HelplineError):
    """A refusal of a page's own."""


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask(__name__)
    app.secret_key = "for the tests"  # signs the cookie of a test
    app.add_url_rule("/list/<which>", "list", lambda which: which)
    with app.app_context():
        yield app


# ------------------------------------------------------------------ what was sent


@given(st.sampled_from(Appeal))
def test_a_code_that_was_sent_is_its_member(code: Appeal) -> None:
    assert choice(Appeal, code.value) is chosen(Appeal, code.value) is code


@pytest.mark.parametrize("text", [None, "", "KEPT", "nothing of ours"])
def test_what_is_on_no_list_is_refused(text: str | None) -> None:
    assert chosen(Appeal, text) is None
    with pytest.raises(UnknownChoice, match="読みこみ直して"):
        choice(Appeal, text)
    with pytest.raises(Sorry):
        choice(Appeal, text, refusal=Sorry)


def test_only_some_members_of_a_list_may_be_offered() -> None:
    hidden = next(reason for reason in AwayReason if reason not in CHOSEN)
    with pytest.raises(UnknownChoice):
        choice(CHOSEN, hidden.value)


@given(st.dates(date(YEARS.start, 1, 1), date(YEARS.stop - 1, 12, 31)))
def test_every_day_that_is_written_as_pages_write_it_is_read(day: date) -> None:
    assert a_day(f" {day.isoformat()} ") == day


@pytest.mark.parametrize("text", [None, "", "2026-11-31", "tomorrow"])
def test_a_day_that_cannot_be_read_is_refused_in_the_words_of_the_page(text: str | None) -> None:
    with pytest.raises(NoSuchDay, match="カレンダーから選ぶ"):
        a_day(text)
    with pytest.raises(NoSuchDay, match="いつまで"):
        a_day(text, otherwise="いつまで")


def test_a_moment_without_an_offset_is_on_the_clock_of_japan() -> None:
    assert a_moment("2026-11-26T14:07").tzinfo is JST
    with pytest.raises(UnknownChoice):
        a_moment("2026-11-26T25:00")


# ------------------------------------------------------------------ answers


def test_a_press_of_a_script_is_answered_with_nothing_and_that_of_a_form_with_a_page(app: Flask) -> None:
    with app.test_request_context(headers=SCRIPT):
        assert answers.from_script()
        assert answers.done("list", which="all").status_code == 204
    with app.test_request_context():
        answer = answers.done("list", which="all")
        assert (answer.status_code, answer.location) == (303, "/list/all")


def test_a_form_that_was_taken_leads_on_with_a_word(app: Flask) -> None:
    with app.test_request_context():
        answer = answers.onward("list", "できました。", which="all")
        assert (answer.status_code, answer.location) == (303, "/list/all")
        assert get_flashed_messages() == ["できました。"]


def test_a_form_that_was_not_taken_comes_back_as_one_to_mend() -> None:
    assert answers.again("the page") == ("the page", 422)


# ------------------------------------------------------------------ pages


@pytest.mark.parametrize("address, number", [("/", 1), ("/?page=3", 3), ("/?page=0", 1), ("/?page=x", 1)])
def test_the_page_of_a_list_stands_in_the_address(app: Flask, address: str, number: int) -> None:
    with app.test_request_context(address):
        assert paging.page_number() == number


def test_the_first_page_has_none_before_it_and_the_last_none_after_it() -> None:
    def address(number: int) -> str:
        return f"/{number}"

    assert paging.Paging.of(1, more=True, address=address) == paging.Paging(1, None, "/2")
    assert paging.Paging.of(2, more=False, address=address) == paging.Paging(2, "/1", None)


def test_a_list_goes_on_before_a_number_or_a_moment(app: Flask) -> None:
    with app.test_request_context("/?before=17"):
        assert paging.before_number() == 17
    with app.test_request_context("/?before=2026-11-26T14:07"):
        assert paging.before_moment() == a_moment("2026-11-26T14:07")
    with app.test_request_context("/"):
        assert paging.before_moment() is None


def test_a_list_shows_the_usual_days_up_to_today_unless_others_are_asked_for(app: Flask) -> None:
    with app.test_request_context("/"):
        assert paging.days_asked(TODAY, 7) == (date(2026, 11, 20), TODAY)
    with app.test_request_context("/?from=2026-10-01&to=2026-10-31"):
        assert paging.days_asked(TODAY, 7) == (date(2026, 10, 1), date(2026, 10, 31))
    with app.test_request_context("/?from=nonsense"), pytest.raises(NoSuchDay):
        paging.days_asked(TODAY, 7)
