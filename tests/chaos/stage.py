"""The desk on which one history after the other is played: app and accounts are made once, all else begins anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.adapters import schema
from callcenter.domain.calendar.holidays_jp import shipped_holidays
from callcenter.domain.calls.lifecycle import LIVE_OFFERS
from callcenter.domain.duty.presence import Work
from callcenter.domain.ports import Ports
from callcenter.domain.staff.roles import Role
from callcenter.domain.talks.supervision import Mode
from callcenter.domain.telephony import Telephony
from callcenter.jobs import reconcile, relay, worker
from callcenter.jobs.line import rounds
from callcenter.jobs.line.substitute import Duty
from callcenter.models.base import db
from callcenter.models.calls.calls import Offer, Presence
from callcenter.models.engines import connect, sqlite_driver
from callcenter.models.staff.accounts import Staff
from callcenter.services.calendar import opening_hours
from callcenter.services.duty import presence
from callcenter.services.talks import ringing, supervision
from ivr.preview import Preview
from tests.chaos.mortal import Killed, Mortal, MortalLine
from tests.desk import ORIGIN, Counsellor, Desk
from tests.line import A_WEDNESDAY_AFTERNOON, Line

BEAT = 5.0
"""Virtual seconds between two signs of life of a browser."""
PULSE, SWEEP = 3.0, 6.0
"""Virtual seconds between two looks, and two sweeps, of the worker, which really looks four times a second.

