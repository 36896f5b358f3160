"""News of a leg's progress: status callbacks with their order, and the end of a leg."""

from __future__ import annotations

from email.utils import format_datetime

from ivr.simulator.line.exchange import Exchange
from ivr.simulator.line.legs import Hook, Leg
from ivr.simulator.line.webhooks import Reply, standard_params


def news(x: Exchange, hook: Hook, params: dict[str, str], leg: Leg | None, about: str) -> None:
    """Send a status callback, subject to the faults switched on; *about* names the resource for reordering."""

    def send() -> None:
        x.send(hook, params, _taken, leg=leg, kind="news", context="news")

    faults = x.faults
    if x.news_tray is not None:
        x.news_tray.append(send)
        return
    if faults.happens("lost"):
        return
    held = x.held_news.pop(about, None)
    if held is None and faults.happens("reordered"):
        x.held_news[about] = send
        x.after(faults.delay_seconds, lambda: _release(x, about))
        return
    if faults.happens("delayed"):
        x.after(faults.delay(), send)
    else:
        send()
    if faults.happens("duplicated"):
        x.after(faults.delay() / 4, send)
    if held is not None:
        held()


def _release(x: Exchange, about: str) -> None:
    held = x.held_news.pop(about, None)
    if held is not None:
        held()


def _taken(reply: Reply) -> None:
    """Twilio reads nothing out of the answer to a status callback."""


def report(x: Exchange, leg: Leg, event: str) -> None:
    """Send the leg's own status callback for *event*, if it was asked for."""
    if leg.status_hook is None or event not in leg.status_events:
        return
    params = standard_params(x.account, leg) | {
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(leg.sequence),
        "Timestamp": format_datetime(x.now()),
    }
    if event == "completed":
        params |= {"CallDuration": str(leg.duration(x.elapsed)), "Duration": str(-(-leg.duration(x.elapsed) // 60))}
    leg.sequence += 1
    news(x, leg.status_hook, params, leg, leg.sid)


def answer(x: Exchange, leg: Leg) -> None:
    """Mark the leg as answered."""
    leg.status, leg.answered, leg.answered_at = "in-progress", x.elapsed, x.now()
    report(x, leg, "answered")
    if leg.time_limit is not None:
        x.after(leg.time_limit, lambda: finish(x, leg, "completed"))
    x.tell("connected", leg)


def finish(x: Exchange, leg: Leg, status: str) -> None:
    """End the leg with one of Twilio's final states; a second end changes nothing."""
    if leg.over:
        return
    leg.status, leg.ended, leg.ended_at = status, x.elapsed, x.now()
    for flow in (leg.main, leg.side):
        if flow is not None:
            flow.stop()
    if leg.stay is not None:
        leg.stay.hung_up()
    report(x, leg, "completed")
    x.tell("ended", leg)
