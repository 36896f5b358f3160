"""The record as a form: its questions, their order, and reading what a browser sends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from callcenter.casefile.words import Options
from callcenter.domain.codes import Code
from callcenter.domain.places import municipalities, prefectures_for_choice
from callcenter.domain.records.record_codes import (
    MULTIPLE,
    AgeBand,
    Concern,
    Direction,
    GoingOut,
    Learned,
    MedicalStatus,
    Novelty,
    Outcome,
    Period,
    Relation,
    Risk,
    Sex,
    Topic,
    Trigger,
)
from callcenter.domain.records.risk import AFTERWARDS, ASK, DO
from callcenter.services.records.record_fields import FIELDS


@dataclass(frozen=True)
class Question:
    """One field with its list."""

    name: str
    label: str
    options: Options


def _options(codes: Iterable[Code], *, known_only: bool = False) -> Options:
    """Return codes as options with 不明 first, the answer until something else was heard."""
    known = tuple((code.value, code.label) for code in codes if code.value != "unknown")
    unknown = tuple((code.value, "不明") for code in codes if code.value == "unknown" and not known_only)
    return unknown + known


def _places() -> Options:
    return (("unknown", "不明"), *((place.code, place.name) for place in municipalities().values()))


PREFECTURES = _options(prefectures_for_choice())

HEARD = (
    Question("relation", "話している方", _options(Relation)),
    Question("first_or_repeat", "新規・継続", _options(Novelty)),
    Question("subject_age", "ご本人の年齢", _options(AgeBand)),
    Question("subject_sex", "ご本人の性別", _options(Sex)),
    Question("prefecture", "お住まい", PREFECTURES),
    Question("period", "ひきこもりの期間", _options(Period)),
    Question("going_out", "外出", _options(GoingOut)),
    Question("medical", "医療・機関", _options(MedicalStatus)),
)
"""What is asked most; the caller's own age and sex stand below, as they are often the subject's."""

FURTHER = (
    Question("municipality", "区市町村(都内)", _places()),
    Question("caller_age", "話し手の年齢", _options(AgeBand)),
    Question("caller_sex", "話し手の性別", _options(Sex)),
    Question("learned_from", "知ったきっかけ", _options(Learned)),
    Question("direction", "どちらからの連絡か", _options(Direction)),
)

YEARS = (("subject_age_years", "ご本人の歳(数字)"), ("caller_age_years", "話し手の歳(数字)"))
INSTITUTIONS = (
    "institutions",
    "かかっている医療・相談先",
    "病院・機関・団体の名前など。聞けたところだけで大丈夫です。",
)

TOPICS = Question("topics", "話題", _options(Topic, known_only=True))
MAIN_TOPIC = Question("main_topic", "いちばんの話題", _options(Topic))
TRIGGERS = Question("triggers", "きっかけ", _options(Trigger, known_only=True))
OUTCOMES = Question("outcomes", "この相談の結果", _options(Outcome, known_only=True))
RISK = Question("risk", "いのちの心配", _options(code for code in Risk if code not in (Risk.ABUSE, Risk.VIOLENCE)))
"""Two codes of the list are asked beside it, as both may be true at once; a record that holds one still shows it."""
CONCERNS = Question("concerns", "暴力・虐待の心配", _options(Concern, known_only=True))
STEPS = tuple(
    (title, tuple((step.value, step.label) for step in steps))
    for title, steps in (("たずねること", ASK), ("すること", DO), ("あとで", AFTERWARDS))
)
CANNOT = (Outcome.CANNOT_MEDICAL, Outcome.CANNOT_URGENT, Outcome.CANNOT_OUTSIDE)
"""What we may not answer: other lines are put at hand."""
RELATIONS = _options(Relation)

TEXTS = (
    ("story", "主なお話", "ご本人の言葉のまま書きます。診断の言葉は使いません。"),
    ("background", "これまで", None),
    ("response", "したこと", None),
    ("next_step", "次回", None),
)

QUICK = ((Outcome.SILENT, "1"), (Outcome.MISDIAL, "2"), (Outcome.CUT_OFF, "3"))
"""Outcomes that finish a record without a word, with the key after Alt+Q."""


def changes(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the fields of a form sent without scripts; an unticked box is sent as nothing."""
    sent: dict[str, Any] = {name: form[name] for name in FIELDS if name in form and name not in MULTIPLE}
    if form.get("whole") == "1":
        sent |= {name: form.getlist(name) for name in MULTIPLE}
        sent |= {name: name in form for name in ("risk_confirmed", "relay")}
    return sent


def risk_options(chosen: str) -> Options:
    """Return the levels of danger, with one that only older records hold where it is chosen."""
    known = [value for value, _ in RISK.options]
    return RISK.options if chosen in known else (*RISK.options, (chosen, Risk(chosen).label))
