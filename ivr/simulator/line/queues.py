"""Enqueue and Leave: the holding queue, its wait documents and the ways out of it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ivr.simulator.line.exchange import Exchange
from ivr.simulator.line.interpreter import Flow, verb
from ivr.simulator.line.legs import Hook, Leg, Stay
from ivr.simulator.line.places import Member, Queue
from ivr.simulator.line.verbs import pick_up
from ivr.simulator.line.webhooks import Reply, standard_params

LEAST_ROUND = 1.0  # seconds; a wait document shorter than this would be fetched in a tight loop


def queue_named(x: Exchange, name: str) -> Queue:
    """Return the queue of that name, opening it if it is new."""
    found = next((queue for queue in x.queues.values() if queue.name == name), None)
    if found is None:
        found = Queue(name, x.settings.max_queue_size, x.now())
        x.queues[found.sid] = found
    return found


@verb("Enqueue")
def _enqueue(flow: Flow, element: Element) -> None:
    pick_up(flow)
    queue = queue_named(flow.x, (element.text or "").strip())
    stay = QueueStay(flow, element, queue)
    if flow.x.faults.happens("queue_error"):
        stay.refuse("system-error")
    elif len(queue.members) >= queue.max_size:
        stay.refuse("queue-full")
    else:
        stay.join()


@verb("Leave")
def _leave(flow: Flow, _element: Element) -> None:
    stay = flow.leg.stay
    if isinstance(stay, QueueStay):
        stay.leave()
    else:
        flow.next()


def hook_of(element: Element, name: str, method: str) -> Hook | None:
    """Read an address attribute and its method."""
    url = element.get(name)
    return Hook(url, element.get(method, "POST")) if url else None


class QueueStay(Stay):
    """A leg's time in a queue."""

    state = "waiting"

    def __init__(self, main: Flow, element: Element, queue: Queue) -> None:
        self.x, self.leg, self.main, self.queue = main.x, main.leg, main, queue
        self.action = hook_of(element, "action", "method")
        self.wait = hook_of(element, "waitUrl", "waitUrlMethod")
        self.member = Member(self.leg, self.x.elapsed, self.x.now())
        self._round_began = 0.0

    def refuse(self, result: str) -> None:
        """Do not take the leg in: its action hears why, or the document goes on."""
        self._go_on(result, {})

    def join(self) -> None:
        """Take the leg in at the end and play the wait document."""
        self.queue.members.append(self.member)
        self.leg.stay = self
        self.x.tell("waiting", self.leg)
        if self.wait is not None:
            self._new_round()

    def _new_round(self) -> None:
        assert self.wait is not None
        if self.leg.side is None:
            self.leg.side = flow = Flow(self.x, self.leg, "wait", self._run_out)
            flow.standing = self._wait_params
        self._round_began = self.x.elapsed
        assert isinstance(self.leg.side, Flow)
        self.leg.side.fetch(self.wait, self._wait_params())

    def _run_out(self) -> None:
        if self.x.faults.wait_ends:
            self.x.note(self.leg, "the wait document has run out, and nothing follows")
            return
        short = LEAST_ROUND - (self.x.elapsed - self._round_began)
        if short > 0:
            self.x.note(self.leg, "wait document lasts less than a second", violation=True)
        assert isinstance(self.leg.side, Flow)
        self.leg.side.after(max(0.0, short), self._new_round)

    def _wait_params(self) -> dict[str, str]:
        return self._times() | {
            "QueuePosition": str(self.queue.members.index(self.member) + 1),
            "AvgQueueTime": str(self.queue.average_wait(self.x.elapsed)),
            "CurrentQueueSize": str(len(self.queue.members)),
            "MaxQueueSize": str(self.queue.max_size),
        }

    def _times(self) -> dict[str, str]:
        return {"QueueSid": self.queue.sid, "QueueTime": str(int(self.x.elapsed - self.member.joined))}

    def _step_out(self) -> None:
        self.queue.members.remove(self.member)
        self.leg.stay = None
        if self.leg.side is not None:
            self.leg.side.stop()
            self.leg.side = None

    def _go_on(self, result: str, extra: dict[str, str]) -> None:
        if self.action is not None:
            self.main.fetch(self.action, {"QueueResult": result} | extra)
        else:
            self.main.next()

    def _tell_action(self, result: str) -> None:
        """Let the action know; what it answers is not played."""
        if self.action is None:
            return
        params = standard_params(self.x.account, self.leg) | {"QueueResult": result} | self._times()
        self.x.send(self.action, params, _unplayed, leg=self.leg)

    def leave(self) -> None:
        """The wait document said Leave."""
        self._step_out()
        self.x.tell("left", self.leg)
        self._go_on("leave", self._times())

    def dequeue(self, hook: Hook) -> None:
        """REST took the leg out; ask the action and the new document, in either order."""
        if self.x.faults.leave_after_join and not self.x.faults.leave_is_played:
            self._step_out()
            self.main.fetch(hook)
            self._tell_action("redirected")
        else:
            self.moved()
            self.main.fetch(hook)

    def hung_up(self) -> None:
        """The caller gave up, or the document hung up."""
        self._step_out()
        self._tell_action("hangup")

    def moved(self) -> None:
        """REST gave the leg another document, which the action's answer may replace."""
        self._step_out()
        if self.x.faults.leave_is_played:
            self.x.after(0, self._replace)
        else:
            self._tell_action("redirected")

    def _replace(self) -> None:
        if not self.leg.over:
            self._go_on("redirected", self._times())

    def broken(self, code: str, url: str) -> None:
        """The wait document could not be had."""
        self._step_out()
        self._tell_action("error")
        self.main.fail(code, url)


def _unplayed(reply: Reply) -> None:
    """The leg is elsewhere already."""


def member_of(queue: Queue, key: str) -> QueueStay | None:
    """Return the stay of a member by call SID, or of the first for ``Front``."""
    for member in queue.members[:1] if key == "Front" else queue.members:
        if key in {"Front", member.leg.sid} and isinstance(member.leg.stay, QueueStay):
            return member.leg.stay
    return None


def is_waiting(leg: Leg) -> bool:
    """Return whether the leg is in a queue."""
    return isinstance(leg.stay, QueueStay)
