"""The documents of this repository as text, and the code they quote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ("README.md", "OPERATING.md", "CONTRIBUTING.md")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (.+) \|$", re.MULTILINE)


def papers() -> dict[str, str]:
    """Return every document by its path from the root, the change log aside."""
    paths = [*GUIDES, *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md")))]
    return {path: (ROOT / path).read_text("utf-8") for path in paths}


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the fenced blocks of *text*, each with its language."""
    return FENCE.findall(text)


def spans(text: str) -> list[str]:
    """Return what stands between backticks in the running text."""
    return sorted(set(re.findall(r"`([^`\n]+)`", FENCE.sub("", text))))


def rows(text: str) -> list[list[str]]:
    """Return the cells of every table row of *text*, headings included."""
    cells = [re.split(r" \| ", row) for row in ROW.findall(text)]
    return [row for row in cells if row[0] != "---"]


def table(heading: Sequence[str], content: Iterable[Sequence[str]]) -> str:
    """Return a table as Markdown writes it."""
    lines = [heading, ["---"] * len(heading), *content]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
