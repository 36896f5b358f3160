"""The staff's desk for mail as its pages show it: the list, the room, what is shown back, approvals, joining."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.staff.roles import Role
from callcenter.jobs.alarms import waiting_mail
from callcenter.models.delivery.alarms import Alarm
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Message, ReplyDraft, Thread
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, linking
from callcenter.services.cases.cases import NewPerson
from callcenter.services.members.answering import replying
from callcenter.services.records import consultations
from callcenter.services.trail.audit import OPERATOR
from tests.integration.consoles import Console, Seat
from tests.integration.members.threads_people import ALONE, REPLY, joins, replies, writer, writes
from tests.integration.people import case_of

NICKNAME = "すいれんのハル"
CANARY = "みずうみのそばで拾った緑の石"


class MailDesk:
    """A desk with a consultation that waits, two counsellors and a supervisor."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.sato, self.ono = console.seat("tanto01"), console.seat("tanto02")
        self.chief = console.seat("tokatsu", role=Role.SUPERVISOR)
        with console.work() as session:
            self.thread_id = writes(session, writer(session, NICKNAME), CANARY, now=console.clock.now()).id

    def address(self, *rest: str) -> str:
        return "/".join(("/console/mail", self.thread_id, *rest))

    def take(self, seat: Seat) -> None:
        answer = seat.sends(self.address("take"), script=False)
        assert (answer.status_code, answer.location) == (303, self.address())

    def form(self, seat: Seat) -> dict[str, str]:
        """The form of the room as a browser without scripts would send it."""
        page = seat.opens(self.address())
        return {"version": page.value("version"), "whole": "1", "next_step": "様子を聞く"}

    def looked_at(self, seat: Seat) -> dict[str, str]:
        page = seat.opens(self.address("preview"))
        return {name: page.value(name) for name in ("draft", "version", "letter")}

    @contextmanager
    def checked_first(self) -> Iterator[None]:
        """A supervisor reads every reply."""
        here = self.console.app.extensions["callcenter"]
        before = here.settings
        object.__setattr__(here, "settings", replace(before, policy=replace(before.policy, reply_approval=True)))
        yield
        object.__setattr__(here, "settings", before)

    def drafts(self) -> list[str | None]:
        with self.console.work() as session:
            return [one.text for one in session.scalars(select(ReplyDraft))]

    def sent(self) -> list[str | None]:
        with self.console.work() as session:
            return [one.text for one in session.scalars(select(Message).where(Message.author == "staff"))]


@pytest.fixture
def mail(desk: Console) -> MailDesk:
    return MailDesk(desk)


def test_the_list_says_since_when_and_how_urgent_and_no_word_and_no_name(mail: MailDesk) -> None:
    page = mail.sato.opens("/console/mail/")
    assert "新しい相談" in page.words
    assert "返事を書く" in page.words
    assert CANARY not in page.response.text
    assert NICKNAME not in page.response.text
    assert "1 件、返事を待っています" in page.words  # in the navigation
    parts = mail.sato.get("/console/mail/parts").text
    assert 'id="mail-list"' in parts
    assert 'id="nav-mail_desk-inbox"' in parts


def test_an_empty_list_says_what_will_stand_here(desk: Console) -> None:
    page = desk.seat().opens("/console/mail/")
    assert "返事を待っている相談はありません。" in page.words
    assert "いま担当している相談はありません。" in desk.seat("tanto09").opens("/console/mail/?show=mine").words


def test_a_reply_goes_from_the_list_to_its_reader_in_four_steps_without_scripts(mail: MailDesk) -> None:
    mail.take(mail.sato)
    room = mail.sato.opens(mail.address())
    assert CANARY in room.words
    assert f"{NICKNAME}さん" in room.words
    answer = mail.sato.sends(mail.address("preview"), mail.form(mail.sato), script=False, reply=REPLY)
    assert (answer.status_code, answer.location) == (303, mail.address("preview"))
    preview = mail.sato.opens(mail.address("preview"))
    assert REPLY in preview.words
    assert "この文で送る" in preview.words
    looked = mail.looked_at(mail.sato)
    for _ in range(2):
        answer = mail.sato.sends(mail.address("send"), looked, script=False)
        assert (answer.status_code, answer.location) == (303, "/console/mail/")
    assert mail.sent() == [REPLY]
    assert "返事を送りました。" in mail.sato.opens("/console/mail/?show=answered").words
    with mail.console.work() as session:
        assert session.scalars(select(Consultation)).one().state is ConsultationState.FINISHED


