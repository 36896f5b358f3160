"""One word for one thing: what a page once called it stands nowhere any more."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.tools.papers import ROOT

OTHERWISE = {
    "後処理": "記録の時間",
    "休けい": "休憩",
    "キーなし": "番号を押さずにお待ちの方",
    '"終える"': "電話を切る, ケースを終了する",
    "電話を終え": "電話を切る",
    '"相談中"': "引きつぎの打ち合わせ中",
    "もう一度で": "もう一度押すと",
    "記録を終え": "記録を閉じ",
    "ひとことで終える": "短い記録で閉じる",
    "この電話で終わる": "この電話のあと退席",
    "今日は終わる": "退席する",
    "お答えできないときのことば": "お答えできないときの声かけの例",
    "方法から離れる": "手段を手の届かない所に置く",
    "次に見る日": "次に確認する日",
    "お話のために見る": "ご家族の相談として見る",
    "名前・こと・番号": "名称・内容・電話番号",
    "書き変": "書き換",
    "書きかえ": "書き換え",
    "本人の記録": "自分が書いた記録",
    "家族の壁をこえ": "理由を書いてご家族の記録を",
    "しくみ(自動)": "システム",
    "もうひとつの確認": "2段階認証",
    "安全な入り方": "ログインの安全設定",
    "職員の入口": "職員のログイン",
    "入りなお": "ログインし直",
    "控えのコード": "予備コード",
    "アプリの番号": "認証アプリ",
    "こころの危機": "気持ちがつらいとき",
    "うまく写せなかった": "まちがっている",
    "このままでは進めません": "the cause",
    "かかわる練習になります": "nothing: it sounds like a task for callers",
    "そのほか": "その他",
    "わけを": "理由を",
    "ひらく": "開く",
    "さがす": "探す",
    "もどる": "戻る",
}
"""Old words by what stands in their place; callers' pages keep their softer ones."""
SOFT = ("templates/web", "templates/base.html", "templates/parts/public", "templates/errors/public.html")
MEMBERS = ("callcenter/domain/members/registration.py",)
"""The lists of the registration form, in the words of the public pages."""
SPOKEN = ("callcenter/domain/announcements", "callcenter/domain/talks/suggested_words.py", "callcenter/domain/names")


def staff_pages() -> Iterator[tuple[str, str]]:
    for folder, kinds in (("templates", ("html",)), ("callcenter", ("py", "js"))):
        for path in sorted((ROOT / folder).rglob("*")):
            where = path.relative_to(ROOT).as_posix()
            if path.suffix[1:] in kinds and "/vendor/" not in where and not where.startswith(SOFT + MEMBERS + SPOKEN):
                yield where, path.read_text("utf-8")


PAGES = dict(staff_pages())


@pytest.mark.parametrize("old", OTHERWISE)
def test_an_old_word_stands_on_no_page_of_staff(old: str) -> None:
    assert len(PAGES) > 400
    found = [where for where, text in PAGES.items() if old in text]
    assert found == [], f"say {OTHERWISE[old]}"


def test_no_month_is_written_as_machines_write_it() -> None:
    helplines = (ROOT / "callcenter/data/helplines.csv").read_text("utf-8")
    assert re.findall(r"\d{4}(?:-\d\d)?時点", helplines) == []
