"""A day on the line in which anybody may do anything at any moment, and everything may break."""

from __future__ import annotations

import atexit
import tempfile
from collections import Counter
from contextlib import suppress
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from callcenter.domain.duty.presence import BOUND, Work
from callcenter.domain.errors import HelplineError
from callcenter.domain.talks.supervision import Mode
from ivr.simulator.line.legs import Leg
from tests.calls.talking.talks import Talker
from tests.chaos.promises import Broken, Promises
from tests.chaos.stage import AFTER, BEFORE, SWEEP, Stage
from tests.desk import Counsellor
from tests.line import Phone
from tests.tools.postgres import quick_folder

MOST_CALLERS = 5
HOME_WITHIN = 150.0
"""Virtual seconds after the last caller has gone until nothing is open any more."""
CHANCE = st.integers(min_value=0, max_value=11)
CREW = st.integers(min_value=0, max_value=2)
BROWSER = 2
BUTTONS = ("holds", "takes_back", "mutes", "consults", "introduces", "hands_over", "cancels", "calls_for_help")
PAUSE = st.sampled_from([0, 0.4, 2, 5, 12])
NEWS = ("delayed", "duplicated", "reordered", "lost", "webhook_duplicates")
WEATHER: tuple[dict[str, float], ...] = (
    {"lost": 1.0},
    {"lost": 0.3},
    {"reordered": 0.6, "delayed": 0.6, "duplicated": 0.6},
    {"delayed": 1.0},
    {},
)
REST = ("rest_429", "rest_500", "rest_timeout")
WAYS = ("leave_is_played", "wait_ends", "bare_redirects", "no_account_sid", "empty_lists", "stale_lists")
"""What the telephone company may do in one way or the other."""


tally = Counter[str]()
"""What happened so far, for whoever wants to know that something did."""


@cache
def stage() -> Stage:
    """Return this process's stage; it lies in memory where the machine has room there."""
    folder = tempfile.TemporaryDirectory(prefix="callcenter-stage-", dir=quick_folder())
    atexit.register(folder.cleanup)
    return Stage(Path(folder.name))