def test_what_is_missing_is_said_before_and_after_the_press_and_the_reply_stays(mail: MailDesk) -> None:
    mail.take(mail.sato)
    fields = mail.form(mail.sato) | {"next_step": "", "reply": REPLY}
    mail.sato.sends(mail.address("preview"), fields, script=False)
    preview = mail.sato.opens(mail.address("preview"))
    assert "「次回」に" in preview.words
    assert "この文で送る" not in preview.words
    with mail.console.work() as session:
        draft = session.scalars(select(ReplyDraft)).one()
        letter = session.scalars(select(Message.id)).one()
        pressed = {"draft": draft.id, "version": str(draft.version), "letter": letter}
    answer = mail.sato.sends(mail.address("send"), pressed, script=False)
    assert answer.status_code == 422
    assert "「次回」に" in answer.text
    assert (mail.sent(), mail.drafts()) == ([], [REPLY])


def test_a_script_saves_field_by_field(mail: MailDesk) -> None:
    mail.take(mail.sato)
    headers = {"Accept": "application/json", "X-CSRFToken": mail.sato.token}
    drawn = int(mail.form(mail.sato)["version"])
    sent = {"fields": {"reply": REPLY, "story": "夜に歩く"}, "seen": {"reply": drawn, "story": drawn}}
    answer = mail.sato.client.post(mail.address("save"), json=sent, headers=headers, base_url="https://desk.test")
    assert answer.get_json() is not None
    assert sorted(answer.get_json()["kept"]) == ["reply", "story"]
    assert mail.drafts() == [REPLY]


def test_who_lost_the_claim_gets_their_words_back_and_is_told_who_answers(mail: MailDesk) -> None:
    mail.take(mail.sato)
    fields = mail.form(mail.sato)
    mail.take(mail.chief)
    for action in ("save", "preview", "template", "let-go", "to-join"):
        given = fields | {"reply": REPLY, "story": "書いていた記録", "template": "thanks"}
        answer = mail.sato.sends(mail.address(action), given, script=False)
        assert answer.status_code == 403
        assert "tokatsuさんが担当しています" in answer.text
        assert REPLY in answer.text
        assert "書いていた記録" in answer.text
        assert CANARY not in answer.text
    headers = {"Accept": "application/json", "X-CSRFToken": mail.sato.token}
    sent = {"fields": {"reply": REPLY}, "seen": {"reply": 1}}
    answer = mail.sato.client.post(mail.address("save"), json=sent, headers=headers, base_url="https://desk.test")
    assert answer.status_code == 409
    assert "tokatsuさんが担当しています" in answer.get_json()["error"]
    assert "tokatsuさんが担当しています" in mail.sato.get(mail.address("live")).text


def test_a_template_is_put_in_and_names_the_lines_that_are_open(mail: MailDesk) -> None:
    mail.take(mail.sato)
    given = mail.form(mail.sato) | {"reply": "こんにちは。", "template": "cannot_urgent"}
    answer = mail.sato.sends(mail.address("template"), given, script=False)
    assert answer.status_code == 303
    [text] = mail.drafts()
    assert text is not None
    assert text.startswith("こんにちは。\n\nとてもつらい中で")
    assert "0120-279-338" in text
    room = mail.sato.opens(mail.address())
    assert "回答不可(緊急)" in room.words


def test_what_was_told_at_the_registration_is_marked_with_its_day_and_confirmed_with_one_press(mail: MailDesk) -> None:
    mail.take(mail.sato)
    given = mail.form(mail.sato) | {"reply": "途中", "confirm": "period", "period": "3_5"}
    answer = mail.sato.sends(mail.address("same-today"), given, script=False)
    assert answer.status_code == 303
    with mail.console.work() as session:
        record = session.scalars(select(Consultation)).one()
        assert "period" not in record.prefilled
        assert "caller_age" in record.prefilled
    assert mail.drafts() == ["途中"]


def test_a_supervisor_reads_without_the_claim_and_writes_only_with_it(mail: MailDesk) -> None:
    mail.take(mail.sato)
    mail.sato.sends(mail.address("save"), mail.form(mail.sato), script=False, reply="途中の返事")
    page = mail.chief.opens(mail.address())
    assert CANARY in page.words
    assert "途中の返事" in page.words
    assert "引き取って書く" in page.words
    assert mail.chief.sends(mail.address("save"), {"version": "9", "reply": "x"}, script=False).status_code == 403
    mail.take(mail.chief)
    assert "途中の返事" in mail.chief.opens(mail.address()).response.text
    told = mail.sato.get("/console/notices").text
    assert "メール相談の担当を引き取りました" in told


