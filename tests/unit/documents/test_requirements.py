"""The promises name modules and tests that exist, and comments name promises that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.tools.papers import ROOT, papers, rows, spans

NOT_YET = "not yet"
PROMISES = [row for row in rows(papers()["docs/requirements.md"]) if re.fullmatch(r"[CPMV]\d+", row[0])]
SOURCES = sorted(
    path
    for folder, pattern in (
        ("callcenter", "*.py"),
        ("ivr", "*.py"),
        ("tests", "*.py"),
        ("templates", "*.html"),
        ("callcenter/static/js", "*.js"),
        ("callcenter/static/css", "*.css"),
        ("migrations", "*.py"),
    )
    for path in (ROOT / folder).rglob(pattern)
)
ABSENT_PAPERS = re.compile(r"\b(?:R\d+\)|[\w-]+\.md\b|anchors|telephony design|ASVS)", re.ASCII)


def functions(path: str) -> set[str]:
    """Return the names of the functions of a module."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def comments(path: Path) -> str:
    """Return a source file's comments and docstrings; of what is no Python the whole text."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        return text
    strings = re.findall(r'"""(.*?)"""', text, re.DOTALL)
    return "\n".join([*strings, *re.findall(r"#(?=\s)(.*)", text)])


def test_every_promise_has_a_number_of_its_own_in_order() -> None:
    numbers = [row[0] for row in PROMISES]
    for kind in "CPMV":
        found = [int(number[1:]) for number in numbers if number[0] == kind]
        assert found == list(range(1, len(found) + 1)), kind
    assert len(numbers) > 50


def test_every_promise_says_where_it_is_kept_in_files_that_exist() -> None:
    for number, _, kept, shown in PROMISES:
        paths = spans(kept)
        assert paths or (kept == "–" and shown == NOT_YET), number
        assert [path for path in paths if not (ROOT / path).exists()] == [], number


def test_every_promise_is_shown_by_tests_that_exist_or_is_not_kept_yet() -> None:
    for number, _, _, shown in PROMISES:
        tests = spans(shown)
        assert tests or shown == NOT_YET, number
        for test in tests:
            path, _, name = test.partition("::")
            assert (ROOT / path).is_file(), f"{number}: {path}"
            assert name.startswith("test_"), f"{number}: {test}"
            assert name in functions(path), f"{number}: {test}"


def test_comments_refer_to_promises_that_exist() -> None:
    known = {row[0] for row in PROMISES}
    referred = {
        number
        for path in SOURCES
        for said in re.findall(r"\bpromises? ((?:[CPMV]\d+(?:, | and )?)+)", comments(path))
        for number in re.findall(r"[CPMV]\d+", said)
    }
    assert referred
    assert referred - known == set()


def test_comments_name_no_document_that_is_not_here() -> None:
    named = {
        f"{path.relative_to(ROOT)}: {found}"
        for path in SOURCES
        if "vendor" not in path.parts and path.name != Path(__file__).name
        for found in ABSENT_PAPERS.findall(comments(path))
        if not any((ROOT / folder / found).is_file() for folder in ("", "docs"))
    }
    assert named == set()
