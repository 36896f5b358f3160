"""The search form of the directory, for its page and its drawer."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.casefile.record import form
from callcenter.casefile.words import Options
from callcenter.domain.directory.institutions import UNKNOWN, Wanted
from callcenter.domain.places import municipalities
from callcenter.domain.records.record_codes import Topic


@dataclass(frozen=True)
class Lookup:
    """The search form."""

    wanted: Wanted
    topics: Options
    prefectures: Options
    municipalities: Options


def lookup(wanted: Wanted | None = None) -> Lookup:
    """Return the search form as it is filled in."""
    return Lookup(
        wanted=wanted or Wanted(),
        topics=(("", "すべて"), *((topic.value, topic.label) for topic in Topic if topic is not Topic.UNKNOWN)),
        prefectures=(("", "どこでも"), *(one for one in form.PREFECTURES if one[0] != UNKNOWN)),
        municipalities=(("", "どこでも"), *((one.code, one.name) for one in municipalities().values())),
    )
