"""A caller is found again by the name they say, however it is written down."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from callcenter.domain.names.nickname_cues import Cues
from callcenter.models.cases.cases import NicknameKey, Person
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases import cases
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.names import nickname_search, nicknames
from callcenter.services.names.nickname_search import search
from callcenter.services.names.nicknames import NicknameTooLong, NoNickname
from callcenter.services.trail.audit import OPERATOR

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def person_called(
    session: Session, nickname: str, reading: str = "", *, relation: str = "self", last: date | None = None
) -> Person:
    person = NewPerson(nickname, reading, relation, last_contact_on=last)
    return cases.open_case(session, NewCase(person), by=OPERATOR, now=NOW)


HALF_WIDTH = "\uff90\uff85\uff84"
WRITTEN = [
    "みなと",
    "ミナト",
    HALF_WIDTH,
    "みなとさん",
    " ミナト ちゃん",
    "minato",
    "MINATO",
    "みなとー",
    "みなど",
    "みたと",
]


def test_minato_is_found_however_the_name_is_written(session: Session) -> None:
    minato = person_called(session, "ミナト")
    person_called(session, "さくら")
    for said in WRITTEN:
        assert [found.person_id for found in search(session, said)] == [minato.id], said


def test_a_kanji_name_is_found_by_its_reading(session: Session) -> None:
    person_called(session, "美空", "みそら")
    (found,) = search(session, "ミソラさん")
    assert (found.nickname, found.reason) == ("美空", "読みが同じ")


def test_a_name_in_other_kanji_is_found_once_anybody_s_reading_is_known(session: Session) -> None:
    sea = person_called(session, "湊", "みなと")
    assert search(session, "港") == []
    harbour = person_called(session, "港", "ミナト", last=date(2026, 11, 9))
    kana = person_called(session, "みなと")
    found = search(session, "港さん")
    assert {one.person_id for one in found} == {sea.id, harbour.id, kana.id}
    assert [(one.nickname, one.reason) for one in found] == [
        ("港", "同じ"),
        ("みなと", "読みが同じ"),
        ("湊", "読みが同じ"),
    ]


def test_a_kanji_of_two_readings_finds_both(session: Session) -> None:
    for nickname, reading in (("翔", "しょう"), ("翔", "かける"), ("駆", "かける"), ("ショウ", ""), ("さくら", "")):
        person_called(session, nickname, reading)
    assert {one.nickname for one in search(session, "翔")} == {"翔", "駆", "ショウ"}


@pytest.mark.parametrize("typed", ["港（ミナト）", "港(みなと)", "港さん（ﾐﾅﾄ）"])
def test_a_reading_typed_in_brackets_is_looked_for_too(session: Session, typed: str) -> None:
    sea = person_called(session, "湊", "みなと")
    (found,) = search(session, typed)
    assert (found.person_id, found.reason) == (sea.id, "読みが同じ")


def test_who_was_noted_with_the_reading_in_brackets_is_found_by_either(session: Session) -> None:
    noted = person_called(session, "港（ミナト）")
    for typed in ("港", "みなと", "港（みなと）"):
        assert [one.person_id for one in search(session, typed)] == [noted.id], typed


@pytest.mark.parametrize(
    "stored, typed",
    [
        ("みすゞ", "みすず"),
        ("佐佐木", "佐々木"),
        ("か゛く", "がく"),
        ("ヴィオラ", "ｳﾞｨｵﾗ"),
        ("バイオレット", "ヷイオレット"),
        ("櫻子", "桜子"),
        ("斎藤", "齊藤"),
        ("⻑谷川", "長谷川"),
    ],
)
def test_other_signs_for_the_same_name_make_no_difference(session: Session, stored: str, typed: str) -> None:
    person = person_called(session, stored)
    assert [(one.person_id, one.score >= 0.95) for one in search(session, typed)] == [(person.id, True)]


def test_one_character_finds_who_begins_so(session: Session) -> None:
    person_called(session, "ミナト")
    person_called(session, "みほ")
    assert {found.nickname for found in search(session, "み")} == {"ミナト", "みほ"}


def test_two_people_of_one_name_stay_two(session: Session) -> None:
    older = person_called(session, "ゆき", last=date(2026, 3, 2))
    newer = person_called(session, "ゆき", last=date(2026, 10, 5))
    assert [found.person_id for found in search(session, "ゆき")] == [newer.id, older.id]


def test_the_son_and_his_mother_are_two_people_of_one_case(session: Session) -> None:
    son = person_called(session, "ミナト")
    mother = cases.add_person(session, son.case, NewPerson("ミナトさんの母", relation="mother"), by=OPERATOR, now=NOW)
    first, second = search(session, "みなと")
    assert (first.person_id, second.person_id, first.case_id) == (son.id, mother.id, second.case_id)
    assert first.score > second.score
    assert first.is_subject
    assert not second.is_subject


def test_who_is_what_the_caller_says_stands_first(session: Session) -> None:
    son = person_called(session, "みなと", relation="self", last=date(2026, 11, 19))
    mother = person_called(session, "みなと", relation="mother")
    first, second = search(session, "みなと", Cues(relation="mother"))
    assert (first.person_id, second.person_id) == (mother.id, son.id)
    assert (first.agreeing, second.agreeing) == (("続柄",), ())


def test_a_person_with_two_names_is_shown_once(session: Session) -> None:
    person = person_called(session, "みなと")
    nicknames.add_nickname(session, person, "ミナト", by=OPERATOR, now=NOW, since=date(2026, 11, 20))
    assert [found.nickname for found in search(session, "ミナト")] == ["ミナト"]


def test_among_many_of_one_name_the_latest_contact_is_not_missed(session: Session) -> None:
    regular = person_called(session, "ゆき", last=date(2026, 11, 19))
    for _ in range(220):
        person_called(session, "ゆき", last=date(2025, 1, 6))
    found = search(session, "ゆき")
    assert (len(found), found[0].person_id) == (20, regular.id)


def test_a_new_contact_moves_a_person_up(session: Session) -> None:
    regular, other = person_called(session, "ゆき"), person_called(session, "ゆき", last=date(2026, 10, 1))
    assert search(session, "ゆき")[0].person_id == other.id
    regular.contact_before_on = date(2026, 11, 1)
    cases.refresh_last_contact(session, regular)
    assert search(session, "ゆき")[0].person_id == regular.id
    ordinals = select(NicknameKey.recency).distinct()
    assert set(session.scalars(ordinals)) == {date(2026, 10, 1).toordinal(), date(2026, 11, 1).toordinal()}


def test_an_empty_question_finds_nobody(session: Session) -> None:
    person_called(session, "ミナト")
    assert [search(session, said) for said in ("", " ", "\u3000", "\x00", "\u200b")] == [[]] * 5


def test_a_name_of_nothing_is_refused(session: Session) -> None:
    for name in ("", "\u3000", "\x00"):
        with pytest.raises(NoNickname):
            person_called(session, name)


def test_an_endless_name_is_refused(session: Session) -> None:
    with pytest.raises(NicknameTooLong):
        person_called(session, "あ" * 65)
    assert search(session, "あ" * 10_000) == []


def test_control_characters_never_reach_the_database(session: Session) -> None:
    person_called(session, "ミ\x00ナト\n")
    session.commit()
    assert [found.nickname for found in search(session, "みなと")] == ["ミ ナト"]


def test_a_search_reads_the_database_three_times_at_most(session: Session) -> None:
    person_called(session, "ミナト")
    person_called(session, "みなみ")
    session.flush()
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))
    search(session, "みなと")
    assert len(statements) == 3
    assert not any("LIKE" in statement.upper() for statement in statements)


def test_the_trail_says_how_many_were_shown_but_not_for_which_name(session: Session) -> None:
    person_called(session, "ミナト")
    nickname_search.record_search(session, search(session, "みなと"), by=OPERATOR, now=NOW)
    session.commit()
    assert session.scalars(select(AuditEntry.facts).where(AuditEntry.action == "case.search")).one() == {"found": 1}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(
    name=st.text(
        alphabet="あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも", min_size=2, max_size=6
    ),
    data=st.data(),
)
def test_any_name_is_found_through_the_database_in_every_dress(
    session: Session, name: str, data: st.DataObject
) -> None:
    person = person_called(session, name)
    katakana = "".join(chr(ord(sign) + 0x60) for sign in name)
    slip = data.draw(st.integers(0, len(name) - 1))
    dressed = data.draw(st.sampled_from([name, katakana, f"{name}さん", f"{katakana} 様", f" {name}🌸"]))
    assert person.id in {found.person_id for found in search(session, dressed, limit=200)}
    if len(name) > 3:
        slipped = name[:slip] + name[slip + 1 :]
        assert person.id in {found.person_id for found in search(session, slipped, limit=200)}
    assert session.scalar(select(func.count()).select_from(NicknameKey)) != 0
    session.rollback()
