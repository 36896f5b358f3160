"""What the frame around the staff's pages knows of the blueprints' own pages; ``callcenter.workplaces`` says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app
from flask_login import current_user
from sqlalchemy.orm import Session

from callcenter.domain.staff.roles import Role
from callcenter.services.delivery.notices import Told
from callcenter.ui.access import me

Say = Callable[[Session, Told], tuple[str, str | None]]
"""Returns the words of a notice and the address they lead to, if any."""


@dataclass(frozen=True)
class Place:
    """A page in the navigation."""

    endpoint: str
    label: str


@dataclass(frozen=True)
class More:
    """Pages that are not needed every hour, behind one button."""

    places: tuple[Place, ...]


@dataclass(frozen=True)
class Workplace:
    """What a role finds: the page it starts on, its navigation, and the endpoint of its notices, if it gets any."""

    home: str
    places: tuple[Place | More, ...]
    notices: str | None = None


@dataclass(frozen=True)
class Frame:
    """All that the frame asks of the blueprints."""

    workplaces: Mapping[Role, Workplace] = field(default_factory=dict)
    sayings: Mapping[str, Say] = field(default_factory=dict)
    """By the kind of notice, or what a kind begins with before a dot."""
    break_glass: str | None = None
    """The endpoint at which somebody writes why they open what they may not; it takes a kind and an id."""
    telephones: frozenset[str] = frozenset()
    """Blueprints whose pages are telephones: only they may use a microphone and connect to the line."""


def install(app: Flask, given: Frame) -> None:
    """Let every page have the frame."""
    app.extensions["callcenter.frame"] = given
    app.jinja_env.globals["workplace"] = workplace


def frame() -> Frame:
    return cast(Frame, current_app.extensions["callcenter.frame"])


def workplace() -> Workplace | None:
    """Return the workplace of whoever is signed in; None for nobody, or for a role without one."""
    return frame().workplaces.get(me().role) if current_user.is_authenticated else None
