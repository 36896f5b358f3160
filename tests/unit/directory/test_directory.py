from __future__ import annotations

from datetime import date

import pytest

from callcenter.domain.calendar.times import parse_moment
from callcenter.domain.directory import institutions
from callcenter.domain.directory.helplines import shipped_helplines
from callcenter.domain.directory.institutions import Entry, EntryIncomplete, Wanted, is_stale, rank, read_entry

AFTERNOON, NIGHT = parse_moment("2026-11-26T14:00"), parse_moment("2026-11-26T19:00")
TOWN = Entry(
    kind="hikikomori",
    name="港区生活支援センター",
    kana="みなとくせいかつしえんせんたー",
    number="03-5114-8826",
    opens="09:00-17:00; sat closed; sun closed",
    topics=("work", "money"),
    prefecture="13",
    municipality="131032",
)
ENTRIES = [*(institutions.shipped(line) for line in shipped_helplines()), TOWN]


def found(words: str = "", at: str = "afternoon", **more: object) -> list[str]:
    wanted = Wanted(words, **more)  # type: ignore[arg-type]  # the test names real fields
    moment = AFTERNOON if at == "afternoon" else NIGHT
    ranked = [(place, one.name) for one in ENTRIES if (place := rank(one, wanted, moment)) is not None]
    return [name for _, name in sorted(ranked)]


@pytest.mark.parametrize(
    "words",
    ["よりそい", "ヨリソイ", "ﾖﾘｿｲ", "よりそいほっとらいん", "ホットライン よりそい", "0120-279-338", "0120279338"],
)
def test_a_name_is_found_in_any_script_and_a_number_with_or_without_dashes(words: str) -> None:
    assert found(words)[0] == "よりそいホットライン"


def test_a_kanji_name_is_found_by_its_reading_and_by_topic_and_kind() -> None:
    assert found("みなと") == ["港区生活支援センター"]
    assert found("ひきこもりの支援") == ["港区生活支援センター"]
    assert "港区生活支援センター" in found("就労")
    assert found("そんな窓口はない") == []


def test_place_and_topic_narrow_and_what_is_for_everywhere_stays() -> None:
    assert "港区生活支援センター" not in found(municipality="131016")
    assert found(topic="work", municipality="131032") == ["港区生活支援センター"]
    assert "よりそいホットライン" in found(prefecture="27")
    assert "東京いのちの電話" not in found(prefecture="27")
    assert found(prefecture="13", municipality="131032")[0] == "港区生活支援センター"


def test_who_answers_now_comes_first_and_who_does_not_can_be_left_out() -> None:
    assert "チャイルドライン" not in found(open_now=True)
    assert "チャイルドライン" in found(at="night", open_now=True)
    assert "こころの健康相談統一ダイヤル" in found(open_now=True)  # nobody knows
    assert found("いのち")[0] == "いのちの電話(ナビダイヤル)"


@pytest.mark.parametrize(
    "field, sent",
    [
        ("name", {"name": " "}),
        ("kind", {"kind": "shop"}),
        ("number", {"number": "電話はない"}),
        ("opens", {"opens": "朝から"}),
        ("prefecture", {"prefecture": "99"}),
        ("note", {"note": "x" * 2001}),
        ("cost", {"cost": "x" * 65}),
    ],
)
def test_what_is_missing_or_unreadable_is_said_beside_its_field(field: str, sent: dict[str, str]) -> None:
    with pytest.raises(EntryIncomplete) as wrong:
        read_entry({"name": "居場所", "kind": "place_to_be"} | sent, [])
    assert wrong.value.field == field


def test_an_entry_is_read_with_its_number_in_any_width() -> None:
    entry = read_entry(
        {"name": " 居場所 ", "kind": "place_to_be", "number": "０３-１２３４-５６７８"}, ["work", "nonsense"]
    )
    assert (entry.name, entry.number, entry.topics) == ("居場所", "03-1234-5678", ("work",))


def test_what_nobody_checked_for_long_is_stale() -> None:
    today = date(2026, 11, 25)
    assert is_stale(None, today, 90)
    assert is_stale(date(2026, 8, 26), today, 90)
    assert not is_stale(date(2026, 8, 27), today, 90)


def test_the_shipped_table_knows_its_kinds_topics_and_readings() -> None:
    for entry in ENTRIES[:-1]:
        assert read_entry({k: str(v) for k, v in entry.as_json().items()}, entry.topics) == entry
        assert entry.kana
