"""The access rules: which role may do which action under which conditions, for pages and for queries alike.

A rule is a few *ways*; each way names the conditions that must hold and those that must not. ``may`` asks
about one thing at hand, ``services.access.reach`` turns the very same ways into SQL, so that a list never shows
what its page would refuse, nor hides what it would open::

    may(by.role, Action.OPEN, {Condition.ASSIGNED})            # one record
    select(Consultation).where(reach.records_allowed(by, now=now))     # all of them
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum

from callcenter.domain.staff.roles import NotAllowed, Role


class Action(StrEnum):
    """What a member of staff wants to do."""

    FIND = "find"
    """See who goes by a name: names and what helps to choose, nothing that was said."""
    OPEN = "open"
    """Read, or print, what was said: a record, a case, its people."""
    WRITE = "write"
    """Write in a record or correct it."""
    ANSWER = "answer"
    """Take calls."""
    ADD = "add"
    """Open a record afterwards, for any channel."""
    RESCUE = "rescue"
    """Take up somebody else's unfinished draft."""
    REFER = "refer"
    """Look an institution up for a caller."""
    CARE = "care"
    """Keep a case: its people, follow-ups, hand-over, closing and opening again."""
    ASSIGN = "assign"
    """Hand a case over that is in somebody else's care, or take such a request back."""
    BREAK_GLASS = "break_glass"
    """Ask, with a reason, to open what one may not."""
    REVIEW = "review"
    """Judge such an opening afterwards."""
    SEE_READERS = "see_readers"
    """See who opened which record."""
    EXPORT = "export"
    """Hand a case out to its subject (開示)."""
    HOLD = "hold"
    """Keep a case from being destroyed, or let go of it."""
    DESTROY = "destroy"
    """Destroy a case before its time."""
    REVEAL_NUMBER = "reveal_number"
    """See a caller's number, with a reason, once."""
    TURN_AWAY = "turn_away"
    """Block a number, and lift that."""
    KNOW_FLAG = "know_flag"
    """Know why a number is marked; for everybody else it is a mark without a story."""
    SEE_MAIL = "see_mail"
    """Who waits for a reply by mail, since when and how urgently; never a text, nor who wrote it."""
    TAKE_THREAD = "take_thread"
    """Claim a consultation by mail, to answer it."""
    READ_THREAD = "read_thread"
    """Read what was written in it, and who wrote it."""
    REPLY = "reply"
    """Write the reply, hand it in, send it."""
    APPROVE_REPLY = "approve_reply"
    """Send a colleague's reply that was handed in, or hand it back."""
    JOIN_MEMBER = "join_member"
    """Join a member to a person of a case, with their consent, and part them again."""
    SEE_LINE = "see_line"
    """Who waits, who talks; live."""
    LEAD = "lead"
    """Lead the line: the live board, following talks, setting colleagues' states."""
    SET_LINE = "set_line"
    """Special days and announcements."""
    KEEP_DIRECTORY = "keep_directory"
    """Add institutions to the directory and correct them."""
    SEE_RETENTION = "see_retention"
    """See what will be destroyed when; by number, never by name."""
    SEE_DECISIONS = "see_decisions"
    """Be told what a colleague decided about the line or about an account."""
    KEEP_ACCOUNTS = "keep_accounts"
    CONFIRM_ROLE = "confirm_role"
    """Agree, as a second person, that somebody gets a role that reads or keeps accounts."""
    SEE_SETTINGS_HISTORY = "see_settings_history"
    SEE_TRAIL = "see_trail"
    """Acts by person, kind and period, the chain and the proofs of purges; never what was said."""
    SEE_FIGURES = "see_figures"


class Condition(StrEnum):
    """What may be true of the record or case at hand, for the person who asks."""

    OWN = "own"
    """They write it, or wrote it; a consultation by mail is theirs while they hold its claim."""
    DRAFT = "draft"
    """It is not finished."""
    INVOLVED = "involved"
    """They have a record in the case; the caller they talk with, once recognised, makes one."""
    ASSIGNED = "assigned"
    """The case is in their care."""
    WALLED = "walled"
    """Another of the family said it, and nothing of it is shared with the one on the line (``domain.cases.wall``)."""
    CROSSED = "crossed"
    """The wall was opened with a reason for the record being written."""
    GRANTED = "granted"
    """A break-glass opening of theirs holds at this moment."""
    HELD = "held"
    """The case must not be destroyed now."""
    CLAIMED = "claimed"
    """A colleague holds the claim of the consultation by mail at this moment."""


@dataclass(frozen=True)
class Way:
    """One way to be allowed: all conditions of *needs* hold and none of *unless*."""

    needs: frozenset[Condition] = frozenset()
    unless: frozenset[Condition] = frozenset()

    def holds(self, conditions: Set[Condition]) -> bool:
        """Return whether this way is open when exactly *conditions* hold."""
        return self.needs <= conditions and not self.unless & conditions


def _when(*needs: Condition, unless: Set[Condition] = frozenset()) -> Way:
    return Way(frozenset(needs), frozenset(unless))


Ways = tuple[Way, ...]

ALWAYS: Ways = (Way(),)
NEVER: Ways = ()

_C = Condition
_BESIDE = {_C.WALLED}  # nobody reads over the wall by the way; only the record one writes oneself is never behind it
_CONCERNED = (_C.OWN, _C.INVOLVED, _C.ASSIGNED)

