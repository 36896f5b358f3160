"""The list of cases and a case's page, as a counsellor's browser meets them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from callcenter.domain.records.record_codes import Channel, Risk
from callcenter.domain.staff.roles import Role
from callcenter.models.cases.cases import Case
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases import cases, linking
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.records import consultations
from callcenter.services.trail.audit import OPERATOR
from tests.integration.consoles import Console, Seat


def family(desk: Console, seat: Seat) -> tuple[str, str, str]:
    """A son and his mother in one case, who both called; return the ids of case, son and mother."""
    with desk.work() as session:
        now, by = desk.clock.now(), session.get_one(Staff, seat.staff_id)
        son = cases.open_case(session, NewCase(NewPerson("ミナト", relation="self")), by=OPERATOR, now=now)
        mother = cases.add_person(session, son.case, NewPerson("ミナトの母", relation="mother"), by=OPERATOR, now=now)
        for person, story in ((son, "図書館まで行けた"), (mother, "夜に泣いていた")):
            record = consultations.open_draft(
                session, call_id=None, channel=Channel.PHONE, counsellor_id=by.id, hint=None, now=now
            )
            texts = {"story": story, "next_step": "また話す"}
            consultations.save_draft(session, record.id, 1, texts, by=by, now=now)
            linking.confirm_person(session, record.id, person.id, by=by, now=now)
            consultations.finish(session, record.id, by=by, now=now)
        son.case.owner_id = by.id
        return son.case_id, son.id, mother.id


def actions(desk: Console, case_id: str) -> list[str]:
    with desk.work() as session:
        query = select(AuditEntry.action).where(AuditEntry.subject_id == case_id).order_by(AuditEntry.seq)
        return list(session.scalars(query))


def case_in(desk: Console, case_id: str) -> Case:
    with desk.work() as session:
        return session.get_one(Case, case_id)


def test_an_empty_list_says_how_it_fills(seat: Seat) -> None:
    page = seat.opens("/console/cases")
    assert page.heading == "ケース"
    assert "「新しいケース」を選ぶか、引きつぎを受けると" in page.words


def test_the_list_keeps_what_it_is_narrowed_to_in_the_address_and_no_name(desk: Console, seat: Seat) -> None:
    family(desk, seat)
    page = seat.opens("/console/cases?mine=1&channel=phone&since=30&page=1")
    assert "ミナトさん" in page.words
    assert "ほか1人" in page.words
    addresses = [link for link in page.links if link.startswith("/console/cases?")]
    assert addresses
    assert [link for link in addresses if "%E3" in link] == []
    assert "この条件のケースはありません。" in seat.opens("/console/cases?channel=visit").words
    assert "ミナトさん" in seat.opens("/console/cases?state=nonsense&since=x&page=-3").words


def test_a_case_shows_what_its_subject_told_and_nothing_of_the_mother(desk: Console, seat: Seat) -> None:
    case_id, _, mother = family(desk, seat)
    page = seat.opens(f"/console/cases/{case_id}")
    assert "図書館まで行けた" in page.words
    assert "夜に泣いていた" not in page.words
    assert "夜に泣いていた" in seat.opens(f"/console/cases/{case_id}?person={mother}").words
    assert actions(desk, case_id).count("case.read") == 2


def test_a_case_of_somebody_else_stays_shut_with_a_kind_word(desk: Console, seat: Seat) -> None:
    case_id, *_ = family(desk, seat)
    other = desk.seat("tanto08").get(f"/console/cases/{case_id}")
    assert other.status_code == 403
    assert "理由を書いて開く" in other.text
    assert desk.seat("kanri", role=Role.ADMINISTRATOR).get(f"/console/cases/{case_id}").status_code == 403
    assert "見つかりません" in seat.get("/console/cases/none").text


def test_paper_bears_the_name_of_who_printed_it_and_keeps_the_wall(desk: Console, seat: Seat) -> None:
    case_id, son, _ = family(desk, seat)
    page = seat.opens(f"/console/cases/{case_id}/print?person={son}")
    assert "印刷 担当07" in page.words
    assert "取扱注意" in page.words
    assert "図書館まで行けた" in page.words
    assert "夜に泣いていた" not in page.words
    assert actions(desk, case_id)[-1] == "case.print"


def test_paper_holds_older_contacts_too(desk: Console, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consultations, "EARLIER_AT_ONCE", 1)
    case_id, son, _ = family(desk, seat)
    with desk.work() as session:
        now, by = desk.clock.now(), session.get_one(Staff, seat.staff_id)
        later = consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=by.id, hint=None, now=now + timedelta(hours=1)
        )
        consultations.save_draft(session, later.id, 1, {"story": "散歩をした"}, by=by, now=now)
        linking.confirm_person(session, later.id, son, by=by, now=now)
    page = seat.opens(f"/console/cases/{case_id}")
    assert "図書館まで行けた" not in page.words
    older = next(link for link in page.links if "before=" in link)
    assert "図書館まで行けた" in seat.opens(older.replace("&amp;", "&")).words
    paper = seat.opens(f"/console/cases/{case_id}/print").words
    assert paper.index("散歩をした") < paper.index("図書館まで行けた")
    assert paper.count("図書館まで行けた") == 1


def test_texts_are_saved_field_by_field_and_a_newer_one_is_shown(desk: Console, seat: Seat) -> None:
    case_id, *_ = family(desk, seat)
    boss = desk.seat("tokatsu", role=Role.SUPERVISOR)

    def saves(who: Seat, text: str, seen: int) -> dict[str, object]:
        headers = {"Accept": "application/json", "X-CSRFToken": who.token}
        sent = {"fields": {"summary": text}, "seen": {"summary": seen}}
        answer = who.client.post(
            f"/console/cases/{case_id}/save", json=sent, headers=headers, base_url="https://desk.test"
        )
        found: dict[str, object] = answer.get_json()
        return found

    assert saves(seat, "祖母の家にいる", 1)["kept"] == ["summary"]
    assert saves(boss, "実家にいる", 1)["conflicts"] == {"summary": "祖母の家にいる"}
    seat.sends(f"/console/cases/{case_id}/save", script=False, version="2", summary="祖母と暮らす")
    assert case_in(desk, case_id).version == 3


def test_a_colleague_on_the_same_case_is_seen_with_what_they_write(desk: Console, seat: Seat) -> None:
    case_id, *_ = family(desk, seat)
    boss = desk.seat("tokatsu", role=Role.SUPERVISOR)
    seat.opens(f"/console/cases/{case_id}")
    assert "も、いまこのケースを開いています" not in seat.get(f"/console/cases/{case_id}/live").text
    boss.opens(f"/console/cases/{case_id}")
    boss.sends(f"/console/cases/{case_id}/writing", field="summary")
    assert (
        "tokatsuさんも、いまこのケースを開いています(概要を書いています)"
        in seat.get(f"/console/cases/{case_id}/live").text
    )
    boss.sends(f"/console/cases/{case_id}/writing", left="1")
    assert "tokatsu" not in seat.get(f"/console/cases/{case_id}/live").text


def test_a_follow_up_is_counted_in_open_days_and_says_when_it_moved(desk: Console, seat: Seat) -> None:
    case_id, *_ = family(desk, seat)
    path = f"/console/cases/{case_id}/follow-up"
    seat.sends(path, script=False, when="3")
    assert case_in(desk, case_id).follow_up_on == date(2026, 11, 30)
    seat.sends(path, script=False, when="date", day="2026-11-29")
    page = seat.opens(f"/console/cases/{case_id}")
    assert "2026年11月29日(日)は受付がないため、2026年11月30日(月)に、もう一度見ます。" in page.words
    answer = seat.sends(path, script=False, when="date", day="明日")
    assert answer.status_code == 422
    assert "日付を読みとれませんでした。" in answer.text
    assert 'value="明日"' in answer.text
    seat.sends(path, script=False, when="none")
    assert case_in(desk, case_id).follow_up_on is None


def test_a_handover_without_a_note_keeps_who_was_chosen(desk: Console, seat: Seat) -> None:
    case_id, *_ = family(desk, seat)
    other = desk.seat("tanto08")
    answer = seat.sends(f"/console/cases/{case_id}/hand-over", script=False, to=other.staff_id, note="")
    assert answer.status_code == 422
    assert "申し送りを書いてください。" in answer.text
    assert f'<option value="{other.staff_id}" selected>' in answer.text


def test_a_handover_is_told_answered_and_told_back(desk: Console, seat: Seat) -> None:
    case_id, *_ = family(desk, seat)
    other = desk.seat("tanto08")
    seat.sends(f"/console/cases/{case_id}/hand-over", script=False, to=other.staff_id, note="夕方が話しやすい")
    assert "担当07が、ケースの引きつぎをお願いしています。" in other.get("/console/notices").text
    assert "ミナト" in other.opens("/console/cases").words
    page = other.opens(f"/console/cases/{case_id}")
    assert "夕方が話しやすい" in page.words
    accept = re.search(r'action="(/console/handovers/\w+/accept)"', page.response.text)
    assert accept is not None
    other.sends(accept.group(1), script=False)
    assert case_in(desk, case_id).owner_id == other.staff_id
    told = seat.get("/console/notices").text
    assert "担当08が、ケースの引きつぎを受けました。" in told
    seen = re.search(r'action="(/console/notices/\w+/seen)"', told)
    assert seen is not None
    seat.sends(seen.group(1))
    assert "引きつぎ" not in seat.get("/console/notices").text


def test_closing_wants_a_reason_and_opening_again_keeps_the_history(desk: Console, seat: Seat) -> None:
    case_id, *_ = family(desk, seat)
    path = f"/console/cases/{case_id}/"
    assert "終了する理由を選んでください。" in seat.sends(path + "close", script=False, close_note="x").text
    seat.sends(path + "close", script=False, reason="referred", close_note="若者の居場所へ")
    page = seat.opens(f"/console/cases/{case_id}")
    assert "終了したケースです" in page.words
    assert "ミナトさん" in seat.opens("/console/cases?state=closed").words
    seat.sends(path + "reopen", script=False, reopen_note="また話したいとのこと")
    page = seat.opens(f"/console/cases/{case_id}")
    assert "終了したケースです" not in page.words
    assert "また話したいとのこと" in page.words
    assert "ケースを終了しました(ほかの機関につながった)" in page.words


def test_a_note_that_is_too_long_stays_with_the_reason_that_was_chosen(desk: Console, seat: Seat) -> None:
    case_id, *_ = family(desk, seat)
    text = "長" * 4001
    answer = seat.sends(f"/console/cases/{case_id}/close", script=False, reason="quiet", close_note=text)
    assert answer.status_code == 422
    assert "ここに書けるのは4000文字までです。" in answer.text
    assert (text in answer.text, '<option value="quiet" selected>' in answer.text) == (True, True)
    assert case_in(desk, case_id).state == "open"


def test_the_level_of_risk_stands_in_the_head_the_timeline_and_the_print_of_a_case(desk: Console, seat: Seat) -> None:
    case_id, son, mother = family(desk, seat)
    assert "計画あり" not in seat.opens(f"/console/cases/{case_id}").words
    with desk.work() as session:
        record = session.scalars(select(Consultation).where(Consultation.person_id == son)).one()
        record.risk = Risk.PLAN
    page, paper = seat.opens(f"/console/cases/{case_id}"), seat.opens(f"/console/cases/{case_id}/print")
    head, timeline = page.response.text.split("timeline-title", 1)
    assert "<b>計画あり</b>" in head
    assert ">計画あり<" in timeline
    assert "計画あり 2026年" in page.words
    assert "安全の心配 計画あり 2026年" in paper.words
    assert paper.words.count("計画あり") == 2
    hers = seat.opens(f"/console/cases/{case_id}?person={mother}").response.text
    assert "<b>計画あり</b>" in hers.split("timeline-title")[0], "the level crosses the wall …"
    assert "計画あり" not in hers.split("timeline-title")[1], "… without its record"
