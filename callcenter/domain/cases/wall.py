"""The wall inside a family: what of a case may be shown while one of its people is on the line.

A case holds the subject and the people around them. What one of them said, and even that they call, does
not surface while another is on the line, unless it was marked as shareable in the family. Only the level
of risk and its date cross the wall by themselves. Whoever needs more opens it with a reason, for the one
record at hand (promises C8 and C9).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError
from callcenter.domain.records.record_codes import Risk


class Part(Code):
    """What of a consultation can be shared in the family; sharing a text shares the contact too."""

    CONTACT = "contact", "電話したこと(日付・担当)"
    STORY = "story", "お話の中身"
    BACKGROUND = "background", "これまでのこと"
    RESPONSE = "response", "相談員がしたこと"
    NEXT_STEP = "next_step", "次に話すこと"


ALL_PARTS = frozenset(Part)


class BehindTheWall(HelplineError):
    """Raised for a record of somebody else in the family of the person on the line."""

    message = (
        "いまお話し中の方とは別の方の記録なので、閉じてあります。"
        "この電話の記録を閉じてから開くか、必要なときは「ご家族の記録」に理由を書いて開いてください。"
    )


class ReasonNeeded(HelplineError):
    """Raised when the wall would be opened without a reason."""

    message = "開く理由をひとこと書いてください。"


@dataclass(frozen=True)
class Speaker:
    """The person of a case who is on the line, or from whose side the case is read.

    ``opened`` tells that the reader has opened what others of the case said, with a reason, for the record at hand;
    ``doubted`` that another of the case was named as the one on this line before, so that this one's own records wait
    for a reason as well.
    """

    case_id: str
    person_id: str
    opened: bool = False
    doubted: bool = False

    @property
    def is_certain(self) -> bool:
        """Return whether everything of this person's own may be shown."""
        return self.opened or not self.doubted

    def is_walled_from(self, person_id: str | None) -> bool:
        """Return whether the wall stands before what *person_id* of the same case said."""
        return not self.opened and (self.doubted or person_id != self.person_id)


@dataclass(frozen=True)
class CaseRisk:
    """The newest risk level of a case and its day; it is shown across the wall without its record."""

    level: Risk
    on: date


def visible_parts(speaker: Speaker | None, owner_id: str | None, shared: Collection[Part] = ()) -> frozenset[Part]:
    """Return which parts of a consultation with *owner_id* may be shown; none before anybody was chosen.

    *shared* are the parts that may be told in the family.
    """
    if speaker is None:
        return frozenset()
    if not speaker.is_walled_from(owner_id):
        return ALL_PARTS
    return frozenset({Part.CONTACT, *shared}) if shared else frozenset()


def may_name_person(speaker: Speaker | None, *, case_id: str, person_id: str, shares: bool) -> bool:
    """Return whether a person may be named to *speaker*: others of the case only if they share anything.

    Before anybody was chosen everybody may be named, as names are what there is to choose from.
    """
    if speaker is None or speaker.case_id != case_id or speaker.opened:
        return True
    return shares or speaker.person_id == person_id
