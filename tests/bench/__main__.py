"""Prints the figures of one run: ``python -m tests.bench [--seconds N] [--only PART]``."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from callcenter.models.engines import connect
from tests.bench import crowd, dispatch, load, nicknames, places, references, startup
from tests.bench.mailing import members as mailing_members
from tests.bench.mailing import sending, signing_in
from tests.bench.mailing.turns import Turns
from tests.bench.sequence import BARE, DESK, STORING, TriedDesk, Webhook
from tests.bench.site import first_page

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ("sequence", "first_page", "load", "busy", "flood", "startup", "memory", "dispatch", "nicknames", "mail")
DATABASES = {"sqlite": places.sqlite, "postgresql": places.postgresql}
WARM_UP = 3
"""Calls that are played before the counting begins."""
STARTS = 3
REFERENCE = load.REFERENCE
SEQUENCE_GOAL = {"sqlite": 0.75, "postgresql": 0.70}
"""The part of R1's speed that the desk shall have."""
STRANGERS = 100
RACE, DISPATCHERS = 2000, 8
"""``make chaos`` runs the race over a hundred thousand decisions."""
DISPATCH_GOAL = {"sqlite": 5, "postgresql": 25}
"""Milliseconds at the 99th percentile."""
SEARCH_GOAL = {"exact": 10, "tolerant": 50, "tolerant, two cues": 50}
"""Milliseconds at the 95th percentile."""
FIRST_PAGE_GOAL = 3
"""Milliseconds of one view of the first public page."""
SIGN_IN_GOAL, SENDING_GOAL = 15, 25
"""Milliseconds at the 95th percentile, a sign-in without the comparison of the password."""
REFUSALS_GOAL = 2
"""Milliseconds between the medians of the refusals."""
WRITING_RATE, WRITING_SECONDS = 60.0, 60.0
"""Webhooks a second beside those who write, and how long they write at least."""
WRITING_GOAL = 1.2
"""What the webhooks' 99th percentile may grow to."""
SEED = 20261125


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="how long each measurement lasts (default: 15)")
    parser.add_argument("--rate", type=float, default=200.0, help="webhooks a second under load (default: 200)")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this; may be repeated")
    parser.add_argument("--database", choices=DATABASES, action="append", help="on this one only")
    parser.add_argument("--people", type=int, default=20_000, help="so many are looked for by name (goal: 1000000)")
    parser.add_argument("--searches", type=int, default=1000, help="names looked for (default: 1000)")
    parser.add_argument("--members", type=int, default=20_000, help="so many may sign in (goal: 1000000)")
    parser.add_argument("--tries", type=int, default=4000, help="sign-ins refused, of each kind (default: 4000)")
    parser.add_argument("--writers", type=int, default=1000, help="members who write at once (default: 1000)")
    wish = parser.parse_args()
    parts = wish.only or PARTS
    say(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, load {loaded()} at the beginning")
    for name in wish.database or DATABASES:
        measure(name, parts, wish)
    say(f"load {loaded()} at the end")
    return 0


def measure(name: str, parts: Collection[str], wish: argparse.Namespace) -> None:
    """Measure the parts that have to do with a database."""
    with places.folder() as folder, DATABASES[name](folder) as url:
        if "sequence" in parts:
            report_sequence(name, url, wish.seconds)
        if "load" in parts:
            report_load(name, url, rate=wish.rate, seconds=wish.seconds)
        if "memory" in parts:
            report_memory(name, url)
    measure_pages(name, parts, wish)
    if "busy" in parts:
        with places.folder() as folder, DATABASES[name](folder) as url:
            report_load(name, url, rate=wish.rate, seconds=wish.seconds, busy=True)
    if "flood" in parts:
        report_flood(name, rate=wish.rate, seconds=wish.seconds)
    if "dispatch" in parts:
        report_dispatch(name, wish.seconds)


def measure_pages(name: str, parts: Collection[str], wish: argparse.Namespace) -> None:
    """Measure what people look at rather than call, each on a database of its own."""
    if "first_page" in parts:
        with places.folder() as folder, DATABASES[name](folder) as url:
            report_first_page(name, url, wish.seconds)
    if "nicknames" in parts:
        with places.folder() as folder, DATABASES[name](folder) as url:
            report_nicknames(name, url, wish.people, wish.searches)
    if "mail" in parts:
        with places.folder() as folder, DATABASES[name](folder) as url:
            report_members(name, url, wish.members, wish.tries, wish.seconds)
        report_writing(name, wish.writers, max(wish.seconds, WRITING_SECONDS))


def report_sequence(name: str, url: str, seconds: float) -> None:
    """Play calls for *seconds* and compare the applications call by call."""
    desk = TriedDesk(url)
    try:
        for _ in range(WARM_UP):
            desk.play()
        calls, until = list[list[Webhook]](), time.monotonic() + seconds
        while time.monotonic() < until or len(calls) < 2:
            calls.append(desk.play())
    finally:
        desk.close()
    taken = [webhook for call in calls for webhook in call]
    bad = [webhook.place for webhook in taken if not 200 <= webhook.status < 300]
    say(f"\n== The signed call sequence on {name}: {len(calls)} calls of {len(calls[0])} webhooks, {len(bad)} not 2xx")
    for app in (BARE, STORING, DESK):
        say(
            f"{app:5} {1 / statistics.median(per_webhook(call, app) for call in calls):7.0f} webhooks/s  "
            f"{spread([1000 * per_webhook(call, app) for call in calls])} ms each"
        )
    for other in (BARE, STORING):
        ratios = [per_webhook(call, other) / per_webhook(call, DESK) for call in calls]
        say(f"desk / {other}: {spread(ratios)}" + (f"   (goal: {SEQUENCE_GOAL[name]:.2f})" if other == STORING else ""))
    worked = [sum(one.work[STORING] for one in call) / sum(one.work[DESK] for one in call) for call in calls]
    say(f"desk / {STORING} by the processor's time alone: {spread(worked)}")
    by_place(taken)


def report_first_page(name: str, url: str, seconds: float) -> None:
    """View the first public page, usual and light, beside a page that stands still."""
    views = first_page.measure(url, seconds=seconds)
    say(f"\n== The first public page on {name}: {len(views.ratios)} views, {views.bad} not 200")
    for page, took in views.seconds.items():
        goal = f"   (goal: {FIRST_PAGE_GOAL} ms)" if page == first_page.FIRST else ""
        say(f"{page:5} {spread([1000 * one for one in took])} ms each{goal}")
    say(f"first page / one that stands still: {spread(views.ratios)}")


def by_place(taken: Iterable[Webhook]) -> None:
    """Print each webhook's statements and milliseconds."""
    places_of = dict[str, list[Webhook]]()
    for webhook in taken:
        places_of.setdefault(webhook.place, []).append(webhook)
    for place, found in places_of.items():
        statements = statistics.mean(webhook.statements for webhook in found)
        ours, theirs = (1000 * statistics.median(one.seconds[app] for one in found) for app in (DESK, STORING))
        say(f"   {place:18} {statements:5.1f} statements {ours:7.2f} ms   (R1 {theirs:6.2f} ms)")


def report_load(name: str, url: str, *, rate: float, seconds: float, busy: bool = False) -> None:
    """Let callers come at a steady pace, whatever the desk makes of them, and print how long it took to answer.

    If *busy*, ten people sign in again and again meanwhile, and a supervisor follows the board.
    """
    met = load.run(url, ROOT, rate=rate, seconds=seconds, busy=busy)
    pace, worst = met.sent / met.seconds, max(met.milliseconds)
    beside = " while people sign in and the board is followed" if busy else ""
    say(f"\n== Open loop on {name}{beside}")
    say(f"{rate:.0f} webhooks/s wished: {met.sent} in {met.seconds:.1f} s, {pace:.0f}/s")
    p50, p95, p99 = (met.quantile(percent) for percent in (50, 95, 99))
    say(f"desk p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, worst {worst:.0f} ms")
    bare = load.reference(url, ROOT, rate=rate, seconds=seconds, busy=busy)
    q50, q95, q99 = (bare.quantile(percent) for percent in (50, 95, 99))
    say(f"R1   p50 {q50:.0f} ms, p95 {q95:.0f} ms, p99 {q99:.0f} ms; p99 desk / R1: {p99 / q99:.1f}   (goal: 2.5)")
    if busy:
        say(f"people at their desks: {counted(met.beside)}; R1's: {counted(bare.beside)}")
    say(f"not 2xx: {met.bad} {met.codes or ''}   stand-ins spoken: {met.stand_ins}   calls talked: {met.talked}")


def report_flood(name: str, *, rate: float, seconds: float) -> None:
    """Let callers come alone, then while strangers try passwords: no caller may hear a stand-in."""
    say(f"\n== {STRANGERS} strangers try five passwords a second each on {name}, {rate:.0f} webhooks/s beside them")
    for strangers in (0, STRANGERS):
        with places.folder() as folder, DATABASES[name](folder) as url:
            met = load.run(url, ROOT, rate=rate, seconds=seconds, flood=strangers)
        p50, p95, p99 = (met.quantile(percent) for percent in (50, 95, 99))
        say(f"{strangers:3} strangers: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms")
        say(f"    not 2xx: {met.bad} {met.codes or ''}   stand-ins spoken: {met.stand_ins}   {counted(met.beside)}")


def counted(met: Mapping[str, int]) -> str:
    return ", ".join(f"{what} {times}" for what, times in sorted(met.items()))


def report_memory(name: str, url: str) -> None:
    """Start the processes that are needed at least, and print what they take together."""
    say(f"\n== Two web processes and a worker on {name}")
    for layout, instances in startup.INSTANCES.items():
        say(f"{layout}: {startup.memory(url, ROOT, instances):.0f} MB together   (goal: 300)")


def report_dispatch(name: str, seconds: float) -> None:
    """Ring counsellors for callers, alone and from many processes at once; each on a database of its own."""
    with places.folder() as folder, DATABASES[name](folder) as url:
        took = dispatch.measure(url, seconds)
    say(f"\n== {dispatch.COUNSELLORS} counsellors and {dispatch.WAITING} callers on {name}: who is rung for whom")
    goal = DISPATCH_GOAL[name]
    say(f"one becomes free: p50 {took.quantile(50):.1f} ms, p99 {took.quantile(99):.1f} ms   (goal: {goal})")
    say(f"all become free at once: {took.all_free:.2f} ms for each; {len(took.one_free)} decisions timed")
    with places.folder(quick=True) as folder, DATABASES[name](folder) as url:
        met = dispatch.race(url, RACE, DISPATCHERS, seed=1)
    say(f"{DISPATCHERS} processes at once: {met.decisions} decisions, {met.claims} claimed, {met.doubles} doubles")
    with places.folder(quick=True) as folder, DATABASES[name](folder) as url:
        met = dispatch.race_of_two(url, RACE, DISPATCHERS, seed=1)
    say(f"the same, two rung for each: {met.decisions} decisions, {met.claims} claimed, {met.doubles} doubles")


def report_nicknames(name: str, url: str, people: int, searches: int) -> None:
    """Look for people by what was heard of their names, over HTTP, and count how often they are found."""
    began = time.monotonic()
    known = crowd.fill(url, people, SEED)
    say(f"\n== Nicknames on {name}: {people:,} people, written in {time.monotonic() - began:.0f} s, load {loaded()}")
    asked = nicknames.calls(known, searches, SEED)
    timed = nicknames.over_http(url, ROOT, asked)
    empty = timed[nicknames.EMPTY]
    for kind, took in timed.items():
        p50, p95, p99 = (took.quantile(percent) for percent in (50, 95, 99))
        goal = f"   (goal: {SEARCH_GOAL[kind]})" if kind in SEARCH_GOAL else ""
        say(f"{kind:18} p50 {p50:5.1f} ms, p95 {p95:5.1f} ms{goal}, p99 {p99:5.1f} ms; processor {took.work:.1f} ms")
        say(f"{'':18} {p50 / empty.quantile(50):.1f} x an empty page, processor {took.work / empty.work:.1f} x")
    engine = connect(url)
    lately = nicknames.calls(known, searches, SEED, lately=True)
    for whose, of in (("anybody", asked), ("who called lately", lately)):
        met = nicknames.recall(engine, of)
        missed = ", ".join(f"{change} {times}" for change, times in met.missed.most_common(5))
        person = f"with two cues person among 5 {met.person_of_five / met.asked:.3f}"
        say(f"{whose:18} {named(met)}; {person}; missed: {missed or 'none'}")
        if engine.dialect.name == "postgresql":
            say(f"{'  by pg_trgm':18} {named(nicknames.trigrams(engine, of))}")
    engine.dispose()


def named(met: nicknames.Found) -> str:
    """Say how often the name was found, longest list first."""
    longest, *shorter = sorted(nicknames.LISTS, reverse=True)
    parts = ", ".join(f"among {size} {met.part(size):.3f}" for size in shorter)
    return f"name among {longest} {met.part(longest):.3f} (goal: 0.98), {parts}"


def report_members(name: str, url: str, members: int, tries: int, seconds: float) -> None:
    """Let members sign in and send among many others, and strangers be refused."""
    began = time.monotonic()
    mailing_members.fill(url, members)
    say(f"\n== Mail consultation on {name}: {members:,} members, written in {time.monotonic() - began:.0f} s")
    report_turns(signing_in.measure(url, seconds=seconds), signing_in.SIGN_IN, SIGN_IN_GOAL)
    report_turns(sending.measure(url, seconds=seconds), sending.SEND, SENDING_GOAL)
    met = signing_in.refuse(url, tries=tries)
    medians = ", ".join(f"{what} {met.median(what):.2f} ms" for what in signing_in.REFUSALS)
    sizes = ", ".join(map(str, sorted(set().union(*met.sizes.values()))))
    say(f"refused, {tries} times each: medians {medians}; {met.apart:.2f} ms apart   (goal: {REFUSALS_GOAL})")
    say(f"    {met.bad} not 422; sizes of all answers in bytes: {sizes}   (goal: one)")


def report_turns(turns: Turns, what: str, goal: int) -> None:
    """Print what was timed and how many times as long it took as what was timed beside it."""
    say(f"{len(turns.taken[what])} times {what}, {turns.bad} bad answers, load {loaded()}")
    for one in turns.taken:
        p50, p95, p99 = (turns.quantile(one, percent) for percent in (50, 95, 99))
        beside = f"   (goal: {goal})" if one == what else f"; {what} / this: {turns.median(what) / p50:.1f}"
        say(f"    {one:14} p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms{beside}")


def report_writing(name: str, writers: int, seconds: float) -> None:
    """Let callers come alone, then while members write: no caller may notice."""
    say(f"\n== {writers:,} members write within {seconds:.0f} s on {name}, {WRITING_RATE:.0f} webhooks/s beside them")
    alone = 0.0
    for many in (0, writers):
        with places.folder() as folder, DATABASES[name](folder) as url:
            met = load.run(url, ROOT, rate=WRITING_RATE, seconds=seconds, writers=many)
            arrived = mailing_members.messages(url)
        p50, p95, p99 = (met.quantile(percent) for percent in (50, 95, 99))
        grown = f"; {p99 / alone:.2f} x those alone   (goal: {WRITING_GOAL})" if many else ""
        alone = alone or p99
        say(f"{many:5} writers: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms{grown}, load {loaded()}")
        say(
            f"    not 2xx: {met.bad} {met.codes or ''}   stand-ins spoken: {met.stand_ins}   calls talked: {met.talked}"
        )
        if many:
            say(f"    {counted(met.beside)}; stored: {arrived}")


def report_startup(name: str, url: str) -> None:
    """Start the web process a few times."""
    references.prepare(url)
    ours, theirs = list[startup.Start](), list[startup.Start]()
    for _ in range(STARTS):
        ours.append(startup.once(url, ROOT))
        theirs.append(startup.once(url, ROOT, REFERENCE))
    say(f"\n== From the start of the web process to its first answer on {name}")
    compared("on the clock", [one.seconds for one in ours], [one.seconds for one in theirs])
    compared("processor time", [one.work for one in ours], [one.work for one in theirs])
    imported = startup.imported(startup.HEAVY, startup.WEB, url, ROOT)
    say(f"heavy libraries imported by then: {', '.join(imported) or 'none'}")


def compared(what: str, ours: list[float], theirs: list[float]) -> None:
    """Print both and their ratio."""
    ratio = statistics.median(ours) / statistics.median(theirs)
    say(f"{what}: desk {spread(ours)} s, R1 {spread(theirs)} s; desk / R1: {ratio:.2f}   (goal: 1.5)")


def per_webhook(call: list[Webhook], app: str) -> float:
    """Return the seconds *app* took for one webhook of the call, on average."""
    return statistics.mean(webhook.seconds[app] for webhook in call)


def spread(values: list[float]) -> str:
    """Return median and quartiles."""
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.2f} [{low:.2f} … {high:.2f}]"


def loaded() -> str:
    """Return how many processes wanted to run in the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # the operator's terminal


if __name__ == "__main__":
    sys.exit(main())
