from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import get_template_attribute

from callcenter.ui.forms import Problem
from tests.pages import ORIGIN, Site

MISSING = [Problem("next", "次回に聞くことを、ひとこと書いてください。")]


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    site = Site(sqlite_url)
    with site.app.test_request_context(base_url=ORIGIN):
        yield site
    site.close()


def draw(part: str, macro: str, *args: Any, **kwargs: Any) -> str:
    return str(get_template_attribute(f"parts/{part}.html", macro)(*args, **kwargs))


def test_a_field_has_its_label_above_and_its_help_is_read_with_it(site: Site) -> None:
    html = draw("field", "field", "呼び名", "nick", "ミナト", hint="本名でなくてかまいません。")
    assert html.index('<label for="nick">呼び名') < html.index('id="nick-hint"') < html.index('id="nick" ')
    assert 'aria-describedby="nick-hint"' in html
    assert 'value="ミナト"' in html


def test_a_field_says_in_words_whether_it_must_be_answered(site: Site) -> None:
    assert "必須" in draw("field", "field", "次回", "next", need="must")
    assert "任意" in draw("field", "field", "次回", "next", need="optional")


def test_what_is_wrong_stands_beside_the_field_and_is_read_with_it(site: Site) -> None:
    html = draw("field", "field", "次回", "next", type="textarea", problems=MISSING)
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="next-wrong"' in html
    assert MISSING[0].message in html


def test_a_field_that_is_right_says_nothing_of_anothers_problem(site: Site) -> None:
    assert "aria-invalid" not in draw("field", "field", "呼び名", "nick", problems=MISSING)


def test_the_summary_leads_to_each_field(site: Site) -> None:
    html = draw("field", "error_summary", [*MISSING, Problem(None, "もう一度お試しください。")])
    assert '<a href="#next">' in html
    assert "もう一度お試しください。" in html
    assert draw("field", "error_summary", []).strip() == ""


def test_a_password_is_never_written_back(site: Site) -> None:
    assert "hunter2" not in draw("field", "field", "パスワード", "password", "hunter2", type="password")


def test_what_people_typed_is_shown_and_never_run(site: Site) -> None:
    for kind in ("text", "textarea"):
        html = draw("field", "field", "主なお話", "main", "<script>alert(1)</script>", type=kind)
        assert "<script>" not in html


def test_a_select_keeps_the_answer(site: Site) -> None:
    html = draw("field", "field", "外出", "out", "b", type="select", options=[("a", "不明"), ("b", "近所")])
    assert '<option value="b" selected>近所</option>' in html


def test_choices_are_one_question_with_a_legend(site: Site) -> None:
    html = draw("field", "choices", "話題", "topics", [("a", "居場所"), ("b", "就労")], chosen=["b"], many=True)
    assert "<legend" in html
    assert html.count('type="checkbox"') == 2
    assert 'value="b" checked' in html


def test_a_button_shows_the_key_that_presses_it(site: Site) -> None:
    html = draw("button", "button", "保留", keys="H")
    assert 'aria-keyshortcuts="Alt+H"' in html
    assert '<kbd class="key">Alt+H</kbd>' in html


def test_a_symbol_is_never_read_aloud_instead_of_its_word(site: Site) -> None:
    assert 'aria-hidden="true"' in draw("icon", "icon", "phone")
