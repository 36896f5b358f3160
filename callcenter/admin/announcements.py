"""The announcements: shown, changed, recorded, restored."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, render_template, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from callcenter.admin.blueprint import bp
from callcenter.admin.forms import PhraseForm, VersionForm, VoiceForm
from callcenter.context import line_words, ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.announcements.recording import LARGEST, NotAVoice, read_voice
from callcenter.domain.announcements.speech import Announcement
from callcenter.domain.announcements.wording import (
    Change,
    Changes,
    Slot,
    from_words,
    in_words,
    mistakes,
    read_readings,
    tidy,
)
from callcenter.domain.errors import HelplineError
from callcenter.domain.ports import LineWords
from callcenter.services.announcements import changed_phrases
from callcenter.ui.access import me, staff_who_may
from callcenter.ui.kit.answers import again, onward

GROUPS = {
    "A": "はじめ",
    "B": "受付時間外",
    "C": "待っている間",
    "D": "つなぐ・替わる",
    "E": "かけまちがい・緊急",
    "F": "声が出ないとき",
    "G": "お断り",
    "H": "終わり",
    "I": "不具合",
}
"""By the first letter of a code."""


class NoTelephone(HelplineError):
    """Raised in an app without the telephone, which has no announcements."""

    message = "電話の部分が動いていないため、文を表示できません。"


@bp.url_value_preprocessor
def _allow_a_recording(endpoint: str | None, _values: object) -> None:
    """Raise the size limit for a recording, before the form is read."""
    if endpoint == "admin.record":
        request.max_content_length = LARGEST + 100_000


@bp.get("/announcements")
@staff_who_may(Action.SET_LINE)
def phrases() -> str:
    """Show every phrase of the line."""
    with reading() as session:
        slots = _line().slots(changed_phrases.current(session))
    groups = {name: [slot for slot in slots if slot.shipped.code.startswith(key)] for key, name in GROUPS.items()}
    return render_template("admin/announcements/announcements.html", groups=groups, in_words=in_words)


@bp.get("/announcements/<name>")
@staff_who_may(Action.SET_LINE)
def phrase(name: str) -> str:
    """Show one phrase, with everything that can be changed."""
    return _draw(name)


@bp.post("/announcements/<name>")
@staff_who_may(Action.SET_LINE)
def change(name: str) -> Response | tuple[str, int]:
    """Change the wording; a recording of the old one is dropped."""
    form, line = PhraseForm(), _line()
    if not form.validate():
        return again(_draw(name, form))
    text, readings = tidy(from_words(form.text.data or "")), read_readings(form.readings.data or "")
    with unit_of_work() as session:
        slot = _slot(session, name)
        seconds = line.seconds(_tried(slot, text, readings)) if slot.shipped.placeholders >= _gaps(text) else 0.0
        for field, said in mistakes(slot, text, readings, line.readings, seconds):
            form.add(field, said)
        if not form.problems:
            new = Change(None if text == slot.shipped.text else text, readings)
            changed_phrases.change(session, name, new, by=me().staff_id, now=ports().clock.now())
    if form.problems:
        return again(_draw(name, form))
    return _to(name, "文を変えました。数秒のうちに、電話の声に反映されます。")


@bp.post("/announcements/<name>/recording")
@staff_who_may(Action.SET_LINE)
def record(name: str) -> Response | tuple[str, int]:
    """Store a voice recording for the phrase."""
    form, now = VoiceForm(), ports().clock.now()
    body = _read(form.voice.data)
    try:
        with unit_of_work() as session:
            slot = _slot(session, name)
            _may_be_recorded(slot, confirmed=form.confirmed.data)
            voice = read_voice(body, limit=slot.limit)
            sound = changed_phrases.store_recording(
                session, voice.body, voice.kind, voice.seconds, by=me().staff_id, now=now
            )
            kept = changed_phrases.current(session).by_name.get(name, Change(None))
            changed_phrases.change(session, name, replace(kept, sound=sound), by=me().staff_id, now=now)
    except NotAVoice as refused:
        form.refuse(refused)
        return again(_draw(name, voice=form))
    return _to(name, "録音した声に変えました。数秒のうちに、電話の声に反映されます。")


@bp.post("/announcements/<name>/back")
@staff_who_may(Action.SET_LINE)
def back(name: str) -> Response:
    """Restore an earlier version, or the shipped phrase."""
    version, now = VersionForm().version.data, ports().clock.now()
    with unit_of_work() as session:
        _slot(session, name)
        if version is None:
            changed_phrases.change(session, name, Change(None), by=me().staff_id, now=now)
        else:
            changed_phrases.restore_version(session, name, version, by=me().staff_id, now=now)
    return _to(name, "戻しました。数秒のうちに、電話の声に反映されます。")


def _read(sent: FileStorage | None) -> bytes:
    if sent is None:
        return b""
    with sent.stream:
        return sent.stream.read(LARGEST + 1)


def _may_be_recorded(slot: Slot, *, confirmed: bool) -> None:
    if not slot.recordable:
        raise NotAVoice("日や時刻など、そのつど変わる言葉が入る文です。録音ではなく、文のままでお使いください。")
    if slot.guarded and not confirmed:
        words = "と".join(slot.guarded)
        raise NotAVoice(f"命にかかわる案内です。録音の中で{words}を言っていることを確かめて、印をつけてください。")


def _draw(name: str, form: PhraseForm | None = None, voice: VoiceForm | None = None) -> str:
    line = _line()
    with reading() as session:
        slot = _slot(session, name)
        history = changed_phrases.history(session, name)
    readings = "\n".join(f"{word}={reading}" for word, reading in slot.current.readings)
    form = form or PhraseForm(formdata=None, text=in_words(slot.current.text), readings=readings)
    return render_template(
        "admin/announcements/announcement.html",
        slot=slot,
        in_words=in_words,
        said=line.said(slot.current),
        seconds=slot.current.sound.seconds if slot.current.sound else line.seconds(slot.current),
        history=history,
        form=form,
        problems=[*form.problems, *(voice.problems if voice else [])],
    )


def _tried(slot: Slot, text: str, readings: tuple[tuple[str, str], ...]) -> Announcement:
    return replace(slot.shipped, text=text, readings=readings)


def _gaps(text: str) -> frozenset[str]:
    return frozenset(part.split("}")[0] for part in text.split("{")[1:])


def _slot(session: Session, name: str) -> Slot:
    changes: Changes = changed_phrases.current(session)
    found = next((slot for slot in _line().slots(changes) if slot.name == name), None)
    if found is None:
        abort(404)
    return found


def _line() -> LineWords:
    found = line_words()
    if found is None:
        raise NoTelephone
    return found


def _to(name: str, words: str) -> Response:
    return onward("admin.phrase", words, name=name)
