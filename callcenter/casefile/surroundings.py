"""What differs by channel about the page of a record: where it is, what stands around it, what finishing it means.

The composition root hands over one ``Surroundings`` for each channel that has a desk of its own, and one for all
others. A new channel writes such a class and changes nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast

from flask import Flask, current_app, redirect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile.contacts import Past
from callcenter.casefile.words import Options
from callcenter.context import reading
from callcenter.domain.names.nickname_cues import NO_CUES, Cues
from callcenter.domain.policy import Policy
from callcenter.domain.records.consultations import Channel
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.names.nickname_search import Candidate
from callcenter.services.records import consultations, drafts
from callcenter.ui.forms import Problem

Drawing = Callable[[], str]
"""A page that was gathered in a transaction and is drawn after it."""

AtWork = Callable[[datetime, Policy], drafts.OnDuty]
"""Returns the query for the ids of everybody who is at work at a moment."""


@dataclass(frozen=True)
class Asking:
    """The person whose consent is needed before a record of another channel may join theirs."""

    person_id: str
    name: str


@dataclass(frozen=True)
class Shown:
    """What was just looked for or asked, for the page of the record to show."""

    candidates: tuple[Candidate, ...] | None = None
    """None before anybody was looked for."""
    cues: Cues = NO_CUES
    """What was said beside the name."""
    colleagues: Options = ()
    """Who may have spoken with the person before."""
    asking: Asking | None = None
    past: Past | None = None
    """Earlier consultations than the newest ones."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Lead:
    """Whom a record may be about, as the channel knows before any name was given."""

    name: str
    why: str
    person_id: str | None = None
    """None while nobody has recognised them."""
    at: datetime | None = None


@dataclass(frozen=True)
class Pieces:
    """The templates that a channel puts into the page of a record, each at its place, and what they are given."""

    in_head: str | None = None
    """Beside the day and the channel."""
    in_danger: str | None = None
    """First among the steps for a life in danger."""
    on_refusal: str | None = None
    """Below the outcomes: what to say where we may not answer."""
    at_finish: str | None = None
    """Before the button that finishes the record."""
    below_record: str | None = None
    on_card: str | None = None
    leads: tuple[Lead, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)


class Surroundings(Protocol):
    """The desk at which records of a channel are written."""

    def workplace(self) -> str:
        """Return the address at which work goes on after a record was finished."""

    def address(self, record_id: str) -> str:
        """Return the address of the page of a record."""

    def page(self, session: Session, record_id: str, shown: Shown) -> Drawing:
        """Gather the whole page around a record, for a browser without scripts."""

    def pieces(self, session: Session, record: Consultation, staff: Staff, *, now: datetime) -> Pieces:
        """Return what the channel adds to the record and to its person; only reads."""

    def hinted(
        self, session: Session, record: Consultation, found: Sequence[Candidate], *, now: datetime
    ) -> Sequence[Candidate]:
        """Return the candidates with those first at whom the channel hints."""

    def finishing(
        self, session: Session, record_id: str, staff: Staff, *, now: datetime
    ) -> AbstractContextManager[None]:
        """Check that the record may be finished now, let it be finished, and do what follows at this desk."""


@dataclass(frozen=True)
class Registered:
    """The surroundings of every channel, and who is at work."""

    usual: Surroundings
    at_work: AtWork
    by_channel: Mapping[str, Surroundings] = field(default_factory=dict)


def install(
    app: Flask, usual: Surroundings, *, at_work: AtWork, by_channel: Mapping[str, Surroundings] | None = None
) -> None:
    """Give *app* its desks: *usual* for every channel that is not named in *by_channel*."""
    app.extensions["callcenter.surroundings"] = Registered(usual, at_work, by_channel or {})


def around(channel: str | None) -> Surroundings:
    """Return the surroundings of a channel's records."""
    here = _registered()
    return here.usual if channel is None else here.by_channel.get(channel, here.usual)


def around_record(session: Session, record_id: str) -> Surroundings:
    """Return the surroundings of one record, which is not opened by this."""
    return around(consultations.channel_of(session, record_id))


def to_record(record_id: str) -> Response:
    """Lead to the page of a record."""
    with reading() as session:
        place = around_record(session, record_id)
    return redirect(place.address(record_id), 303)


def address_of(channel: Channel, record_id: str) -> str:
    """Return the address of the page of a record."""
    return around(channel).address(record_id)


def workplace() -> str:
    """Return where whoever is on a page of ours works otherwise."""
    return _registered().usual.workplace()


def at_work(now: datetime, policy: Policy) -> drafts.OnDuty:
    """Return the query for the ids of everybody who is at work."""
    return _registered().at_work(now, policy)


def _registered() -> Registered:
    return cast(Registered, current_app.extensions["callcenter.surroundings"])
