"""The cues a caller gives beside their name, from the record and the form."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from callcenter.casefile.words import Options
from callcenter.domain.access.permissions import Action
from callcenter.domain.names.nickname_cues import UNKNOWN, Cues
from callcenter.domain.places import Prefecture
from callcenter.domain.records.record_codes import AgeBand, Relation, Topic
from callcenter.models.records import Consultation
from callcenter.services.names.nickname_search import Candidate
from callcenter.services.staff import accounts
from callcenter.ui.kit.sent import UnknownChoice

TOPICS: Options = (("unknown", "聞いていない"), *((one.value, one.label) for one in Topic if one.value != UNKNOWN))
LISTS = {
    "relation": Relation,
    "caller_age": AgeBand,
    "subject_age": AgeBand,
    "prefecture": Prefecture,
    "cue_topic": Topic,
}


def cues_so_far(form: MultiDict[str, str], record: Consultation) -> Cues:
    """Return what was said so far: as just sent, else as saved. ``UnknownChoice`` for an unknown code."""

    def code(name: str) -> str:
        chosen = form.get(name) or str(getattr(record, name, UNKNOWN))
        if chosen != UNKNOWN and chosen not in set(LISTS[name]):
            raise UnknownChoice
        return chosen

    relation, own, subjects = code("relation"), code("caller_age"), code("subject_age")
    if own == UNKNOWN and relation == Relation.SELF:
        own = subjects  # the person calls themselves, so both are the same age
    counsellor = form.get("cue_counsellor", "") or UNKNOWN
    return Cues(relation, own, code("prefecture"), code("cue_topic"), counsellor)


def counsellors(session: Session) -> Options:
    """Return who may have talked with the caller before."""
    return (("unknown", "聞いていない"), *((one.id, one.name) for one in accounts.who_may(session, Action.ANSWER)))


def count_not_shown(candidates: Sequence[Candidate]) -> int:
    """Return how many more people of the very same name there are than the list shows."""
    same = [one for one in candidates if one.likeness in ("same", "reading")]
    return max(0, same[0].namesakes + 1 - len(same)) if same else 0
