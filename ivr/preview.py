"""What the line will say, for the pages on which somebody decides about a day or a phrase."""

from __future__ import annotations

from datetime import datetime

from callcenter.domain.hours import State
from callcenter.domain.readings import Phrase
from ivr import scenes
from ivr.scripts import arrival, ending


class Preview:
    """The telephone's own words; fulfils ``callcenter.domain.ports.LineWords``."""

    def closed(self, hours: State, now: datetime) -> tuple[Phrase, ...]:
        """What somebody hears first who calls while the line is closed."""
        return arrival.state_in_words(scenes.closed_scene(hours, now))

    def turned_out(self, hours: State, now: datetime) -> tuple[Phrase, ...]:
        """What those hear first who wait when the line is closed over them."""
        special = hours.special.reason if hours.special is not None else ""
        scene = ending.Ending(next_open=scenes.reopening(hours, now), special=special)
        return ending.closure_in_words(scene)
