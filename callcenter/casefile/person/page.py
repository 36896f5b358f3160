"""The page of a record: the record, its person, and what its channel adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile import words
from callcenter.casefile.channel_desk import PageResults, Pieces, desk_of_channel, desk_of_record, to_record
from callcenter.casefile.forms import (
    AddressForm,
    NameForm,
    PromiseForm,
    UsualForm,
    WallForm,
    WishForm,
    by_class,
)
from callcenter.casefile.person import card as cards
from callcenter.casefile.person import choices, cues
from callcenter.casefile.person.card import Card
from callcenter.casefile.person.choices import FormChoices
from callcenter.casefile.record import form, sheet
from callcenter.casefile.record.sheet import Sheet
from callcenter.context import ports, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.models.cases.cases import Nickname
from callcenter.services.names import nicknames
from callcenter.services.records import consultations
from callcenter.ui.access import me, myself
from callcenter.ui.forms import Form
from callcenter.ui.kit.answers import again, from_script


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
            "forms": self.forms(),
            "problems": [*self.shown.problems, *(self.shown.sent.problems if self.shown.sent else ())],
            "ask": cues,
            "form": form,
            "words": words,
        }

    def forms(self) -> dict[str, Form]:
        """Return the forms about the person; the one that was just sent keeps what was typed."""
        if self.card is None or self.beside is None:
            return {}
        usual = (
            AddressForm(formdata=None, how_to_address=self.card.how_to_address),
            NameForm(formdata=None),
            PromiseForm(formdata=None, owner=me().staff_id),
            UsualForm(formdata=None, usual=self.card.usual_id),
            WallForm(formdata=None),
            WishForm(formdata=None),
        )
        return by_class(usual, self.shown.sent, self.beside.colleagues)


def gather(session: Session, record_id: str, shown: PageResults | None = None) -> RecordPage:
    """Return the page; opening the record, and what the person told before, is recorded in the trail."""
    now, staff, shown = ports().clock.now(), myself(session), shown or PageResults()
    consultations.lock_for_writing(session, record_id, staff)
    opened = consultations.read(session, record_id, by=staff, now=now)
    card = cards.build(session, opened, staff, now=now)
    if card is not None and shown.past is not None:
        card = replace(card, past=shown.past)
    return RecordPage(
        sheet=sheet.read(session, opened, staff),
        card=card,
        beside=choices.form_choices(session) if opened.person_id else None,
        names=nicknames.all_of(session, opened.person) if opened.person else (),
        pieces=desk_of_channel(opened.channel).pieces(session, opened, staff, now=now),
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
        return desk_of_record(session, record_id).page(session, record_id, shown or PageResults())
    found = gather(session, record_id, shown)
    if from_script():
        return lambda: render_template("casefile/person/column_parts.html", **found.given())
    return lambda: to_record(record_id)


def refuse(record_id: str, form: Form, refused: HelplineError | None = None) -> tuple[str, int]:
    """Answer a *form* beside a record that could not be taken, or was *refused* by a rule.

    A script gets the words and leaves the form as it is; a browser without scripts gets the page with what was typed.
    """
    if from_script():
        raise refused or form.refusal
    with unit_of_work() as session:
        draw = desk_of_record(session, record_id).page(session, record_id, PageResults(sent=form))
    return again(draw())