def test_a_supervisor_approves_or_hands_back(mail: MailDesk) -> None:
    with mail.checked_first():
        mail.take(mail.sato)
        mail.sato.sends(mail.address("save"), mail.form(mail.sato), script=False, reply=REPLY)
        preview = mail.sato.opens(mail.address("preview"))
        assert "統括に確認をたのむ" in preview.words
        mail.sato.sends(mail.address("send"), mail.looked_at(mail.sato), script=False)
        assert mail.sent() == []
        assert "確認をとりやめる" in mail.sato.opens("/console/mail/").words
        assert mail.ono.get("/console/mail/approvals").status_code == 403
        waits = mail.chief.opens("/console/mail/approvals")
        assert "担当01さんの返事" in waits.words
        assert CANARY not in waits.response.text
        there = f"/console/mail/approvals/{mail.thread_id}"
        page = mail.chief.opens(there)
        assert "この文で送ってよい" in page.words
        empty = mail.chief.sends(f"{there}/hand-back", {"remark": ""}, script=False)
        assert (empty.status_code, "どこを直すとよいか" in empty.text) == (422, True)
        mail.chief.sends(f"{there}/hand-back", {"remark": "もう少しやわらかく。"}, script=False)
        assert "メールの返事を戻しました" in mail.sato.get("/console/notices").text
        room = mail.sato.opens(mail.address())
        assert "もう少しやわらかく。" in room.words
        mail.sato.sends(mail.address("send"), mail.looked_at(mail.sato), script=False)
        looked = {name: mail.chief.opens(there).value(name) for name in ("draft", "version", "letter")}
        for _ in range(2):
            assert mail.chief.sends(f"{there}/approve", looked, script=False).status_code == 303
    assert mail.sent() == [REPLY]


def test_joining_asks_for_consent_and_brings_the_card_beside_the_reply(mail: MailDesk) -> None:
    with mail.console.work() as session:
        sato = session.get_one(Staff, mail.sato.staff_id)
        person = case_of(session, sato, "ハル").people[0]
        person_id = person.id
    mail.take(mail.sato)
    page = mail.sato.opens(mail.address("join"))
    assert "ご本人がよいと言ったときだけ" in page.words
    found = mail.sato.sends(mail.address("join", "find"), {"nickname_heard": "はる"}, script=False)
    assert person_id in found.text
    refused = mail.sato.sends(mail.address("join"), {"nickname_heard": "ハル", "person": person_id}, script=False)
    assert (refused.status_code, "同意をどう受けたか" in refused.text) == (422, True)
    given = {"nickname_heard": "ハル", "person": person_id, "consent": "written"}
    assert mail.sato.sends(mail.address("join"), given, script=False).status_code == 303
    room = mail.sato.opens(mail.address())
    assert "ハルさん" in room.words
    assert "これまでの相談" in room.words
    assert mail.sato.sends(mail.address("part"), script=False).status_code == 303
    assert "ケースには、つないでいません。" in mail.sato.opens(mail.address()).words


def test_the_record_of_a_reply_is_finished_by_sending_and_by_nothing_else(mail: MailDesk) -> None:
    mail.take(mail.sato)
    with mail.console.work() as session:
        record_id = session.scalars(select(Consultation.id)).one()
    sent = mail.sato.sends(f"/console/records/{record_id}/finish", {"next_step": "x", "version": "1"}, script=False)
    assert (sent.status_code, "返事を送ると閉じます" in sent.text) == (409, True)
    there = mail.sato.get(f"/console/mail/records/{record_id}")
    assert (there.status_code, there.location) == (303, mail.address())
    assert mail.sato.get(f"/console/records/{record_id}").status_code == 200
    with mail.console.work() as session:
        sato, thread = session.get_one(Staff, mail.sato.staff_id), session.get_one(Thread, mail.thread_id)
        now = mail.console.clock.now()
        looked = replies(session, thread, sato, now=now)
        replying.send(session, thread.id, looked, by=sato, now=now, policy=ALONE)
    there = mail.sato.get(f"/console/mail/records/{record_id}")
    assert there.location == f"/console/records/{record_id}"
    assert "取り消せません" in mail.sato.sends(f"/console/records/{record_id}/reopen", script=False).text


