"""Whatever two counsellors and two supervisors do with one consultation in any order: it is answered once, as it was
looked at, by whom it belonged to, and no saved word is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.duty.presence import Work
from callcenter.domain.errors import HelplineError
from callcenter.domain.members.threads import WAITING, Author
from callcenter.domain.policy import Policy
from callcenter.domain.staff.roles import Role
from callcenter.models.base import new_id
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Message, Thread
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.members.answering import approving, claims, reading, replying
from callcenter.services.members.answering.replying import Seen
from tests.integration.conftest import new_session
from tests.integration.members.threads_people import ALONE, CHECKED, talks, version_of, writer, writes
from tests.integration.people import NOW, member

ACTS = ("take", "save", "let_go", "look", "send", "call", "hang_up", "hand_in", "approve", "hand_back", "take_back")
WHOLE = {
    "answer": ("take", "save", "look", "send"),
    "ask": ("take", "save", "look", "hand_in"),
    "decide": ("look", "approve"),
    "answer unseen": ("take", "save", "look", "save", "send"),
    "ask unseen": ("take", "save", "look", "hand_in", "take_back", "save", "hand_in", "look", "approve"),
    "meddle": ("save", "look", "send"),
}
"""What people do one after the other; others may come between."""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([*ACTS, *WHOLE, *WHOLE]), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.sampled_from([1, 29, 31])),
        st.tuples(st.just("letter"), st.just(0)),
    ),
    min_size=4,
    max_size=25,
)


@dataclass
class Story:
    """One consultation, who is about it, and what the plain rules say must be true of it by now."""

    session: Session
    people: list[Staff]
    who: Member
    thread: Thread
    policy: Policy
    now: datetime = NOW
    words: int = 0
    stored: str = ""
    """What was last saved with success."""
    author: str | None = None
    looked: dict[str, tuple[Seen, str]] = field(default_factory=dict)
    """By person: what they pressed upon, and its text."""
    sent: list[str] = field(default_factory=list)

    def does(self, act: str, who: int) -> None:
        """Do it, or be refused kindly; whatever is refused changes nothing."""
        if act == "wait":
            self.now += timedelta(minutes=who)
            return
        if act == "letter":
            self.now += timedelta(seconds=1)
            writes(self.session, self.who, "続きです。", into=self.thread, now=self.now)
            return
        by = self.people[who]
        before = self.texts()
        try:
            with self.session.begin_nested():
                getattr(self, act)(by)
        except HelplineError:
            self.session.expire_all()
            assert self.texts() == before

    def texts(self) -> tuple[str | None, list[str]]:
        draft = claims.open_draft(self.session, self.thread)
        return draft.text if draft is not None else None, self.answers()

    def answers(self) -> list[str]:
        query = select(Message).where(Message.thread_id == self.thread.id, Message.author == Author.STAFF)
        return [one.text or "" for one in self.session.scalars(query.order_by(Message.sent_at, Message.id))]

    # ---- what people do

    def take(self, by: Staff) -> None:
        held = claims.holder_of(self.session, self.thread, self.now)
        replying.begin(self.session, self.thread.id, by=by, now=self.now)
        assert held in (None, by.id) or by.role is Role.SUPERVISOR

    def save(self, by: Staff) -> None:
        mine = self.thread.claimed_by == by.id
        text = f"文{self.words}・{by.name}"
        fields = {"reply": text, "next_step": "次に聞く"}
        version = version_of(self.session, self.thread) if claims.open_draft(self.session, self.thread) else 1
        replying.save(self.session, self.thread.id, version, fields, by=by, now=self.now)
        assert mine, "somebody saved who holds no claim"
        self.words += 1
        self.stored, self.author = text, by.id

    def let_go(self, by: Staff) -> None:
        claims.let_go(self.session, self.thread.id, by=by, now=self.now)

    def look(self, by: Staff) -> None:
        opened = reading.open_thread(self.session, self.thread.id, by=by, now=self.now)
        if opened.draft is not None and opened.newest is not None:
            self.looked[by.id] = (Seen(opened.draft.id, opened.draft.version, opened.newest), opened.draft.text or "")

    def send(self, by: Staff) -> None:
        self._goes(by, lambda seen: replying.send(
            self.session, self.thread.id, seen, by=by, now=self.now, policy=self.policy
        ))  # fmt: skip

    def approve(self, by: Staff) -> None:
        author = self.author
        if self._goes(by, lambda seen: approving.approve(self.session, self.thread.id, seen, by=by, now=self.now)):
            assert author != by.id, "somebody approved what they wrote"

    def hand_in(self, by: Staff) -> None:
        if by.id in self.looked:
            approving.hand_in(self.session, self.thread.id, self.looked[by.id][0], by=by, now=self.now)
            self.author = by.id

    def hand_back(self, by: Staff) -> None:
        approving.hand_back(self.session, self.thread.id, "もう少し", by=by, now=self.now)

    def take_back(self, by: Staff) -> None:
        approving.take_back(self.session, self.thread.id, by=by, now=self.now)

    def call(self, by: Staff) -> None:
        talks(self.session, by, since=self.now)

    def hang_up(self, by: Staff) -> None:
        talks(self.session, by, Work.AVAILABLE, since=self.now)

    def _goes(self, by: Staff, press: Callable[[Seen], Message]) -> bool:
        """Press; return whether that sent something now, which then is what was looked at, and what was last saved."""
        if by.id not in self.looked:
            return False
        seen, text = self.looked[by.id]
        waited, before = self.thread.state in WAITING, len(self.answers())
        message = press(seen)
        if len(self.answers()) == before:
            assert message.sent_key == seen.draft_id
            return False
        assert waited, "somebody answered what was answered already"
        assert message.text == text == self.stored
        self.sent.append(text)
        self.stored = ""
        return True

    # ---- what is true at every moment

    def holds(self) -> None:
        self.session.expire_all()
        assert self.answers() == self.sent
        draft = claims.open_draft(self.session, self.thread)
        assert (draft.text if draft is not None else None) in ({self.stored} if self.stored else {None, ""})
        if draft is not None and draft.submitted_at is not None:
            assert self.thread.claimed_by is None
        records = self.session.scalars(select(Consultation).where(Consultation.thread_id == self.thread.id)).all()
        finished = [one for one in records if one.state is ConsultationState.FINISHED]
        assert len(finished) == len(self.sent)
        assert len(records) - len(finished) <= 1
        if self.thread.state not in WAITING:
            assert (self.thread.claimed_by, draft) == (None, None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, checked=st.booleans())
@example(steps=[("answer unseen", 0), ("look", 0), ("send", 0), ("send", 0)], checked=False)
@example(steps=[("take", 0), ("save", 0), ("look", 0), ("take", 2), ("meddle", 0), ("send", 0)], checked=False)
@example(steps=[("ask unseen", 2), ("decide", 2), ("decide", 3), ("decide", 3), ("letter", 0)], checked=True)
@example(steps=[("ask", 0), ("look", 3), ("letter", 0), ("approve", 3), ("hand_back", 3), ("meddle", 0)], checked=True)
@example(steps=[("answer", 0), ("letter", 0), ("answer", 1), ("meddle", 0)], checked=False)
def test_in_any_order_it_is_answered_once_as_it_was_looked_at_and_no_saved_word_is_lost(
    engine: Engine, ring: KeyRing, steps: list[tuple[str, int]], checked: bool
) -> None:
    with new_session(engine, ring) as session:
        people = [
            member(session, new_name) if number < 2 else member(session, new_name, Role.SUPERVISOR)
            for number, new_name in enumerate(new_id() for _ in range(4))
        ]
        who = writer(session)
        story = Story(session, people, who, writes(session, who), CHECKED if checked else ALONE)
        for what, argument in steps:
            for act in WHOLE.get(what, (what,)):
                story.does(act, argument)
                story.holds()
        session.rollback()
