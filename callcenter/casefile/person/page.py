"""The page of a record: the record, its person, and what its channel adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile import words
from callcenter.casefile.person import card as cards
from callcenter.casefile.person import choices, cues
from callcenter.casefile.person.card import Card
from callcenter.casefile.person.choices import FormChoices
from callcenter.casefile.record import form, sheet
from callcenter.casefile.record.sheet import Sheet
from callcenter.casefile.surroundings import PageResults, Pieces, surroundings_of, surroundings_of_record, to_record
from callcenter.context import ports
from callcenter.models.cases.cases import Nickname
from callcenter.services.cases import wall
from callcenter.services.names import nicknames
from callcenter.services.records import consultations
from callcenter.ui.access import myself
from callcenter.ui.kit.answers import from_script


@dataclass(frozen=True)
class RecordPage:
    """Everything the page is drawn from."""

    sheet: Sheet
    card: Card | None
    beside: FormChoices | None
    """What the forms about the person offer."""
    names: Sequence[Nickname]
    """Every name of the person, retired ones last."""
    pieces: Pieces
    shown: PageResults

    def given(self) -> dict[str, Any]:
        """Return what the templates are given."""
        return {
            **self.pieces.given,
            "sheet": self.sheet,
            "card": self.card,
            "beside": self.beside,
            "names": self.names,
            "pieces": self.pieces,
            "leads": self.pieces.leads,
            "candidates": self.shown.candidates,
            "cues": self.shown.cues,
            "colleagues": self.shown.colleagues,
            "asking": self.shown.asking,
            "problems": self.shown.problems,
            "ask": cues,
            "form": form,
            "words": words,
        }


def gather(session: Session, record_id: str, shown: PageResults | None = None) -> RecordPage:
    """Return the page; opening the record, and what the person told before, is recorded in the trail."""
    now, staff, shown = ports().clock.now(), myself(session), shown or PageResults()
    wall.check(session, staff, consultations.lock_for_writing(session, record_id, staff))
    opened = consultations.read(session, record_id, by=staff, now=now)
    card = cards.build(session, opened, staff, now=now)
    if card is not None and shown.past is not None:
        card = replace(card, past=shown.past)
    return RecordPage(
        sheet=sheet.read(session, opened, staff),
        card=card,
        beside=choices.form_choices(session) if opened.person_id else None,
        names=nicknames.all_of(session, opened.person) if opened.person else (),
        pieces=surroundings_of(opened.channel).pieces(session, opened, staff, now=now),
        shown=shown,
    )


def gather_answer(
    session: Session, record_id: str, shown: PageResults | None = None, *, whole: bool = False
) -> Callable[[], str | Response]:
    """Return the answer to an action beside a record, to be drawn after the transaction.

    A script gets who this is and leaves the form alone. A browser without scripts is led to the page of the record,
    or is shown it at once, if *whole*.
    """
    if whole and not from_script():
        return surroundings_of_record(session, record_id).page(session, record_id, shown or PageResults())
    found = gather(session, record_id, shown)
    if from_script():
        return lambda: render_template("casefile/person/answer.html", **found.given())
    return lambda: to_record(record_id)
