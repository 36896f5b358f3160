"""What the line will say, for pages that preview a day or a phrase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from callcenter.context import settings
from callcenter.domain.announcements.readings import Phrase, digits
from callcenter.domain.announcements.speech import Announcement, Fact, seconds
from callcenter.domain.announcements.wording import Changes, Slot
from callcenter.domain.calendar.hours import State
from ivr import changed_words, scenes, words
from ivr.answer import current_wording
from ivr.scripts import arrival, ending, parts, waiting

LONGEST_GREETING = 25.0
"""Seconds after which a caller is left in peace at the latest (promise P11)."""
LONGEST = 40.0
"""Seconds of any other phrase; nobody listens longer."""
SAID_WHILE_WAITING = {
    *(one.code for one in (*waiting.BEFORE_THE_PLACE.values(), *waiting.AFTER_THE_PLACE.values())),
    *("C01", "C02", "C03", "D04"),
}
FACTS: dict[str, Fact] = {
    "next_open": Phrase("11月24日、火曜日、午前10時", "じゅういちがつ にじゅうよっか、かようび、ごぜん じゅうじ"),
    "opens_at": Phrase("午前10時", "ごぜん じゅうじ"),
    "close_time": Phrase("午後3時", "ごご さんじ"),
    "holiday": Phrase("勤労感謝の日", "きんろうかんしゃのひ"),
    "reason": Phrase("台風の影響", "たいふうの えいきょう"),
    "new_year_from": arrival.NEW_YEAR_FROM,
    "new_year_to": arrival.NEW_YEAR_TO,
    "position": Phrase("12番目", "じゅうにばんめ"),
    "key_hint": words.KEY_HINTS["3"],
    "waited": Phrase("12分", "じゅうにふん"),
}
"""Long examples of what changes from call to call, to measure and to listen to a phrase with."""


class Preview:
    """Fulfils ``callcenter.domain.ports.LineWords`` with the line's own scripts."""

    readings: Mapping[str, str] = words.READINGS

    def closed(self, hours: State, now: datetime) -> tuple[Phrase, ...]:
        """Return what a caller hears first while the line is closed."""
        with changed_words.taken_from(current_wording):
            return arrival.state_in_words(scenes.closed_scene(hours, now))

    def closed_while_waiting(self, hours: State, now: datetime) -> tuple[Phrase, ...]:
        """Return what waiting callers hear first when the line is closed during their wait."""
        special = hours.special.reason if hours.special is not None else ""
        scene = ending.Ending(next_open=scenes.reopening(hours, now), special=special)
        with changed_words.taken_from(current_wording):
            return ending.closure_in_words(scene)

    def shown(self, *names: str) -> str:
        """Return the phrases of those names as they are read, in the wording this process knows."""
        now = current_wording()
        return "".join(piece.text for name in names for piece in self.said(now[words.BY_NAME[name]]))

    def slots(self, changes: Changes) -> list[Slot]:
        """Return every phrase, as shipped and as *changes* make it."""
        now = changed_words.with_changes(changes, settings().public_base_url)
        with changed_words.taken_from(lambda: now):
            return [Slot(name, one, now[one], _limit(name)) for name, one in words.BY_NAME.items()]

    def said(self, announcement: Announcement) -> tuple[Phrase, ...]:
        """Return how a phrase sounds with examples in its gaps."""
        facts = {**FACTS, "service": settings().service_name, "other_line": digits(words.OTHER_LINE)}
        return announcement.spoken(words.READINGS, facts)

    def seconds(self, announcement: Announcement) -> float:
        """Return how many seconds it takes to say."""
        return seconds(self.said(announcement), parts.VOICE.rate)

    def away(self, changes: Changes) -> str:
        """Return the script for when nothing of ours answers; a recording would lie at an address of ours."""
        read_out = Changes({name: replace(change, sound=None) for name, change in changes.by_name.items()})
        now = changed_words.with_changes(read_out, settings().public_base_url)
        with changed_words.taken_from(lambda: now):
            return ending.away(ending.Ending())


def _limit(name: str) -> float:
    """Return the most seconds a phrase may take where it is said."""
    if name in {"A01", "A04"}:
        other = words.A04 if name == "A01" else words.A01
        return LONGEST_GREETING - parts.length(other)
    return waiting.LONGEST if name in SAID_WHILE_WAITING else LONGEST
