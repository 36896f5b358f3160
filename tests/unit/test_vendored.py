from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDS = [
    ROOT / "callcenter/static/vendor/VENDORED.md",
    ROOT / "callcenter/data/fonts/VENDORED.md",
    ROOT / "tests/vendor/VENDORED.md",
]
ROW = re.compile(r"^\| (?P<file>[\w.-]+) \|.*\| (?P<hash>[0-9a-f]{64}) \|$", re.MULTILINE)
UPSTREAM_TOKENS = "ec3fb5b1e881d1bdf076feff29fe15a32269353c7a9cef40194f1eff0c3d7a90"


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: f"{path.parent.parent.name}-{path.parent.name}")
def test_every_vendored_file_is_the_one_recorded(record: Path) -> None:
    rows = {row["file"]: row["hash"] for row in ROW.finditer(record.read_text("utf-8"))}
    found = {path.name: path for path in record.parent.iterdir() if path.suffix in {".css", ".js", ".otf", ".ttf"}}
    assert rows == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()}


def test_the_design_tokens_are_unchanged_below_their_notice() -> None:
    text = (ROOT / "callcenter/static/vendor/tokens.css").read_bytes()
    notice, upstream = text.split(b"*/\n", 1)
    assert b"MIT License" in notice
    assert hashlib.sha256(upstream).hexdigest() == UPSTREAM_TOKENS
