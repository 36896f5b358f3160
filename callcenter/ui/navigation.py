"""The pages between which staff move: who is shown which, and where each role begins.

A page is shown to whoever may do what it is for (``domain.access.permissions``); no role is named here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import Flask
from flask_login import current_user

from callcenter.domain.access.permissions import Action, roles_that_may
from callcenter.domain.staff.roles import Role
from callcenter.ui.access import me


@dataclass(frozen=True)
class Place:
    """A page in the navigation, for those who may do *action*."""

    endpoint: str
    label: str
    action: Action
    unless: Action | None = None
    """Who may do this finds the same elsewhere."""
    daily: bool = False
    """Needed every hour; for whoever has such pages, all others fold into a menu."""

    def is_for(self, role: Role) -> bool:
        if self.unless is not None and role in roles_that_may(self.unless):
            return False
        return role in roles_that_may(self.action)


PLACES = (
    Place("console.board", "相談員の画面", Action.SEE_LINE, daily=True),
    Place("console.caseload_page", "ケース", Action.OPEN, daily=True),
    Place("console.directory", "紹介先", Action.REFER, unless=Action.KEEP_DIRECTORY, daily=True),
    Place("reports.board", "いまの回線", Action.LEAD, daily=True),
    Place("console.care_page", "相談員のケア", Action.LEAD, daily=True),
    Place("console.unlinked_page", "つないでいない記録", Action.RESCUE),  # who writes finds it beside the record
    Place("console.left_behind", "残された書きかけ", Action.RESCUE),
    Place("reports.marked_numbers", "印のある番号", Action.TURN_AWAY),
    Place("reports.readers_page", "閲覧の記録", Action.SEE_READERS),
    Place("reports.break_glass_list", "理由を書いた閲覧", Action.REVIEW),
    Place("admin.days", "臨時の休みと開設", Action.SET_LINE),
    Place("admin.phrases", "電話で流れる文", Action.SET_LINE),
    Place("admin.directory", "紹介先", Action.KEEP_DIRECTORY),
    Place("admin.kept", "保存の期間", Action.SEE_RETENTION),
    Place("admin.staff_list", "職員のアカウント", Action.KEEP_ACCOUNTS),
    Place("admin.trail_page", "操作の記録", Action.SEE_TRAIL),
    Place("admin.settings_history", "設定の履歴", Action.SEE_SETTINGS_HISTORY),
    Place("admin.purges", "消去の証明", Action.SEE_TRAIL),
    Place("admin.chain", "監査記録のつながり", Action.SEE_TRAIL),
    Place("admin.figures", "件数", Action.SEE_FIGURES, unless=Action.LEAD),  # the live board shows who leads theirs
)
"""In the order of the row; everybody begins on the first of theirs."""

NOTICES = ((Action.SEE_DECISIONS, "admin.told"), (Action.CARE, "console.told"))
"""Where an open page asks for notices; the first that one may."""


@dataclass(frozen=True)
class Navigation:
    """What the head of a page offers somebody."""

    row: tuple[Place, ...]
    menu: tuple[Place, ...]
    notices: str | None
    """The endpoint of their notices, if they get any."""


def navigation(role: Role) -> Navigation:
    """Return what *role* is offered."""
    places = tuple(place for place in PLACES if place.is_for(role))
    daily = tuple(place for place in places if place.daily)
    notices = next((endpoint for action, endpoint in NOTICES if role in roles_that_may(action)), None)
    if not daily:
        return Navigation(places, (), notices)
    return Navigation(daily, tuple(place for place in places if not place.daily), notices)


def home(role: Role, endpoints: Collection[str]) -> str | None:
    """Return the endpoint on which *role* starts its work, if it is one of *endpoints*."""
    first = next((place.endpoint for place in PLACES if place.is_for(role)), None)
    return first if first in endpoints else None


def install(app: Flask) -> None:
    """Give every template ``navigation()``: what the reader is offered, None before they signed in."""
    app.jinja_env.globals["navigation"] = lambda: navigation(me().role) if current_user.is_authenticated else None
