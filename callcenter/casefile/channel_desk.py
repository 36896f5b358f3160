"""What differs by channel about the page of a record: its address, what surrounds it, what finishing it means.

The composition root hands over one ``ChannelDesk`` for each channel that has a desk of its own, and one for all
others. A new channel is a member of ``Channel`` first; here nothing changes.
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

from callcenter.casefile.contacts import EarlierContacts
from callcenter.casefile.words import Options
from callcenter.context import reading
from callcenter.domain.names.nickname_cues import NO_CUES, Cues
from callcenter.domain.policy import Policy
from callcenter.domain.records.record_codes import Channel
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.names.nickname_search import Candidate
from callcenter.services.records import consultations, drafts
from callcenter.ui.forms import Form, Problem

Drawing = Callable[[], str]
"""A page that was gathered in a transaction and is drawn after it."""

AtWork = Callable[[datetime, Policy], drafts.OnDuty]
"""Returns the query for the ids of everybody who is at work at a moment."""


@dataclass(frozen=True)
class ConsentQuestion:
    """The person whose consent is needed before a record of another channel may be joined with theirs."""

    person_id: str
    name: str


@dataclass(frozen=True)
class PageResults:
    """What was just searched or asked, for the page of the record to show."""

    candidates: tuple[Candidate, ...] | None = None
    """None before anybody was looked for."""
    cues: Cues = NO_CUES
    """What was said beside the name."""
    colleagues: Options = ()
    """Who may have spoken with the person before."""
    asking: ConsentQuestion | None = None
    past: EarlierContacts | None = None
    """Earlier consultations than the newest ones."""
    problems: tuple[Problem, ...] = ()
    sent: Form | None = None
    """A form beside the record that could not be taken."""


@dataclass(frozen=True)
class PersonHint:
    """A person the record may be about, as the channel knows before any name was given."""

    name: str
    why: str
    person_id: str | None = None
    """None while nobody has recognised them."""
    at: datetime | None = None
    record_id: str | None = None
    """The record of their call, while nobody has recognised them."""
    take_up: str = ""
    """The address that takes the present caller for the one of that record."""


@dataclass(frozen=True)
class Pieces:
    """The templates that a channel adds to the page of a record, and what they are given."""

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
    card_foot: str | None = None
    """In the place of the buttons by which the record is linked to somebody else."""
    same_today_at: str | None = None
    """Where the record's page sends 今日も同じ, if what is written beside the record has to be saved with it."""
    leads: tuple[PersonHint, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)


class ChannelDesk(Protocol):
    """The desk at which records of a channel are written."""

    def workplace(self) -> str:
        """Return the address at which work goes on after a record was finished."""

    def address(self, record_id: str) -> str:
        """Return the address of the page of a record."""

    def page(self, session: Session, record_id: str, shown: PageResults) -> Drawing:
        """Return the whole page around a record, for a browser without scripts."""

    def pieces(self, session: Session, record: Consultation, staff: Staff, *, now: datetime) -> Pieces:
        """Return what the channel adds to the record and to its person; reads only."""

    def apply_hints(
        self, session: Session, record: Consultation, found: Sequence[Candidate], *, now: datetime
    ) -> Sequence[Candidate]:
        """Return the candidates with those at whom the channel hints first."""

    def finishing(
        self, session: Session, record_id: str, staff: Staff, *, now: datetime
    ) -> AbstractContextManager[None]:
        """Check that the record may be finished now, let it be finished, and do what follows at this desk."""

    def reopening(
        self, session: Session, record_id: str, staff: Staff, *, now: datetime
    ) -> AbstractContextManager[None]:
        """Let a record be a draft again that was finished a moment ago, and undo what followed at this desk."""


@dataclass(frozen=True)
class Registered:
    """The desks of every channel, and who is at work."""

    usual: ChannelDesk
    at_work: AtWork
    by_channel: Mapping[str, ChannelDesk] = field(default_factory=dict)


def install(
    app: Flask, usual: ChannelDesk, *, at_work: AtWork, by_channel: Mapping[str, ChannelDesk] | None = None
) -> None:
    """Register the desks: *usual* for every channel that is not named in *by_channel*."""
    app.extensions["callcenter.channel_desks"] = Registered(usual, at_work, by_channel or {})


def desk_of_channel(channel: str | None) -> ChannelDesk:
    """Return the desk of a channel."""
    here = _registered()
    return here.usual if channel is None else here.by_channel.get(channel, here.usual)


def desk_of_record(session: Session, record_id: str) -> ChannelDesk:
    """Return the desk at which a record is written, without opening it."""
    return desk_of_channel(consultations.channel_of(session, record_id))


def to_record(record_id: str) -> Response:
    """Redirect to the page of a record."""
    with reading() as session:
        place = desk_of_record(session, record_id)
    return redirect(place.address(record_id), 303)


def address_of(channel: Channel, record_id: str) -> str:
    """Return the address of the page of a record."""
    return desk_of_channel(channel).address(record_id)


def workplace() -> str:
    """Return the address of the reader's usual desk."""
    return _registered().usual.workplace()


def at_work(now: datetime, policy: Policy) -> drafts.OnDuty:
    """Return the query for the ids of everybody who is at work."""
    return _registered().at_work(now, policy)


def _registered() -> Registered:
    return cast(Registered, current_app.extensions["callcenter.channel_desks"])
