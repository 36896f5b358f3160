"""What is left of a page's markup for a very old telephone."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import escape

from callcenter.ui.light.tags import light_tags
from callcenter.ui.light.twins import App


@pytest.fixture(autouse=True)
def on_a_light_page() -> Iterator[None]:
    with App("light").test_request_context("/m/mail/my/"):
        yield


class Read(HTMLParser):
    """The words and values of some markup."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.words, self.values = "", list[str]()
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.values += [value or "" for name, value in attrs if name == "value"]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(
    "usual, light",
    [
        ('<section class="panel"><p class="lead">読む</p></section>', "<p>読む</p>"),
        ("<p>前<svg><use href='#a'/><title>x</title></svg>後</p>", "<p>前後</p>"),
        ("<script>a < b</script><style>p{}</style><template><p>x</p></template>後", "後"),
        ("<copy-text hidden><button>写す</button><br></copy-text>後", "後"),
        ("<textarea hidden>\n  一\n\n 二</textarea>", "<textarea hidden>\n  一\n\n 二</textarea><br>"),
        ('<keep-draft data-url="/x"><p>書く</p></keep-draft>', "<p>書く</p>"),
        ('<p style="color:red" onclick="x()" id="a">読む</p>', '<p id="a">読む</p>'),
        ("<b>だいじ</b>", "<strong>だいじ</strong>"),
        ("<details><summary>消す</summary><p>消します</p></details>", "<p><strong>消す</strong></p><p>消します</p>"),
        ('<legend class="label">性別<span class="hint">どれか</span></legend>', "<p>性別<br>どれか</p>"),
        ('<p class="wrong" id="age-wrong"><span>年齢</span></p>', '<p id="age-wrong"><strong> 年齢</strong></p>'),
        ('<div id="resets"><p>再設定</p></div>', '<a id="resets"></a><p>再設定</p>'),
        ('<label><input type="radio" name="a" value="1" checked> 父</label>',
         '<label><input type="radio" name="a" value="1" checked> 父</label><br>'),
        ('<input name="a" value="&#34;&gt;&lt;b&gt;">', '<input name="a" value="&quot;&gt;&lt;b&gt;"><br>'),
        ("<p>&lt;b&gt; &amp;nbsp;\n\n   終わり</p>", "<p>&lt;b&gt; &amp;nbsp;\n終わり</p>"),
    ],
)  # fmt: skip
def test_few_tags_are_left_and_all_that_is_said(usual: str, light: str) -> None:
    assert light_tags(usual) == light


def test_a_usual_page_stays_as_it_is() -> None:
    with App("usual").test_request_context("/mail/my/"):
        assert light_tags("<section><svg></svg></section>") == "<section><svg></svg></section>"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_whatever_somebody_has_written_is_the_same_and_no_markup(text: str) -> None:
    light = light_tags(f'<form><input type="hidden" value="{escape(text)}"><textarea>{escape(text)}</textarea></form>')
    read = Read(light)
    assert (read.words, read.values) == (text, [text])
