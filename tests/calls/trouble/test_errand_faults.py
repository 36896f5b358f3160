"""Every errand at the telephone company × everything that can go wrong there, and a worker killed before and after it.

Whatever happens, each call comes to its right end by itself, nobody is rung twice at once, and nobody is blamed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from callcenter.adapters.twilio.line import TwilioLine
from callcenter.domain.calls.lifecycle import CallState, OfferState
from callcenter.domain.duty.presence import Work
from callcenter.domain.talks.supervision import Mode
from callcenter.domain.talks.talk import Help
from callcenter.models.staff.accounts import Staff
from callcenter.services.talks import ringing, takeover
from tests.calls.talking.supervisors import Chief
from tests.calls.talking.talks import Talker, hears, on_music
from tests.desk import Counsellor, Desk
from tests.line import Phone

FAULTS = ("rest_429", "rest_500", "rest_503", "rest_lost", "rest_timeout", "rest_401", "rest_404", "rest_21220")
GONE = frozenset({"rest_404", "rest_21220"})


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


@dataclass
class Scene:
    """A call, its counsellor, and the telephone company's luck."""

    desk: Desk
    counsellor: Counsellor
    phone: Phone
    strikes: Callable[[], None]
    """What goes wrong with the next request."""
    patience: int = 12
    """Seconds in which a ring must come, whatever goes wrong with it at first."""

    @property
    def state(self) -> CallState:
        return self.desk.call(self.phone.sid).state

    def connects(self) -> None:
        self.desk.line.advance(5)
        self.counsellor.takes_the_call()
        self.desk.line.advance(3)
        assert self.state is CallState.TALKING

    def loses_its_counsellor(self) -> None:
        self.desk.working = False
        self.counsellor.handset.hangs_up()
        self.desk.line.advance(2.5)


def ring(scene: Scene) -> None:
    scene.strikes()
    scene.desk.line.advance(4)
    for _ in range(scene.patience):
        if not scene.counsellor.rings:
            scene.desk.line.advance(1)
    assert scene.counsellor.rings
    scene.counsellor.takes_the_call()
    scene.desk.line.advance(5)
    assert scene.state is CallState.TALKING
    assert scene.counsellor.presence.misses == 0
    assert OfferState.MISSED not in {offer.state for offer in scene.desk.offers()}
    assert len(scene.counsellor.handset.calls) == 1


def bring_caller(scene: Scene) -> None:
    scene.desk.line.advance(5)
    scene.strikes()
    scene.counsellor.takes_the_call()
    scene.desk.line.advance(28)
    assert scene.state is CallState.TALKING
    assert len(scene.desk.offers()) == 1


def rescue_caller(scene: Scene) -> None:
    scene.connects()
    scene.loses_its_counsellor()
    scene.strikes()
    scene.desk.working = True
    scene.desk.line.advance(25)
    assert scene.state in {CallState.WAITING, CallState.ENDED}


def say_bye(scene: Scene) -> None:
    scene.connects()
    scene.strikes()
    scene.counsellor.ends_the_call()
    scene.desk.line.advance(25)
    assert scene.state is CallState.ENDED
    assert scene.counsellor.work is Work.WRAP_UP


def hang_up(scene: Scene) -> None:
    scene.desk.line.advance(5)
    assert scene.counsellor.rings
    scene.strikes()
    scene.phone.hangs_up()
    scene.desk.line.advance(25)
    assert scene.state is CallState.ENDED
    assert not scene.counsellor.rings
    assert scene.counsellor.work is Work.AVAILABLE
    assert scene.counsellor.presence.misses == 0


def ask_after_call(scene: Scene) -> None:
    scene.connects()
    scene.desk.line.faults.lost = 1
    scene.phone.hangs_up()
    scene.desk.line.advance(55)
    scene.strikes()
    scene.desk.line.advance(60)
    assert scene.state is CallState.ENDED


def look_into_room(scene: Scene) -> None:
    scene.desk.line.faults.lost = 1
    scene.desk.line.advance(5)
    scene.counsellor.takes_the_call()
    scene.desk.line.advance(25)
    assert scene.state is CallState.CONNECTING
    scene.strikes()
    scene.desk.line.advance(50)
    assert scene.state is not CallState.CONNECTING


