"""Forms as WTForms reads them and our macros draw them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import wtforms
from flask import get_template_attribute
from wtforms import DateField, IntegerField, PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from callcenter.domain.access.break_glass import ReviewVerdict
from callcenter.domain.errors import HelplineError
from callcenter.ui.form_words import OUR_WORDS, SAID, UNREADABLE
from callcenter.ui.forms import AtMost, ChoiceField, Form, ManyChoicesField, Problem, RadioChoiceField
from tests.pages import ORIGIN, Site

TOWNS = {"13101": "千代田区", "13104": "新宿区"}


class Taken(HelplineError):
    """A rule about one field."""

    message = "その名前は、すでに使われています。"
    field = "name"


class Closed(HelplineError):
    """A rule about the whole."""

    message = "いまは受け付けていません。"


class AForm(Form):
    """One field of every kind that we ask with."""

    name = StringField("名前", [AtMost(8)], description="本名でなくてかまいません。")
    password = PasswordField("パスワード")
    day = DateField("いつまで", [InputRequired()])
    many = IntegerField("人数", default=1)
    note = TextAreaField("ひとこと")
    verdict = ChoiceField("結果", ReviewVerdict, blank="選んでください", refusal="結果を選んでください。")
    town = RadioChoiceField("まち", lambda: TOWNS, blank="どこでも", needed=False)
    parts = ManyChoicesField("話題", TOWNS)

    looked = 0

    def validate_name(self, _field: Any) -> None:
        self.looked += 1


GOOD = {"name": "みなと", "day": "2026-11-30", "verdict": "talk", "town": "", "parts": "13104"}


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    site = Site(sqlite_url)
    yield site
    site.close()


def sent(site: Site, **changed: str) -> AForm:
    with site.app.test_request_context("/", base_url=ORIGIN, method="POST", data=GOOD | changed):
        form = AForm(meta={"csrf": False})
        form.validate()
        return form


def drawn(site: Site, field: Any, **named: Any) -> str:
    with site.app.test_request_context("/", base_url=ORIGIN):
        return str(get_template_attribute("parts/field.html", "ask")(field, **named))


def test_a_form_that_is_right_gives_members_of_our_lists(site: Site) -> None:
    form = sent(site)
    assert form.problems == []
    assert (form.verdict.data, form.town.data, form.parts.data) == (ReviewVerdict.TALK, None, ("13104",))
    assert sent(site, town="13101").town.data == "13101"


def test_mistakes_are_said_in_our_words_field_by_field_in_the_order_of_the_form(site: Site) -> None:
    form = sent(site, day="soon", many="x", verdict="", town="99999", name="あ" * 9)
    assert form.problems == [
        Problem("name", "ここに書けるのは8文字までです。"),
        Problem("day", SAID["Not a valid date value."]),
        Problem("many", "数字で入れてください。"),
        Problem("verdict", "結果を選んでください。"),
        Problem("town", "一覧から選んでください。"),
    ]
    assert sent(site, day="").problems == [Problem("day", "この欄を入れてください。")]


def test_nothing_looks_at_a_text_that_is_too_long(site: Site) -> None:
    assert sent(site, name="あ" * 9).looked == 0
    assert sent(site).looked == 1


def test_what_a_rule_refuses_stands_beside_the_field_it_names_or_at_the_top(site: Site) -> None:
    form = sent(site)
    form.refuse(Taken())
    form.refuse(Closed())
    form.refuse(Closed(), "note")
    assert form.problems == [
        Problem(None, Closed.message),
        Problem("name", Taken.message),
        Problem("note", Closed.message),
    ]


def test_a_form_without_a_page_raises_its_first_problem(site: Site) -> None:
    with site.app.test_request_context("/", base_url=ORIGIN, method="POST", data=GOOD | {"verdict": "never"}):
        form = AForm(meta={"csrf": False})
        with pytest.raises(HelplineError, match="結果を選んでください。"):
            form.check()


def test_what_was_typed_stays_with_what_is_wrong_beside_it(site: Site) -> None:
    form = sent(site, day="soon", name="<b>みなとみなと</b>", note="そのまま", many="いくつか")
    assert 'value="soon"' in drawn(site, form.day)
    assert 'aria-describedby="day-wrong"' in drawn(site, form.day)
    assert "&lt;b&gt;" in drawn(site, form.name)
    assert ">そのまま</textarea>" in drawn(site, form.note)
    assert 'value="いくつか"' in drawn(site, form.many)
    assert "secret" not in drawn(site, sent(site, password="secret").password)


def test_a_form_is_drawn_with_what_it_holds(site: Site) -> None:
    with site.app.test_request_context("/", base_url=ORIGIN):
        form = AForm(formdata=None, meta={"csrf": False}, verdict=ReviewVerdict.TALK, parts=("13101",), name="みなと")
    assert '<option value="talk" selected>' in drawn(site, form.verdict)
    assert '<option value="">選んでください</option>' in drawn(site, form.verdict)
    assert re.findall(r'type="checkbox"[^>]*value="(\d+)" checked', drawn(site, form.parts)) == ["13101"]
    assert re.findall(r'type="radio"[^>]*value="(\d*)" checked', drawn(site, form.town)) == [""]
    assert 'id="name-hint">本名でなくてかまいません。' in drawn(site, form.name)
    assert 'id="name-hint">ほかのことば' in drawn(site, form.name, hint="ほかのことば")


def test_a_forged_form_is_refused_before_it_is_read(site: Site) -> None:
    refused = site.app.test_client().post("/staff/login", base_url=ORIGIN, data={"login": "a", "password": "b"})
    assert refused.status_code == 400


def sentences(*modules: str) -> set[str]:
    """Return what these modules of WTForms can say."""
    folder = Path(wtforms.__file__).parent
    source = "\n".join((folder / module).read_text("utf-8") for module in modules)
    calls = re.findall(r"gettext\(((?:\s*\"[^\"]*\",?)+)", source)
    return {text for call in calls for text in re.findall(r'"([^"]*)"', call)}


OF_FIELDS = ("fields/choices.py", "fields/datetime.py", "fields/numeric.py")
FOR_DEVELOPERS, NEVER_ASKED = {"Choices cannot be None."}, {"Not a valid week value."}


def test_every_message_of_a_field_has_words_of_ours() -> None:
    assert sentences(*OF_FIELDS) - SAID.keys() - FOR_DEVELOPERS - NEVER_ASKED == set()


def test_we_have_words_only_for_what_wtforms_says() -> None:
    assert SAID.keys() - sentences(*OF_FIELDS, "validators.py") == set()


def test_nothing_is_ever_said_in_english() -> None:
    assert OUR_WORDS.gettext("Something new in a later release.") == UNREADABLE
    for text, ours in SAID.items():
        assert set(re.findall(r"%\(\w+\)\w", ours)) <= set(re.findall(r"%\(\w+\)\w", text))
        assert not re.search(r"[A-Za-z]{3}", re.sub(r"%\(\w+\)\w|name@example.jp", "", ours))


def test_a_rule_of_a_form_speaks_for_itself(site: Site) -> None:
    class Stricter(AForm):
        """A form with a rule of its own."""

        def validate_note(self, field: Any) -> None:
            raise ValidationError("ひとことは、いりません。")

    with site.app.test_request_context("/", base_url=ORIGIN, method="POST", data=GOOD):
        form = Stricter(meta={"csrf": False})
        assert not form.validate()
    assert form.problems == [Problem("note", "ひとことは、いりません。")]
