"""The operator's choices of how the line behaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

MAIL_YEARS = 2
"""After so long without a consultation a member is deleted: promised to members, no choice of the operator's."""


@dataclass(frozen=True)
class Periods:
    """How long records are kept, in whole years."""

    phone_years: int
    """After the last contact."""
    visit_years: int
    """After the case was closed; while it is open, it stays."""


@dataclass(frozen=True)
class Policy:
    """The operator's choices, with their defaults."""

    queue_per_counsellor: int = 3
    """Callers who may wait for each counsellor who can come to them."""
    queue_at_least: int = 5
    """Callers who may wait however few counsellors can come."""
    crowded_from: int = 3
    """From so many waiting callers on, a new caller hears that the line is crowded."""
    offer_delay: timedelta = timedelta(seconds=3)
    """How long a caller hears the greeting before the first counsellor is rung."""
    wait_ceiling: timedelta = timedelta(minutes=30)
    """Nobody waits longer than this; a spoken end follows."""
    drain: timedelta = timedelta(minutes=15)
    """How long callers who waited at closing time are still served."""
    last_ring: timedelta = timedelta(seconds=75)
    """A ring that is under way when waiting would end may still be answered; as long as any ring can last,
    with the wait for the key."""
    decline_rest: timedelta = timedelta(seconds=15)
    """So long whoever declined a caller is not rung for the same caller again, even if nobody else is free."""
    wrap_up_limit: timedelta = timedelta(minutes=10)
    """A wrap-up that takes longer is told to the counsellor and the supervisor, and never ended."""
    pull_hold: timedelta = timedelta(seconds=60)
    """So long a new caller is kept for supervisors who pull all calls to themselves; then everybody is rung."""
    prefer_for: timedelta = timedelta(seconds=15)
    """So long a new caller is kept from counsellors who would rather take other callers; then everybody is rung."""
    reserve_for: timedelta = timedelta(seconds=20)
    """So long a caller whose counsellor's browser was lost is kept for that counsellor; then everybody is rung."""
    rings_until_supervisors: int = 2
    """After so many rings for one caller that nobody took, supervisors at their desk are rung too, and told."""
    rings_until_two: int = 4
    """After so many, two are rung for that caller at once."""
    show_listening: bool = True
    """Whether a counsellor is shown that a supervisor listens; whom they can hear they are always shown."""
    soft_limit: timedelta = timedelta(minutes=40)
    """How long a talk usually lasts at most; the counsellor is reminded of it, nothing ever cuts it. Zero is none."""
    own_numbers: frozenset[str] = frozenset()
    """The line's own numbers. Whoever seems to call from one showed none of theirs; an exchange put it there."""
    number_days: int = 30
    """Days for which a call-control row keeps the caller's number."""
    line_log_days: int = 30
    """Days for which the telephone company may keep its own log of a call, with the caller's number; at least one."""
    phone_record_years: int = 2
    """Years for which a case is kept after its last contact."""
    visit_record_years: int = 5
    """Years for which a case with visits is kept after it was closed."""
    directory_check_days: int = 90
    """Days after which an entry of the directory is asked to be checked again."""
    disclose_staff_names: bool = False
    """Whether a copy of a case for its subject names the counsellors."""
    nobody_after: timedelta = timedelta(seconds=20)
    """With no counsellor on duty, or none who can come, a caller is told so after this time, not left with music."""
    words_every: timedelta = timedelta(seconds=90)
    """After so long with music alone a waiting caller hears words; with one more document, under two minutes."""
    answer_within: timedelta = timedelta(seconds=1.5)
    """After this a webhook is answered with its stand-in; telephone company and caller wait at most two seconds."""
    outage_patience: timedelta = timedelta(minutes=2)
    """Without a database callers are asked to hold for so long; then the trouble is admitted and the call ended."""
    alarm_wait: timedelta = timedelta(minutes=5)
    """A caller who has waited longer is an alarm for supervisors; zero is none."""
    alarm_again: timedelta = timedelta(minutes=10)
    """An alarm that was seen so long ago and is still so sounds again."""
    bulk_within: timedelta = timedelta(minutes=60)
    bulk_cases: int = 40
    """So many cases of others opened by one person within that time are an alarm for supervisors; zero is none."""
    bulk_searches: int = 120
    """So many searches by one person are; zero is none."""
    missed_grace: timedelta = timedelta(minutes=3)
    """So long a counsellor whom the line put away counts as about to come back; then nobody waits for them."""
    near_close: timedelta = timedelta(minutes=30)
    """So long before closing, a caller who finds a long queue hears that time is short."""
    apology_every: timedelta = timedelta(minutes=5)
    apologies: int = 3
    fresh_for: timedelta = timedelta(seconds=15)
    """A browser whose heartbeat is older than this is not rung."""
    gone_after: timedelta = timedelta(seconds=45)
    """A browser whose heartbeat is older than this has left; its counsellor is not on duty."""
    join_within: timedelta = timedelta(seconds=30)
    """A claimed caller who has not reached the room by then goes back to the head of the queue; longer than
    the twenty seconds after which a waiting caller steps out of the queue by pull."""
    ring_browser: int = 10
    """Seconds a browser rings; the telephone company adds about five."""
    ring_telephone: int = 15
    """Seconds a telephone rings; the telephone company adds about five."""
    ring_slack: timedelta = timedelta(seconds=10)
    """An offer without news this long after its ringing time is given up."""
    key_within: timedelta = timedelta(seconds=45)
    """So long after picking up, a counsellor at a telephone may listen to what is offered and press 1."""
    silent_after: timedelta = timedelta(seconds=60)
    """A call without any news for so long is asked for at the telephone company."""

    reply_target_days: int = 0
    """Business days by which a reply to a member is meant to be there; zero is no target, and none is shown."""
    reply_approval: bool = False
    """Whether a supervisor reads every reply to a member before it goes."""
    warn_members: bool = True
    """Whether members are told thirty days before they are deleted for two years without a consultation."""
    member_idle: timedelta = timedelta(minutes=30)
    """After so long without a click a member is signed out."""
    confirm_new_device: bool = False
    """Whether a member's first sign-in in a browser waits for a link by mail; off, as a mailbox may be shared."""
    strict_device_binding: bool = False
    """Whether who registers on a mobile phone is told literally that replies cannot be read there."""
    accept_legacy_carrier: bool = False
    """Whether old carrier addresses against RFC 5321 are taken, and written to in quoted form."""

    @property
    def periods(self) -> Periods:
        """Return how long each class of record is kept."""
        return Periods(self.phone_record_years, self.visit_record_years)
