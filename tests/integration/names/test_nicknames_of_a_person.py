"""A person may go by several names; each can be corrected and retired, and the index follows what is known of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.domain.names.nickname_cues import Cues
from callcenter.models.cases.cases import Nickname, NicknameForm, NicknameFormKey, NicknameKey, Person
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases import cases, linking
from callcenter.services.names import nickname_index, nicknames
from callcenter.services.names.nickname_search import search
from callcenter.services.names.nicknames import LastNickname, NoNickname, NoSuchNickname, SameNickname
from callcenter.services.records import consultations
from callcenter.services.trail.audit import OPERATOR
from tests.integration.people import NOW, draft_of, member, person_called

TODAY = date(2026, 11, 20)


def also(session: Session, person: Person, text: str, reading: str = "") -> Nickname:
    return nicknames.add_nickname(session, person, text, reading, by=OPERATOR, now=NOW, since=TODAY)


def found(session: Session, text: str) -> list[tuple[str, str]]:
    return [(one.nickname, one.reason) for one in search(session, text)]


def trail(session: Session) -> list[str]:
    session.commit()
    query = select(AuditEntry.action).where(AuditEntry.action.like("nickname.%")).order_by(AuditEntry.seq)
    return list(session.scalars(query))


def test_a_person_is_found_by_each_of_several_names_with_a_reading_each(session: Session) -> None:
    person = person_called(session, "ミナト")
    also(session, person, "港", "みなと")
    also(session, person, "翔", "かける")
    assert found(session, "かける") == [("翔", "読みが同じ")]
    assert found(session, "港") == [("港", "同じ")]
    assert [name.text for name in person.nicknames] == ["ミナト", "港", "翔"]
    assert trail(session) == ["nickname.add"] * 3


def test_a_corrected_name_is_found_and_the_mistake_no_more(session: Session) -> None:
    person = person_called(session, "みなど")
    (name,) = person.nicknames
    nicknames.correct(session, person, name.id, "翼", "つばさ", by=OPERATOR, now=NOW)
    nicknames.correct(session, person, name.id, "翼", "つばさ", by=OPERATOR, now=NOW)
    assert found(session, "つばさ") == [("翼", "読みが同じ")]
    assert found(session, "みなど") == []
    assert trail(session) == ["nickname.add", "nickname.correct"]
    with pytest.raises(NoNickname):
        nicknames.correct(session, person, name.id, " ", by=OPERATOR, now=NOW)


def test_a_retired_name_finds_nobody_until_it_is_taken_up_again(session: Session) -> None:
    person = person_called(session, "みなと")
    old = person.nicknames[0]
    also(session, person, "さくら")
    nicknames.retire(session, person, old.id, by=OPERATOR, now=NOW, on=TODAY)
    assert found(session, "みなと") == []
    assert [name.text for name in person.nicknames] == ["さくら"]
    assert [(name.text, name.retired_on) for name in nicknames.all_of(session, person)] == [
        ("さくら", None),
        ("みなと", TODAY),
    ]
    with pytest.raises(NoSuchNickname):
        nicknames.retire(session, person, old.id, by=OPERATOR, now=NOW, on=TODAY)
    nicknames.restore(session, person, old.id, by=OPERATOR, now=NOW)
    assert found(session, "みなと") == [("みなと", "同じ")]
    assert trail(session)[-2:] == ["nickname.retire", "nickname.restore"]


def test_the_only_name_stays_and_no_name_is_given_twice(session: Session) -> None:
    person, other = person_called(session, "みなと"), person_called(session, "さくら")
    (name,) = person.nicknames
    with pytest.raises(LastNickname):
        nicknames.retire(session, person, name.id, by=OPERATOR, now=NOW, on=TODAY)
    with pytest.raises(SameNickname):
        also(session, person, "みなと")
    with pytest.raises(NoSuchNickname):
        nicknames.correct(session, other, name.id, "かける", by=OPERATOR, now=NOW)


def test_a_form_is_kept_once_however_many_share_it_and_goes_with_the_last(session: Session) -> None:
    people = [person_called(session, written) for written in ("みなと", "ミナト", "minato", "港")]
    also(session, people[3], "港町", "みなと")
    holders = dict(session.execute(select(NicknameForm.form, NicknameForm.holders)).all())
    assert holders == {"みなと": 4, "港": 1, "港町": 1}
    weights = select(NicknameFormKey.weight).where(NicknameFormKey.form == "みなと").distinct()
    assert session.scalars(weights).all() == [3]
    nicknames.forget(session, [person.id for person in people])
    for model in (Nickname, NicknameKey, NicknameForm, NicknameFormKey):
        assert session.scalar(select(func.count()).select_from(model)) == 0


def test_who_spoke_last_about_what_tells_people_of_one_name_apart(session: Session) -> None:
    anna, ben = member(session, "anna"), member(session, "ben")
    first, second = person_called(session, "ゆき"), person_called(session, "ゆき", relation="mother")
    for person, counsellor, topic, days in ((first, anna, "work", 9), (second, ben, "family", 2)):
        record = draft_of(session, counsellor, NOW - timedelta(days=days))
        linking.confirm_person(session, record.id, person.id, by=counsellor, now=NOW)
        consultations.save_draft(session, record.id, record.version, {"main_topic": topic}, by=counsellor, now=NOW)
    assert search(session, "ゆき")[0].person_id == second.id
    best = search(session, "ゆき", Cues(topic="work", counsellor=anna.id))[0]
    assert (best.person_id, best.agreeing) == (first.id, ("前回の話題", "前回の相談員"))
    assert best.namesakes == 1


def test_what_changes_about_a_person_changes_how_they_are_told_apart(session: Session) -> None:
    person, other = person_called(session, "ゆき"), person_called(session, "ゆき")
    person.relation, person.age_band, person.case.prefecture = "sibling", "35_39", "13"
    session.flush()
    for cues in (Cues(relation="sibling"), Cues(age_band="35_39"), Cues(prefecture="13"), Cues(age_band="40_44")):
        assert search(session, "ゆき", cues)[0].person_id == person.id, cues
    assert search(session, "ゆき", Cues(relation="self"))[0].person_id == other.id


def test_taking_the_link_away_takes_its_cues_away(session: Session) -> None:
    anna = member(session, "anna")
    person = person_called(session, "ゆき")
    record = draft_of(session, anna)
    linking.confirm_person(session, record.id, person.id, by=anna, now=NOW)
    assert session.scalars(select(NicknameKey.counsellor)).all() == [anna.id]
    linking.unlink(session, record.id, by=anna, now=NOW)
    assert session.scalars(select(NicknameKey.counsellor)).all() == ["unknown"]


def test_names_that_an_older_version_added_are_taken_over(session: Session) -> None:
    person = person_called(session, "みなと")
    person.relation = "mother"
    session.flush()
    (name,) = person.nicknames
    nickname_index.count(session, {"みなと": -1})  # an older version knew no forms, and no cues
    for kind, value in (("slip", "みな"), ("prefix", "み"), ("folded", "みなと"), ("unvoiced", "みなと")):
        session.add(NicknameKey(kind=kind, value=value, recency=0, nickname_id=name.id))
    session.flush()
    assert found(session, "みなも") == []
    assert nickname_index.complete(session) == 1
    assert nickname_index.complete(session) == 0
    assert found(session, "みなも") == [("みなと", "1字違い")]
    assert set(session.scalars(select(NicknameKey.kind))) == {"exact"}


def test_one_character_finds_the_commonest_of_those_who_begin_so(session: Session) -> None:
    now = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    common = {person_called(session, "みなと").id for _ in range(2)}
    for ending in "あいうえおかきくけこさしすせそたちつてとにぬねの":
        for other in "かきく":
            cases.open_case(session, cases.NewCase(cases.NewPerson(f"み{ending}{other}ろ")), by=OPERATOR, now=now)
    assert common & {one.person_id for one in search(session, "み")}
