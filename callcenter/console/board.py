"""The console's one page, and the parts of it that a script asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from callcenter.console import card as cards
from callcenter.console import choices, cues, desk, flagged, form, hinted, sheet, words
from callcenter.console.blueprint import bp
from callcenter.console.card import Card
from callcenter.console.choices import Beside
from callcenter.console.cues import Options
from callcenter.console.desk import Desk
from callcenter.console.flagged import Part, Typed
from callcenter.console.lookup import lookup
from callcenter.console.sheet import Sheet
from callcenter.context import line_words, ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.directory.helplines import shipped_helplines
from callcenter.domain.duty.presence import BOUND
from callcenter.domain.names.nickname_cues import NO_CUES, Cues
from callcenter.domain.talks import scripts
from callcenter.domain.talks.talk import WORDS, Help
from callcenter.models.calls.calls import Presence
from callcenter.models.cases.cases import Nickname
from callcenter.services.calls import cut_off
from callcenter.services.calls.cut_off import CutOff
from callcenter.services.cases import wall
from callcenter.services.directory import institutions
from callcenter.services.duty import availability
from callcenter.services.names import nicknames
from callcenter.services.names.nickname_search import Candidate
from callcenter.services.records import consultations, drafts
from callcenter.ui.access import myself, note_activity, staff_who_may
from callcenter.ui.forms import Problem
from callcenter.ui.kit.answers import from_script


@dataclass(frozen=True)
class Asking:
    """The person whose consent is needed before a record of another channel may join theirs."""

    person_id: str
    name: str


@dataclass(frozen=True)
class Page:
    """Everything a drawing of the console needs."""

    desk: Desk
    sheet: Sheet | None = None
    card: Card | None = None
    candidates: tuple[Candidate, ...] | None = None
    """None before anybody was looked for."""
    told: Cues = NO_CUES
    """What the caller said beside the name."""
    colleagues: Options = ()
    """Who may have talked with the caller before."""
    problems: tuple[Problem, ...] = ()
    beside: Beside | None = None
    """What the forms about the person offer."""
    names: Sequence[Nickname] = ()
    """Every name of the person, retired ones last."""
    keyed: Candidate | None = None
    """Whom a 呼び番号 names that was keyed in."""
    lately: Sequence[CutOff] = ()
    """Talks that broke off a moment ago, while nobody was recognised yet."""
    asking: Asking | None = None
    misuse: Part | None = None
    """For a record of a call: what may be written if the line was misused."""


@bp.get("/")
@staff_who_may(Action.SEE_LINE)
def board() -> str:
    """The record of the call I am in or have to write up; otherwise what to do next."""
    with unit_of_work() as session:
        row = session.get(Presence, myself(session).id)
        record = wall.record_at_hand(session, row)
        page = look(session, record.id if record else None)
    return draw(page)


@bp.get("/records/<record_id>")
@staff_who_may(Action.WRITE)
def record(record_id: str) -> str:
    """One record, mine or (for a supervisor) anybody's."""
    with unit_of_work() as session:
        page = look(session, record_id)
    return draw(page)


@bp.get("/fragment/line")
@staff_who_may(Action.SEE_LINE, quiet=True)
def live_parts() -> str:
    """What changes by itself: call bar, queue, colleagues, drafts."""
    with reading() as session:
        page = Page(_desk(session, ports().clock.now()))
    if page.desk.work in BOUND:  # who talks at a telephone has no heartbeat here, and is at work all the same
        note_activity()
    return render_template("console/live.html", **_given(page))


def look(
    session: Session, record_id: str | None, *, misused: tuple[Typed, tuple[Problem, ...]] | None = None, **more: Any
) -> Page:
    """Gather the page around a record; opening it, and what the person told before, is noted in the trail.

    *misused* is what was typed about a misuse of the line and could not be taken, and why.
    """
    now = ports().clock.now()
    if record_id is None:
        return Page(_desk(session, now), **more)
    staff, (typed, problems) = myself(session), misused or (None, ())
    wall.check(session, staff, consultations.lock_for_writing(session, record_id, staff))
    opened = consultations.read(session, record_id, by=staff, now=now)
    return Page(
        desk=_desk(session, now),
        sheet=sheet.read(session, opened, staff),
        card=cards.build(session, opened, staff, now=now),
        beside=choices.beside(session) if opened.person_id else None,
        names=nicknames.all_of(session, opened.person) if opened.person else (),
        keyed=None if opened.person_id else hinted.keyed(session, opened),
        lately=() if opened.person_id else cut_off.recent(session, now=now, without=opened.id),
        misuse=flagged.part(session, opened, staff, now=now, typed=typed, problems=problems),
        **more,
    )


def draw(page: Page) -> str:
    """Draw the whole page, or for a script the parts around the record."""
    return render_template("console/work.html" if from_script() else "console/board.html", **_given(page))


def draw_person(page: Page) -> str:
    """Draw who this is, for a script; the form itself is left alone, as somebody is typing in it."""
    return render_template("console/person.html", **_given(page)) if from_script() else draw(page)


def _desk(session: Session, now: datetime) -> Desk:
    staff, policy = myself(session), settings().policy
    left = drafts.unattended(session, by=staff, now=now, on_duty=availability.staff_on_duty(now, policy))
    lines = institutions.lines_at_hand(session, shipped_helplines(), now=now)
    return replace(desk.build(session, staff, now=now, policy=policy), left_behind=len(left), lines=tuple(lines))


def _spoken() -> Callable[[Help], str]:
    """Return how the line says what a counsellor may also say in their own voice."""
    line = line_words()
    return WORDS.__getitem__ if line is None else line.shown


def _given(page: Page) -> dict[str, Any]:
    return {
        "desk": page.desk,
        "sheet": page.sheet,
        "card": page.card,
        "candidates": page.candidates,
        "ask": cues,
        "told": page.told,
        "colleagues": page.colleagues,
        "beside": page.beside,
        "names": page.names,
        "keyed": page.keyed,
        "lately": page.lately,
        "asking": page.asking,
        "problems": page.problems,
        "misuse": page.misuse,
        "form": form,
        "scripts": scripts,
        "script_sections": scripts.drawer(_spoken()),
        "lookup": lookup(),
        "lines": page.desk.lines,
        "words": words,
        "line_origin": settings().simulator_url,
        "edges": ports().browser_line.edges,
    }
