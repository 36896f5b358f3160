"""Whatever a member and the desk do, in any order: the state of a thread stays honest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.members import receipts, reply_target
from callcenter.domain.members.threads import WAITING, AlreadyStarted, Author, NoLongerOpen, ThreadState, Written
from callcenter.domain.policy import Policy
from callcenter.models.members.threads import MemberDraft, Message, Thread
from callcenter.services.members import consulting, drafts, own
from callcenter.services.members.consulting import SentAlready
from tests.integration.members.people import registered_member
from tests.integration.members.writers import DAYS, answered, send
from tests.integration.people import NOW
from tests.integration.people import member as staff_named

POLICY = Policy(reply_target_days=3)
TEXTS = st.sampled_from(["こんにちは", "もう消えたいです", "あ" * 3000, "ありがとう"])


class Letters(RuleBasedStateMachine):
    """One member with a few threads, and the desk that answers them."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.now = session, NOW
        self.haru = registered_member(session)
        self.staff = staff_named(session, f"tanto-{self.haru.id}")
        self.threads: list[Thread] = []
        self.unanswered: dict[str, list[Message]] = {}
        self.withdrawn: set[str] = set()
        self.last: Message | None = None

    def at(self, which: int) -> Thread:
        return self.threads[which % len(self.threads)]

    @rule(minutes=st.integers(1, 3000))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: len(self.threads) < 4)
    @rule(text=TEXTS)
    def writes(self, text: str) -> None:
        self.last = send(self.session, self.haru, text, policy=POLICY, now=self.now)
        thread = self.session.get_one(Thread, self.last.thread_id)
        self.threads.append(thread)
        self.unanswered[thread.id] = [self.last]

    @precondition(lambda self: self.threads)
    @rule(which=st.integers(0, 3), text=TEXTS)
    def goes_on(self, which: int, text: str) -> None:
        thread = self.at(which)
        key = receipts.new_form_key()
        if thread.id in self.withdrawn:
            with pytest.raises(NoLongerOpen):
                send(self.session, self.haru, text, form_key=key, thread_id=thread.id, policy=POLICY, now=self.now)
            return
        self.last = send(self.session, self.haru, text, form_key=key, thread_id=thread.id, policy=POLICY, now=self.now)
        self.unanswered[thread.id].append(self.last)

    @precondition(lambda self: self.last is not None)
    @rule(changed=st.booleans())
    def posts_the_last_form_again(self, changed: bool) -> None:
        assert self.last is not None and self.last.sent_key is not None
        text = "書き直し" if changed else self.last.text or ""
        if changed:
            with pytest.raises(SentAlready):
                send(self.session, self.haru, text, form_key=self.last.sent_key, now=self.now)
        else:
            again = send(self.session, self.haru, text, form_key=self.last.sent_key, now=self.now)
            assert again is self.last

    @precondition(lambda self: self.threads)
    @rule(which=st.integers(0, 3))
    def withdraws(self, which: int) -> None:
        thread = self.at(which)
        if thread.id in self.withdrawn or consulting.may_be_withdrawn(thread):
            consulting.withdraw(self.session, self.haru, thread.id, self.now)
            self.withdrawn.add(thread.id)
            self.unanswered[thread.id] = []
        else:
            with pytest.raises(AlreadyStarted):
                consulting.withdraw(self.session, self.haru, thread.id, self.now)

    @precondition(lambda self: self.threads)
    @rule(which=st.integers(0, 3), state=st.sampled_from([ThreadState.READING, ThreadState.ANSWERING]))
    def is_claimed(self, which: int, state: ThreadState) -> None:
        thread = self.at(which)
        if thread.state in WAITING:
            thread.state, thread.claimed_by = state, self.staff.id

    @precondition(lambda self: self.threads)
    @rule(which=st.integers(0, 3))
    def is_given_back(self, which: int) -> None:
        thread = self.at(which)
        if thread.state in WAITING:
            thread.state, thread.claimed_by = ThreadState.RECEIVED, None

    @precondition(lambda self: self.threads)
    @rule(which=st.integers(0, 3))
    def is_answered(self, which: int) -> None:
        thread = self.at(which)
        if thread.claimed_by is not None:
            answered(self.session, thread, now=self.now)
            self.unanswered[thread.id] = []

    @precondition(lambda self: self.threads)
    @rule(which=st.integers(0, 3))
    def reads(self, which: int) -> None:
        consulting.mark_seen(self.session, self.haru, self.at(which), self.now)

    @invariant()
    def waits_since_the_oldest_without_a_reply(self) -> None:
        for thread in self.threads:
            waiting = self.unanswered[thread.id]
            assert (thread.state in WAITING) == bool(waiting)
            assert thread.waiting_since == (waiting[0].sent_at if waiting else None)
            target = reply_target.target_on(DAYS, waiting[0].sent_on, POLICY.reply_target_days) if waiting else None
            assert thread.target_on == target
            assert thread.risk_words == any("消えたい" in (one.text or "") for one in waiting)
            assert (thread.state is ThreadState.WITHDRAWN) == (thread.id in self.withdrawn)

    @invariant()
    def nothing_is_lost_and_nothing_doubled(self) -> None:
        mine = self.session.scalars(
            select(Message).where(Message.member_id == self.haru.id, Message.author == Author.MEMBER)
        ).all()
        assert len({one.receipt for one in mine}) == len({one.sent_key for one in mine}) == len(mine)
        assert {one.thread_id for one in mine} == {one.id for one in self.threads}
        last = max((local_date(one.sent_at) for one in mine), default=None)
        assert self.haru.last_sent_on == last


def test_threads_stay_honest_whatever_comes(session: Session) -> None:
    class Here(Letters):
        def __init__(self) -> None:
            super().__init__(session)

    run_state_machine_as_test(Here, settings=settings(max_examples=20, stateful_step_count=25, deadline=None))


def test_a_draft_at_every_step_is_kept_or_refused_for_what_was_sent(session: Session) -> None:
    """Every draft that was taken is there, until it is sent or dropped."""
    haru = registered_member(session)
    for number in range(6):
        key = f"{number:032}"
        draft = drafts.keep(session, haru, Written(key, f"下書き{number}"), now=NOW)
        assert draft is not None
        if number % 2:
            send(session, haru, f"下書き{number}", form_key=key)
    left = {one.text for one in own.drafts(session, haru)}
    assert left == {"下書き0", "下書き2", "下書き4"} and session.scalars(select(MemberDraft)).all()
