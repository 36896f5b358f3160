"""What the journeys share: a running desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.office import Office


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """A desk with nobody in it yet, on a Wednesday afternoon."""
    here = Office(sqlite_url, tmp_path)
    here.start()
    yield here
    here.stop()