It also looks whenever a webhook has come, as the bell lets it.
"""
BEFORE, AFTER = "before", "after"

Answer = tuple[int, Mapping[str, str], bytes]


class Stage(Desk):
    """A desk with counsellors who come when told to, a worker that can be killed, and wires that can be cut."""

    def __init__(self, folder: Path) -> None:
        self.path, self.mortal, self.cuts = folder / "stage.db", Mortal(), list[str]()
        self._beaten, self._compared, self.restarted, self.there = 0.0, 0.0, False, set[str]()
        self.stands_in, self.duty = False, Duty(relay.run)
        self.on_tick = list[Callable[[], None]]()
        """What is to be looked at whenever a little time has passed."""
        url = f"sqlite:///{self.path}"
        _fill(url)
        super().__init__(url, reused=False)
        self.crew = [self.counsellor(f"denwa{n}", phone=f"+8190000000{n:02d}") for n in range(2)]
        self.crew.append(self.counsellor("madoguchi", phone=None))
        self.supervisor = self.counsellor("tokatsu", phone="+819000000099", role=Role.SUPERVISOR)
        for one in (*self.crew, self.supervisor):
            self.goes(one, Work.OFFLINE)
        self.close()
        self._empty = sqlite_driver().connect(":memory:")
        with closing(sqlite_driver().connect(self.path)) as filled:
            filled.backup(self._empty)

    def _ports(self) -> Ports:
        line = cast(Telephony, MortalLine(self.telephony, self.mortal))
        return Ports(self.clock, line, self.bell, line_words=Preview())

    def begin(self) -> None:
        """Forget all that was played; nobody is at work."""
        with closing(sqlite_driver().connect(self.path)) as played:
            self._empty.backup(played)
        self.mortal.lives()
        self.mortal.deaths = 0
        self.mortal.haunts_the_jobs()
        self.working, self.restarted, self.cuts, self.there = True, False, [], set()
        self.on_tick.clear()
        self.stands_in, self.duty = False, Duty(relay.run)
        self.line = Line(
            self.app.wsgi_app, origin=ORIGIN, at=A_WEDNESDAY_AFTERNOON, tick=self._tick, pulse=PULSE, strict=False
        )
        self.line.engine._post = self._wire(self.line.engine._post)
        self.telephony.__dict__.pop("_client", None)
        object.__setattr__(self.telephony, "http_client", self.line.http_client)
        self.clock.line = self.line
        self._swept = self._beaten = self._compared = self.line.engine.elapsed
        for one in (*self.crew, self.supervisor):
            one.handset = self.line.handsets[one.address]
            if not one.address.startswith("+"):
                self.line.unregistered.add(one.address.removeprefix("client:"))

    def end(self) -> None:
        """Leave the modules of jobs as they were."""
        self.mortal.leaves_the_jobs()

    def _wire(self, post: Any) -> Any:
        """Carry webhooks, but for those at which the web process is killed: before its work, or before its answer."""

        def carry(*request: Any) -> Answer:
            cut = self.cuts.pop(0) if self.cuts else None
            if cut == BEFORE:
                raise ConnectionError
            answer = cast(Answer, post(*request))
            if cut == AFTER:
                raise TimeoutError
            return answer

        return carry

    # ------------------------------------------------------------ people

    def comes(self, one: Counsellor) -> None:
        """Let a counsellor be there and free."""
        with self.work() as session:
            staff = session.get_one(Staff, one.staff_id)
            if not one.address.startswith("+"):
                self.there.add(one.staff_id)
                self.line.unregistered.discard(one.address.removeprefix("client:"))
                row = presence.lock_or_create(session, staff, now=self.clock.now())
                row.heartbeat_at, row.registered = self.clock.now(), True
            presence.become_available(session, staff, now=self.clock.now())

    def goes(self, one: Counsellor, work: Work) -> None:
        """Let a counsellor go away; during a call it is kept for afterwards."""
        with self.work() as session:
            presence.become_unavailable(session, session.get_one(Staff, one.staff_id), work, now=self.clock.now())

    def vanishes(self, one: Counsellor) -> None:
        """The browser crashes: no sign of life, and its telephone with it."""
        self.there.discard(one.staff_id)
        self.line.unregistered.add(one.address.removeprefix("client:"))

    def supervisor_does(self, act: str, caller_sid: str) -> None:
        """Let the supervisor listen to that caller's talk, take part in another way, leave it, or lose the line."""
        phone = self.supervisor.handset
        if act == "drops":
            if phone.calls and not phone.leg.over:
                phone.hangs_up()
            return
        with self.work() as session:
            by, now = session.get_one(Staff, self.supervisor.staff_id), self.clock.now()
            if act == "listens":
                call_id = self.call_in(session, caller_sid).id
                supervision.listen(session, call_id, by=by, now=now, policy=self.settings.policy)
            else:
                self._follows(session, act, by)
        self.line.advance(1)
        if phone.rings:
            self.supervisor.takes_the_call()

    def _follows(self, session: Session, act: str, by: Staff) -> None:
        mine = select(Offer.id).where(Offer.staff_id == by.id, Offer.state.in_(LIVE_OFFERS))
        offer_id = session.scalar(mine)
        offer = None if offer_id is None else ringing.find_with_call(session, offer_id)[0]
        if offer is None:
            return
        if act == "leaves":
            supervision.stop_listening(session, offer, by=by, now=self.clock.now())
        else:
            supervision.set_mode(session, offer, Mode(act), by=by, now=self.clock.now())

    # ------------------------------------------------------------ the worker

    def _tick(self) -> None:
        for look in self.on_tick:
            look()
        if self.line.engine.elapsed - self._beaten >= BEAT:
            self._beaten = self.line.engine.elapsed
            self._beat()
        try:
            self._work()
        except Killed:
            self.working = False
            with self.app.app_context():
                db.session.remove()

    def starts_again(self) -> None:
        """A new worker takes the place of the one that died."""
        self.working = self.restarted = True
        self._compared = -worker.RECONCILE  # it compares at once
        self.line.settle()

    def _work(self) -> None:
        """What the worker does in one of its rounds, or a web process in the place of one that is dead."""
        if not self.working:
            if self.stands_in:
                with self.app.app_context():
                    self.duty.look()
            return
        with self.app.app_context():
            now = self.line.engine.elapsed
            if now - self._swept >= SWEEP:
                self._swept = now
                rounds.sweep()
            if now - self._compared >= worker.RECONCILE:
                self._compared = now
                reconcile.reconcile(every=reconcile.AT_START if self.restarted else reconcile.EVERY)
                self.restarted = False
            rounds.ring_and_run_errands()
            rounds.run_slow_errands(relay.run)

    def _beat(self) -> None:
        for staff_id in self.there:
            with self.work() as session:
                row, staff = session.get_one(Presence, staff_id), session.get_one(Staff, staff_id)
                assert row.lease is not None
                presence.record_heartbeat(session, staff, row.lease, registered=True, now=self.clock.now())


def _fill(url: str) -> None:
    engine = connect(url)
    schema.upgrade(engine)
    with Session(engine) as session, session.begin():
        opening_hours.store_shipped(session, shipped_holidays())
    engine.dispose()
