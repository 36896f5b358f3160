"""Finds code of the program that nothing uses; ``make lint`` runs it. Use by tests alone does not count.

Vulture compares names. What it cannot see is told here, each with its reason: decorators that register, templates,
tables and lists of codes as a whole, and ``ALLOWED`` for the rest. A reason that is no longer needed is a finding, too.
"""

from __future__ import annotations

import ast
import keyword
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from vulture.core import Vulture

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ("callcenter", "ivr", "wsgi.py", "migrations")

REGISTERING = (
    "@app.*",  # Flask calls what stands before and after requests
    "@bp.*",  # Flask calls a view by its address, and what a blueprint runs before it
    "@*.command*",  # click calls a command by its name
    "@*.group*",  # as above
    "@*.user_loader",  # Flask-Login's way to an account
    "@event.listens_for*",  # SQLAlchemy's events
    "@handles*",  # an errand is found by its topic
    "@says*",  # a notice is put into words by its kind
    "@verb*",  # the simulator finds a TwiML verb by its name
)

ALLOWED = {
    # called or read by a library
    "run_queued": "rq calls it by its path",
    "carry_queued": "rq calls it by its path",
    "request_stop": "rq calls it on a signal",
    "_stop_requested": "rq reads it between two jobs",
    "get_heartbeat_ttl": "rq calls it when a job begins",
    "working_time": "rq hands it over",
    "ngettext": "WTForms calls it",
    "get_translations": "WTForms calls it",
    "pre_validate": "WTForms calls it of a field",
    "wrap_formdata": "WTForms calls it of a form",
    "convert": "click calls it of a kind of value",
    "parameter_storage_class": "Werkzeug reads it of a request",
    "request_class": "Flask reads it",
    "regex": "Werkzeug reads it of a part of an address",
    "validate_opening": "WTForms calls it for the field of that name",
    "validate_closing": "WTForms calls it for the field of that name",
    "validate_reason": "WTForms calls it for the field of that name",
    "validate_part": "WTForms calls it for the field of that name",
    "validate_nickname_heard": "WTForms calls it for the field of that name",
    "validate_password": "WTForms calls it for the field of that name",
    "validate_address": "WTForms calls it for the field of that name",
    "validate_address_again": "WTForms calls it for the field of that name",
    "validate_nickname": "WTForms calls it for the field of that name",
    "validate_age": "WTForms calls it for the field of that name",
    "validate_subject_age": "WTForms calls it for the field of that name",
    "validate_confirmed": "WTForms calls it for the field of that name",
    "bind_key": "Flask-SQLAlchemy hands it over",
    "_make_engine": "Flask-SQLAlchemy calls it",
    "cache_ok": "SQLAlchemy reads it of a column type",
    "impl": "SQLAlchemy reads it of a column type",
    "process_bind_param": "SQLAlchemy calls it of a column type",
    "process_result_value": "SQLAlchemy calls it of a column type",
    "isolation_level": "the SQLite driver reads it",
    "down_revision": "Alembic reads it",
    "branch_labels": "Alembic reads it",
    "depends_on": "Alembic reads it",
    "downgrade": "Alembic calls it",
    "get_id": "Flask-Login calls it",
    "session_interface": "Flask reads it",
    "max_content_length": "Werkzeug reads it of a request",
    "trim_blocks": "Jinja reads it",
    "bytecode_cache": "Jinja reads it",
    "lstrip_blocks": "Jinja reads it",
    "ensure_ascii": "Flask's JSON reads it",
    "disabled": "logging reads it",
    "immutable": "Werkzeug writes it into Cache-Control",
    "max_age": "Werkzeug writes it into Cache-Control",
    "no_cache": "Werkzeug writes it into Cache-Control",
    "no_store": "Werkzeug writes it into Cache-Control",
    "trust_env": "requests reads it",
    "_value_": "enum reads it",
    # for tests and tools, on purpose
    "to_text": "makes a ring of keys for a test; the operator makes theirs with a command of their own",
    "run_until": "part of what the simulator offers to tests",
    # known by name or value elsewhere
    "REQUIRED_IN_PRODUCTION": "the documents are compared with it",
    "TEACHES_VERBS": "importing these modules teaches the simulator its verbs",
    "delayed": "the simulator reads its faults by name",
    "duplicated": "as delayed",
    "reordered": "as delayed",
    "webhook_duplicates": "as delayed",
    "rest_429": "as delayed",
    "rest_500": "as delayed",
    "rest_timeout": "as delayed",
    "queue_error": "as delayed",
    "join_fails": "as delayed",
    "E01": "a phrase the operator knows by its code, which no script says yet",
    "E02": "as E01",
    "E03": "as E01",
    "H02": "as E01",
}


class Told:
    """What is used in ways that Python's names do not show."""

    def __init__(self) -> None:
        self.templates = {
            name
            for template in sorted((ROOT / "templates").rglob("*.*"))
            for tag in re.findall(r"\{%.*?%\}|\{\{.*?\}\}", template.read_text("utf-8"), re.DOTALL)
            for name in re.findall(r"[A-Za-z_]\w*", tag)
        }
        self.wholes = {name for module in _modules() for name in _members(ast.parse(module.read_text("utf-8")))}

    def as_code(self) -> str:
        """Return code that uses every such name."""
        return "\n".join(f"_.{name}" for name in sorted(self.templates | self.wholes) if not keyword.iskeyword(name))


def _modules() -> Iterator[Path]:
    for part in PROGRAM:
        yield from [ROOT / part] if part.endswith(".py") else sorted((ROOT / part).rglob("*.py"))


def _members(tree: ast.Module) -> Iterator[str]:
    """Return the columns of tables, which are read by SQL, and the codes of lists, which are offered all together."""
    for kind in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        is_list = any(ast.unparse(base) == "Code" for base in kind.bases)
        for line in kind.body:
            if isinstance(line, ast.AnnAssign) and ast.unparse(line.annotation).startswith("Mapped["):
                yield ast.unparse(line.target)
            if is_list and isinstance(line, ast.Assign):
                yield from map(ast.unparse, line.targets)


def findings() -> list[str]:
    """Return what nothing uses, and every allowance that is not needed."""
    vulture = Vulture(ignore_decorators=list(REGISTERING))
    vulture.scavenge([str(ROOT / part) for part in PROGRAM])
    vulture.scan(Told().as_code(), filename=Path("told.py"))
    unused = vulture.get_unused_code(min_confidence=60)
    found = [one.get_report() for one in unused if one.name not in ALLOWED]
    stale = sorted(ALLOWED.keys() - {one.name for one in unused})
    return found + [f"{__file__}: {name} is allowed, but used" for name in stale]


if __name__ == "__main__":
    sys.exit("\n".join(findings()) or 0)
