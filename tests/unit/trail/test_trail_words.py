"""An auditor reads sentences, not codes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from callcenter.adapters.twilio import account_rules
from callcenter.admin import trail_facts
from callcenter.admin.trail_facts import FACTS, FIELDS, NAMED_OTHERWISE, PAGES, SETTINGS, VALUES, fact, value
from callcenter.admin.trail_words import ACTS, KINDS, SUBJECTS
from callcenter.domain.policy import Policy
from callcenter.models.trail.audit import ActorKind
from callcenter.services.cases import casework
from callcenter.services.records import record_fields

CALLCENTER = Path(__file__).resolve().parents[3] / "callcenter"
SERVICES = CALLCENTER / "services"
SOURCES = {path: path.read_text("utf-8") for path in SERVICES.rglob("*.py")}
ABOUT = {act.partition(".")[0] for act in ACTS}
NO_ACT = {"case.hand_over", "role.answered", "staff.role_set"}
NO_ACT |= {"reply.handed_in", "reply.handed_back", "thread.taken_over"}
"""Kinds of notices."""
WRITERS = {"record", "record_act", "_record", "_note", "_change"}
"""What writes into the trail; words given by name are facts, but for these."""
NO_FACTS = {"session", "actor", "action", "subject", "facts", "now", "by"}
NAMES_OF_FACTS = {"facts", "known", "moved", "facts_of_it"}


def test_every_act_that_goes_into_the_trail_has_words() -> None:
    sources = "\n".join(SOURCES.values())
    acts = {act for act in re.findall(r'"([a-z_]+\.[a-z_.]*[a-z])"', sources) if act.partition(".")[0] in ABOUT}
    assert len(acts) > 80
    assert acts - set(ACTS) - NO_ACT == set()
    assert {f"{kind}.shred" for kind in ("case", "consultation")} <= set(ACTS)


def test_everybody_who_acts_and_everything_acted_upon_has_words() -> None:
    assert set(KINDS) == {kind.value for kind in ActorKind}
    subjects = set(re.findall(r'Subject\("([a-z_]+)"', "\n".join(SOURCES.values())))
    assert len(subjects) > 10
    assert subjects - set(SUBJECTS) == set()


def facts_written() -> Iterator[tuple[str, str]]:
    """Yield each fact that a service writes, with the file that does."""
    for path, source in SOURCES.items():
        if "audit" not in source and "record_act" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            yield from ((path.name, name) for name in _facts_in(node))


def _facts_in(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Assign):
        targets = [one for target in node.targets for one in _parts(target)]
        values = _parts(node.value)
        for target, value in zip(targets, values, strict=False):
            if isinstance(target, ast.Name) and target.id in NAMES_OF_FACTS:
                yield from _keys(value)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in WRITERS:
            for given in node.keywords:
                yield from _keys(given.value) if given.arg == "facts" else ()
                if given.arg is not None and given.arg not in NO_FACTS:
                    yield given.arg


def _parts(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _keys(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Dict):
            yield from (key.value for key in one.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def test_every_fact_that_goes_into_the_trail_has_a_name() -> None:
    written = set(facts_written())
    assert len({name for _, name in written}) > 60
    assert sorted((file, name) for file, name in written if name not in FACTS) == []


def test_every_setting_of_the_line_has_a_name() -> None:
    settings = {one.name for one in fields(Policy) if not isinstance(getattr(Policy(), one.name), frozenset)}
    assert set(SETTINGS) == settings
    assert fact("policy.set", "drain") == "受付終了後にお受けする時間"


def test_every_field_of_a_record_and_of_a_case_has_its_name() -> None:
    assert record_fields.FIELDS - set(FIELDS) == set()
    assert set(casework.TEXTS) - set(FIELDS) == set()


def test_every_part_of_the_set_up_at_the_telephone_company_has_a_name() -> None:
    parts = {*account_rules.Field, account_rules.DIALING, account_rules.RECORDING}
    assert set(VALUES["written"]) == parts


def test_every_part_of_the_desk_has_a_name() -> None:
    blueprints = {path.parent.name for path in CALLCENTER.glob("*/blueprint.py")}
    assert blueprints
    assert blueprints - set(PAGES) == set()


@pytest.mark.parametrize("words", [*VALUES.values(), *trail_facts.VALUES_OF_ACT.values(), FACTS, SETTINGS, ACTS])
def test_no_word_is_a_code(words: dict[str, str]) -> None:
    assert [word for word in words.values() if not word or re.fullmatch(r"[a-z_.]+", word)] == []


def test_one_act_may_mean_something_of_its_own_by_a_fact() -> None:
    assert fact("line.pull", "on") == "統括がすべて受ける"
    assert fact("case.follow_up", "on") == "日"
    assert {action for action, _ in NAMED_OTHERWISE} <= set(ACTS)


@pytest.mark.parametrize(
    "action, name, code, words",
    [
        ("special_day.set", "kind", "partial", "時間を短くする"),
        ("special_day.set", "close_at", "15:00", "15:00"),
        ("incident.note", "kind", "threat", "おどし"),
        ("consultation.finish", "quick", "misdial", "かけまちがい"),
        ("presence.set", "reason", "meeting", "会議"),
        ("staff.factor_reset", "reason", "lost", "なくした・盗まれた"),
        ("access.refused", "page", "reports.board", "統括の画面"),
        ("case.follow_up", "on", "2026-12-01", "2026年12月1日(火)"),
        ("policy.set", "drain", f"{timedelta(minutes=15).seconds}s", "15分"),
        ("policy.set", "answer_within", "1.5s", "1.5秒"),
        ("consultation.save", "fields", "main_topic", "いちばんの話題"),
    ],
)
def test_a_value_is_shown_in_the_words_of_its_list(action: str, name: str, code: str, words: str) -> None:
    assert value(action, name, code) == words