def test_the_worker_raises_the_alarms_and_their_banner_leads_to_the_list(mail: MailDesk) -> None:
    with mail.console.work() as session:
        writes(session, writer(session), "もう消えてしまいたい。", now=mail.console.clock.now())
    with mail.console.app.app_context():
        waiting_mail.look()
    banner = mail.chief.get("/reports/alarms").text
    assert "いのちの心配がある言葉があります" in banner
    assert 'href="/console/mail/"' in banner
    with mail.console.work() as session:
        assert len(session.scalars(select(Alarm)).all()) == 1


def readable(session: Session, seat: Seat) -> Staff:
    return session.get_one(Staff, seat.staff_id)


def test_a_counsellor_without_the_claim_gets_no_word_and_no_name_from_any_route(mail: MailDesk) -> None:
    mail.take(mail.sato)
    mail.sato.sends(mail.address("save"), mail.form(mail.sato), script=False, reply=f"{CANARY}への返事")
    with mail.console.work() as session:
        record_id = session.scalars(select(Consultation.id)).one()
    answers = list(crawl(mail, mail.ono, record_id))
    assert len(answers) >= 20
    for path, text in answers:
        assert CANARY not in text, path
        assert NICKNAME not in text, path
    assert CANARY in mail.sato.get(mail.address()).text


@pytest.mark.parametrize("calling", ["mother", "son"])
def test_while_one_of_the_family_is_on_the_line_no_route_tells_of_the_others_mail(mail: MailDesk, calling: str) -> None:
    now = mail.console.clock.now()
    mail.take(mail.sato)
    mail.sato.sends(mail.address("save"), mail.form(mail.sato), script=False, reply=f"{CANARY}への返事", story=CANARY)
    with mail.console.work() as session:
        sato = readable(session, mail.sato)
        son = case_of(session, sato, "ミナト").people[0]
        mother = cases.add_person(session, son.case, NewPerson("ミナトの母", relation="mother"), by=OPERATOR, now=now)
        thread = session.get_one(Thread, mail.thread_id)
        joins(session, thread, son if calling == "mother" else mother, sato, now=now)
        called = mother.id if calling == "mother" else son.id
        mail_record = session.scalars(select(Consultation.id).where(Consultation.thread_id == thread.id)).one()
    mail.sato.takes_the_line()
    mail.sato.is_rung_by(mail.console.line.dial())
    record_id = mail.sato.answers()
    with mail.console.work() as session:
        sato = readable(session, mail.sato)
        record = consultations.get_record(session, record_id)
        linking.link(session, record, cases.get_person(session, called), sato, now)
    assert CANARY not in mail.sato.get("/console/").text
    for path, text in crawl(mail, mail.sato, mail_record):
        assert CANARY not in text, path
        assert NICKNAME not in text, path


def crawl(mail: MailDesk, seat: Seat, record_id: str) -> Iterator[tuple[str, str]]:
    """Ask every route of the desk, and those of the record, as *seat*."""
    values = {"thread_id": mail.thread_id, "record_id": record_id}
    for rule in mail.console.app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] not in {"mail_desk", "casefile"} or not rule.arguments <= values.keys():
            continue
        path = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)
        assert path is not None
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if path[1] == "/console/events":
                continue
            if method == "GET":
                yield f"GET {path[1]}", seat.get(path[1], follow_redirects=True).text
            else:
                form = {"version": "1", "reply": "よその文", "nickname_heard": "すいれん", "template": "thanks"}
                yield f"POST {path[1]}", seat.sends(path[1], form, script=False).text


def test_a_claim_outlasts_half_an_hour_of_a_call_and_not_half_an_hour_of_silence(mail: MailDesk) -> None:
    mail.take(mail.sato)
    mail.console.line.at(mail.console.clock.now() + timedelta(minutes=31))
    mail.take(mail.ono)
    assert "担当02さんが担当しています" in mail.sato.get(mail.address("live")).text


def test_parting_without_a_join_and_an_unknown_consultation_are_answered_kindly(mail: MailDesk) -> None:
    mail.take(mail.sato)
    assert mail.sato.sends(mail.address("part"), script=False).status_code == 303
    gone = mail.sato.get("/console/mail/no-such-thread")
    assert (gone.status_code, "見つかりません" in gone.text) == (409, True)


def test_who_answers_sees_that_notices_do_not_reach_the_member(mail: MailDesk) -> None:
    mail.take(mail.sato)
    assert "お知らせメールが届いていません" not in mail.sato.opens(mail.address()).words
    with mail.console.work() as session:
        member = session.get_one(Member, session.get_one(Thread, mail.thread_id).member_id)
        member.mail_refused_at = mail.console.clock.now()
    assert "お知らせメールが届いていません" in mail.sato.opens(mail.address()).words
