"""What must be true everywhere, held by reading the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE_LINES, FUNCTION_LINES = 300, 40
UNEXPLAINED = re.compile(r"#\s*(noqa: [A-Z0-9, ]+|noqa|type: ignore(\[[^]]*])?)$")
"""An ignore at the very end of its line, where its reason should stand."""


def modules() -> list[Path]:
    """Every module of ours; migrations are left as they were written, step after step."""
    folders = [path for name in ("callcenter", "ivr", "tests") for path in (ROOT / name).rglob("*.py")]
    return sorted([ROOT / "wsgi.py", *(path for path in folders if "vendor" not in path.parts)])


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {str(path): length for path, length in lengths.items() if length > MODULE_LINES} == {}


def test_no_function_is_longer_than_forty_lines() -> None:
    found = dict(one for path in modules() for one in functions(path))
    assert {name: length for name, length in found.items() if length > FUNCTION_LINES} == {}


def test_every_ignore_carries_its_reason() -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNEXPLAINED.search(line)
    ]
    assert lines == []
