"""The frame of staff pages: navigation, notices and what the frame knows of the blueprints' pages.

A page is shown to whoever may do what it is for (``domain.access.permissions``); no role is named here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app
from flask_login import current_user
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, roles_that_may
from callcenter.domain.staff.roles import Role
from callcenter.services.delivery.notices import UnseenNotice
from callcenter.ui.access import me

IN_ROW = 5
"""How many pages stand in the row of somebody who needs none of theirs every hour; more would wrap."""

Count = Callable[[], int | None]
"""Returns how much waits on a page; None while the database does not answer."""
Say = Callable[[Session, UnseenNotice], tuple[str, str | None]]
"""Returns the words of a notice and the address they lead to, if any."""


@dataclass(frozen=True)
class Place:
    """A page in the navigation, for those who may do *action*."""

    endpoint: str
    label: str
    action: Action
    unless: Action | None = None
    """Who may do this finds the same elsewhere."""
    daily: bool = False
    """Needed every hour; for whoever has such pages, all others fold into a menu, else those after the first few."""

    def is_for(self, role: Role) -> bool:
        """Return whether the page is offered to *role*."""
        if self.unless is not None and role in roles_that_may(self.unless):
            return False
        return role in roles_that_may(self.action)


@dataclass(frozen=True)
class Navigation:
    """What the head of a page offers somebody."""

    row: tuple[Place, ...]
    menu: tuple[Place, ...]
    counts: Mapping[str, Count]
    """How much waits on a page, by its endpoint, for those who may see the page."""
    notices: str | None
    """The endpoint of their notices, if they get any."""
    alarms: str | None
    """The endpoint of the alarms of the line, for those who lead it."""
    line: str | None
    """The endpoint of the call strip, for those who take calls."""


@dataclass(frozen=True)
class Frame:
    """What the frame needs to know of the blueprints."""

    places: tuple[Place, ...] = ()
    """In the order of the row; everybody begins on the first of theirs."""
    notices: tuple[tuple[Action, str], ...] = ()
    """Where an open page asks for notices; the first that one may."""
    alarms: tuple[Action, str] | None = None
    """Where an open page asks for alarms, for those who may."""
    line: tuple[Action, str] | None = None
    """Where an open page asks for the call strip, for those who may."""
    counts: Mapping[str, Count] = field(default_factory=dict)
    """By endpoint of a place, how much waits there."""
    sayings: Mapping[str, Say] = field(default_factory=dict)
    """By the kind of notice, or what a kind begins with before a dot."""
    break_glass: str | None = None
    """The endpoint at which somebody writes why they open what they may not; it takes a kind and an id."""
    telephones: frozenset[str] = frozenset()
    """Blueprints whose pages are telephones: only they may use a microphone and connect to the line."""

    def navigation(self, role: Role) -> Navigation:
        """Return what *role* is offered."""
        places = tuple(place for place in self.places if place.is_for(role))
        daily = tuple(place for place in places if place.daily)
        notices = next((endpoint for action, endpoint in self.notices if role in roles_that_may(action)), None)
        row = daily or places[:IN_ROW]
        rest = tuple(place for place in places if place not in row)
        counts = {place.endpoint: self.counts[place.endpoint] for place in places if place.endpoint in self.counts}
        return Navigation(row, rest, counts, notices, _for(role, self.alarms), _for(role, self.line))

    def home(self, role: Role, endpoints: Collection[str]) -> str | None:
        """Return the endpoint on which *role* starts its work, if it is one of *endpoints*."""
        first = next((place.endpoint for place in self.places if place.is_for(role)), None)
        return first if first in endpoints else None


def _for(role: Role, asked: tuple[Action, str] | None) -> str | None:
    """Return the endpoint at which *role* may ask, if there is one."""
    return asked[1] if asked is not None and role in roles_that_may(asked[0]) else None


def install(app: Flask, given: Frame) -> None:
    """Give every template ``navigation()``; it returns None before sign-in."""
    app.extensions["callcenter.frame"] = given
    app.jinja_env.globals["navigation"] = lambda: given.navigation(me().role) if current_user.is_authenticated else None


def frame() -> Frame:
    return cast(Frame, current_app.extensions["callcenter.frame"])