RULES: Mapping[Action, Mapping[Role, Ways]] = {
    Action.FIND: {Role.COUNSELLOR: ALWAYS, Role.SUPERVISOR: ALWAYS},
    Action.OPEN: {
        Role.COUNSELLOR: (
            *(_when(concern, unless=_BESIDE) for concern in _CONCERNED),
            *(_when(concern, _C.CROSSED) for concern in _CONCERNED),
            _when(_C.GRANTED, unless=_BESIDE),
            _when(_C.GRANTED, _C.CROSSED),
        ),
        Role.SUPERVISOR: (_when(unless=_BESIDE), _when(_C.CROSSED)),
    },
    Action.WRITE: {Role.COUNSELLOR: (_when(_C.OWN),), Role.SUPERVISOR: ALWAYS},
    Action.ANSWER: {Role.COUNSELLOR: ALWAYS, Role.SUPERVISOR: ALWAYS},
    Action.ADD: {Role.COUNSELLOR: ALWAYS, Role.SUPERVISOR: ALWAYS},
    Action.RESCUE: {Role.SUPERVISOR: (_when(_C.DRAFT, unless={_C.OWN}),)},
    Action.REFER: {Role.COUNSELLOR: ALWAYS, Role.SUPERVISOR: ALWAYS},
    Action.CARE: {Role.COUNSELLOR: (_when(_C.INVOLVED), _when(_C.ASSIGNED)), Role.SUPERVISOR: ALWAYS},
    Action.ASSIGN: {Role.SUPERVISOR: ALWAYS},
    Action.BREAK_GLASS: {Role.COUNSELLOR: (_when(unless={*_CONCERNED, _C.GRANTED}),)},
    Action.REVIEW: {Role.SUPERVISOR: (_when(unless={_C.OWN}),)},
    Action.SEE_READERS: {Role.SUPERVISOR: ALWAYS},
    Action.EXPORT: {Role.SUPERVISOR: ALWAYS},
    Action.HOLD: {Role.SUPERVISOR: ALWAYS},
    Action.DESTROY: {Role.SUPERVISOR: (_when(unless={_C.HELD}),)},
    Action.REVEAL_NUMBER: {Role.SUPERVISOR: ALWAYS},
    Action.TURN_AWAY: {Role.SUPERVISOR: ALWAYS},
    Action.KNOW_FLAG: {Role.COUNSELLOR: (_when(_C.OWN),), Role.SUPERVISOR: ALWAYS},
    Action.SEE_MAIL: {Role.COUNSELLOR: ALWAYS, Role.SUPERVISOR: ALWAYS},
    Action.TAKE_THREAD: {Role.COUNSELLOR: (_when(unless={_C.CLAIMED}),), Role.SUPERVISOR: ALWAYS},
    Action.READ_THREAD: {
        Role.COUNSELLOR: (_when(_C.OWN, unless=_BESIDE),),
        Role.SUPERVISOR: (_when(unless=_BESIDE),),
    },
    Action.REPLY: {Role.COUNSELLOR: (_when(_C.OWN),), Role.SUPERVISOR: (_when(_C.OWN),)},
    Action.APPROVE_REPLY: {Role.SUPERVISOR: (_when(unless={_C.OWN}),)},
    Action.JOIN_MEMBER: {Role.COUNSELLOR: (_when(_C.OWN),), Role.SUPERVISOR: ALWAYS},
    Action.SEE_LINE: {Role.COUNSELLOR: ALWAYS, Role.SUPERVISOR: ALWAYS},
    Action.LEAD: {Role.SUPERVISOR: ALWAYS},
    Action.SET_LINE: {Role.SUPERVISOR: ALWAYS, Role.ADMINISTRATOR: ALWAYS},
    Action.KEEP_DIRECTORY: {Role.SUPERVISOR: ALWAYS, Role.ADMINISTRATOR: ALWAYS},
    Action.SEE_RETENTION: {Role.SUPERVISOR: ALWAYS, Role.ADMINISTRATOR: ALWAYS},
    Action.SEE_DECISIONS: {Role.SUPERVISOR: ALWAYS, Role.ADMINISTRATOR: ALWAYS},
    Action.KEEP_ACCOUNTS: {Role.ADMINISTRATOR: ALWAYS},
    Action.CONFIRM_ROLE: {
        Role.SUPERVISOR: (_when(unless={_C.OWN}),),
        Role.ADMINISTRATOR: (_when(unless={_C.OWN}),),
    },
    Action.SEE_SETTINGS_HISTORY: {Role.ADMINISTRATOR: ALWAYS, Role.AUDITOR: ALWAYS},
    Action.SEE_TRAIL: {Role.AUDITOR: ALWAYS},
    Action.SEE_FIGURES: {Role.SUPERVISOR: ALWAYS, Role.AUDITOR: ALWAYS},
}
"""What is not written here, nobody may."""


def ways(role: Role, action: Action) -> Ways:
    """Return every way in which *role* may do *action*."""
    return RULES[action].get(role, NEVER)


def may(role: Role, action: Action, conditions: Set[Condition] = frozenset()) -> bool:
    """Return whether *role* may do *action* to something of which *conditions*, and no others, hold."""
    return any(way.holds(conditions) for way in ways(role, action))


def check(role: Role, action: Action, conditions: Set[Condition] = frozenset()) -> None:
    """Raise ``NotAllowed`` unless ``may`` allows it."""
    if not may(role, action, conditions):
        raise NotAllowed


def roles_that_may(action: Action) -> frozenset[Role]:
    """Return the roles that may do *action* under some conditions, to guard a page before its record is known."""
    return frozenset(role for role, found in RULES[action].items() if found)