def set_hold(scene: Scene) -> None:
    scene.connects()
    talker = Talker(scene.desk, scene.counsellor)
    scene.strikes()
    talker.holds()
    scene.desk.line.advance(24)
    talker.takes_back()
    scene.desk.line.advance(4)
    assert not on_music(scene.desk, scene.phone)
    assert hears(scene.phone, scene.counsellor.handset)


def set_mute(scene: Scene) -> None:
    scene.connects()
    talker = Talker(scene.desk, scene.counsellor)
    scene.strikes()
    talker.mutes()
    scene.desk.line.advance(24)
    assert not hears(scene.phone, scene.counsellor.handset)
    talker.mutes(muted=False)
    scene.desk.line.advance(4)
    assert hears(scene.phone, scene.counsellor.handset)


def announce(scene: Scene) -> None:
    scene.connects()
    heard = len(scene.phone.heard)
    scene.strikes()
    Talker(scene.desk, scene.counsellor).says(Help.SILENT)
    scene.desk.line.advance(24)
    assert len(scene.phone.heard) - heard <= 1  # of what is not known to have been played nothing is played twice
    assert hears(scene.phone, scene.counsellor.handset)


def set_listening(scene: Scene) -> None:
    scene.connects()
    chief = Chief(scene.desk)
    offer_id = chief.hears(scene.phone)
    scene.strikes()
    chief.changes(offer_id, Mode.BARGE)
    scene.desk.line.advance(24)
    assert hears(scene.phone, chief.handset)
    assert hears(scene.phone, scene.counsellor.handset)


def take_over(scene: Scene) -> None:
    scene.connects()
    chief = Chief(scene.desk)
    offer_id = chief.hears(scene.phone)
    scene.strikes()
    with scene.desk.work() as session:
        found, call = ringing.find_with_call(session, offer_id)
        assert found is not None
        assert call is not None
        takeover.take_over(session, found, call, by=session.get_one(Staff, chief.staff_id), now=scene.desk.clock.now())
    scene.desk.line.advance(24)
    assert (scene.state, scene.phone.state) == (CallState.TALKING, "in-progress")
    assert hears(scene.phone, chief.handset)
    assert scene.counsellor.work is Work.WRAP_UP
    assert scene.counsellor.handset.state == "completed"


ERRANDS: dict[str, Callable[[Scene], None]] = {
    story.__name__: story
    for story in (
        *(ring, bring_caller, rescue_caller, say_bye, hang_up, ask_after_call, look_into_room),
        *(set_hold, set_mute, announce, set_listening, take_over),
    )
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("topic", ERRANDS)
def test_an_errand_that_fails_once_comes_to_its_end_all_the_same(desk: Desk, topic: str, fault: str) -> None:
    ERRANDS[topic](_scene(desk, lambda: setattr(desk.line.faults, "next_rest", [fault])))
    assert desk.line.faults.next_rest == []


class Killed(BaseException):
    """The worker's process ends here; nothing after it is done."""


def dying_once(act: str, moment: str, killed: list[str]) -> Callable[..., Any]:
    """Return *act* as it is done by a worker that dies before or after the first act of all."""
    does = getattr(TwilioLine, act)

    def once(*args: Any, **more: Any) -> Any:
        if killed:
            return does(*args, **more)
        killed.append(act)
        if moment == "after":
            does(*args, **more)
        raise Killed

    return once


ACTS = ("ring", "take_from_queue", "redirect", "hang_up", "leg_state", "in_room", "hold", "mute", "announce", "coach")


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("topic", ERRANDS)
def test_a_worker_killed_over_an_errand_leaves_it_to_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, topic: str, moment: str
) -> None:
    killed: list[str] = []
    ticks = desk._tick

    def tick() -> None:
        try:
            ticks()
        except Killed:
            ticks()  # the next worker finds the errand leased, and goes on with everything else

    desk.line.tick = tick

    def strikes() -> None:
        for act in ACTS:
            monkeypatch.setattr(TwilioLine, act, dying_once(act, moment, killed))

    scene = _scene(desk, strikes)
    scene.patience = 22  # the errand stays leased to the dead for twenty seconds
    ERRANDS[topic](scene)
    assert len(killed) == 1


def _scene(desk: Desk, strikes: Callable[[], None]) -> Scene:
    desk.line.pulse = 2  # a worker that looks less often is as good here, and a quicker test
    return Scene(desk, desk.counsellor(), desk.line.dial(), strikes)