class AnyDay(RuleBasedStateMachine):
    """Callers, counsellors, the telephone company and our own processes act in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = stage()
        self.stage.begin()
        self.promises = Promises(self.stage)

    @initialize(
        talking=st.integers(0, 2),
        first=st.sampled_from([*BUTTONS, ""]),
        waiting=st.integers(0, 2),
        free=st.integers(0, 1),
    )
    def it_is_an_ordinary_afternoon(self, talking: int, first: str, waiting: int, free: int) -> None:
        """Some talk and some wait when the trouble begins; chance alone would seldom bring anybody together."""
        for who in range(talking):
            self.a_caller_and_a_counsellor_talk(who)
        for one in self.stage.crew[talking : talking + free]:
            self.stage.comes(one)
        if first and self.talkers:
            self.a_counsellor_in_a_talk(0, first, talking, 1)
        for _ in range(waiting):
            self.stage.line.dial()

    # ------------------------------------------------------------ callers

    @property
    def callers(self) -> list[Leg]:
        return [leg for leg in self.stage.line.engine.legs.values() if leg.inbound and not leg.over]

    @rule(from_=st.sampled_from(["anonymous", "payphone", "+81312345678"]), then=PAUSE)
    def a_caller_dials(self, from_: str, then: float) -> None:
        if len(self.callers) < MOST_CALLERS:
            self.stage.line.dial(from_)
        self.stage.line.advance(then)

    @precondition(lambda self: self.callers)
    @rule(chance=CHANCE, act=st.sampled_from(["1", "2", "9*", "hangs up", "hangs up"]), then=PAUSE)
    def a_caller_acts(self, chance: int, act: str, then: float) -> None:
        phone = Phone(self.stage.line, self.callers[chance % len(self.callers)])
        if act == "hangs up":
            phone.hangs_up()
        else:
            phone.presses(act)
        self.stage.line.advance(then)

    # ------------------------------------------------------------ counsellors

    @rule(who=CREW, work=st.sampled_from([Work.AVAILABLE, Work.AVAILABLE, Work.AWAY, Work.OFFLINE]), then=PAUSE)
    def a_counsellor_comes_or_goes(self, who: int, work: Work, then: float) -> None:
        one = self.stage.crew[who]
        if work is not Work.AVAILABLE:
            self.stage.goes(one, work)
        elif one.work not in BOUND:
            self.stage.comes(one)
        self.stage.line.advance(then)

    @precondition(lambda self: self.ringing)
    @rule(chance=CHANCE, act=st.sampled_from(["1", "1", "1", "2", "", "declines"]), then=PAUSE)
    def a_counsellor_is_rung_and(self, chance: int, act: str, then: float) -> None:
        one = self.ringing[chance % len(self.ringing)]
        if act == "declines":
            one.handset.declines()
        else:
            picked_up = Phone(self.stage.line, one.handset.leg)
            one.handset.answers()  # which may end at once, and let the next call ring
            if act and one.address.startswith("+") and not picked_up.leg.over:
                picked_up.presses(act)
        self.stage.line.advance(then)

    @precondition(lambda self: self.connected)
    @rule(chance=CHANCE, act=st.sampled_from(["ends", "drops"]), then=PAUSE)
    def a_counsellor_on_the_telephone(self, chance: int, act: str, then: float) -> None:
        one = self.connected[chance % len(self.connected)]
        if act == "drops":
            one.handset.hangs_up()
        elif one.work in {Work.CONNECTING, Work.ON_CALL}:
            one.ends_the_call()
        self.stage.line.advance(then)

    @precondition(lambda self: self.talkers)
    @rule(chance=CHANCE, act=st.sampled_from(BUTTONS), colleague=CREW, then=PAUSE)
    def a_counsellor_in_a_talk(self, chance: int, act: str, colleague: int, then: float) -> None:
        talker = Talker(self.stage, self.talkers[chance % len(self.talkers)])
        with suppress(HelplineError):  # the screen says so in a sentence
            if act == "consults":
                talker.consults(self.stage.crew[colleague], told=bool(chance % 2))
            else:
                getattr(talker, act)()
        self.stage.line.advance(then)

    @precondition(lambda self: self.callers)
    @rule(chance=CHANCE, act=st.sampled_from(["listens", "listens", *Mode, "leaves", "drops"]), then=PAUSE)
    def a_supervisor(self, chance: int, act: str, then: float) -> None:
        caller = self.callers[chance % len(self.callers)]
        with suppress(HelplineError):  # the screen says so in a sentence
            self.stage.supervisor_does(act, caller.sid)
        self.stage.line.advance(then)

    @rule(with_the_call=st.booleans())
    def the_browser_crashes(self, with_the_call: bool) -> None:
        one = self.stage.crew[BROWSER]
        self.stage.vanishes(one)
        if with_the_call and one in self.connected:
            one.handset.hangs_up()

    @property
    def ringing(self) -> list[Counsellor]:
        return [one for one in self.stage.crew if one.rings]

    @property
    def talkers(self) -> list[Counsellor]:
        return [one for one in self.stage.crew if one.work in {Work.CONNECTING, Work.ON_CALL}]

    @property
    def connected(self) -> list[Counsellor]:
        return [one for one in self.stage.crew if one.handset.calls and not one.handset.leg.over]

    @rule(who=CREW)
    def a_caller_and_a_counsellor_talk(self, who: int) -> None:
        one = self.stage.crew[who]
        self.a_counsellor_comes_or_goes(who, Work.AVAILABLE, 0)
        self.a_caller_dials("anonymous", 5)
        if one.rings:
            one.takes_the_call()
            self.stage.line.advance(3)

    # ------------------------------------------------------------ time and trouble

    @rule(seconds=st.sampled_from([0.4, 7, 18, 45, 100]))
    def time_passes(self, seconds: float) -> None:
        self.stage.line.advance(seconds)

    @rule(weather=st.sampled_from(WEATHER), twice=st.sampled_from([0.0, 0.5]), leave_last=st.booleans())
    def news_goes_astray(self, weather: dict[str, float], twice: float, leave_last: bool) -> None:
        more = {"webhook_duplicates": twice, "leave_after_join": leave_last}
        self.stage.line.faults.set(dict.fromkeys(NEWS, 0.0) | weather | more)

    @rule(way=st.sampled_from([None, *WAYS]))
    def the_telephone_company_does_it_otherwise(self, way: str | None) -> None:
        self.stage.line.faults.set(dict.fromkeys(WAYS, False) | ({} if way is None else {way: True}))

    @rule(faults=st.lists(st.sampled_from(REST), min_size=1, max_size=3))
    def requests_fail(self, faults: list[str]) -> None:
        self.stage.line.faults.next_rest += faults

    @rule(steps=st.integers(min_value=0, max_value=9))
    def the_worker_dies_or_starts_again(self, steps: int) -> None:
        if self.stage.working:
            self.stage.mortal.dies_after(steps)
        else:
            self.stage.starts_again()

    @rule(stands_in=st.booleans())
    def a_web_process_stands_in_for_a_dead_worker(self, stands_in: bool) -> None:
        self.stage.stands_in = stands_in

    @rule(where=st.sampled_from([BEFORE, AFTER]), untouched=st.integers(min_value=0, max_value=3))
    def a_web_process_dies(self, where: str, untouched: int) -> None:
        self.stage.cuts = [""] * untouched + [where]

    # ------------------------------------------------------------ what must be true

    @invariant()
    def every_promise_is_kept(self) -> None:
        line = self.stage.line
        lists_lie = line.faults.empty_lists or line.faults.stale_lists
        disturbed = not self.stage.working or line.faults.next_rest or self.stage.cuts or lists_lie
        if disturbed:
            self.promises.calm_from = None
        elif self.promises.calm_from is None:
            self.promises.calm_from = line.engine.elapsed
        self.promises.check()

    def teardown(self) -> None:
        """Let the trouble end, the desk find its way, and everybody go home."""
        try:
            self._evening()
            tally.update(self.promises.counts(), histories=1, deaths=self.stage.mortal.deaths)
        finally:
            self.stage.end()

    def _evening(self) -> None:
        stage, line = self.stage, self.stage.line
        stage.mortal.lives()
        stage.cuts = []
        if not stage.working:
            stage.starts_again()
        line.faults.next_rest.clear()
        line.faults.set(dict.fromkeys(NEWS, 0.0) | dict.fromkeys(WAYS, False))
        line.pulse = SWEEP
        self.every_promise_is_kept()
        line.advance(12)
        self.every_promise_is_kept()
        while self.promises.pending:
            line.advance(12)
            self.every_promise_is_kept()
        for leg in self.callers:
            Phone(line, leg).hangs_up()
        until = line.engine.elapsed + HOME_WITHIN
        while line.engine.elapsed < until and self.promises.open_in_the_evening():
            line.advance(12)
        if left := self.promises.open_in_the_evening():
            raise Broken("\n".join(left))
