"""What the journeys share: a running desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.line.edge import Edge
from tests.journeys.office import Office


@pytest.fixture
def office(request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """A desk with nobody in it yet, on a Wednesday afternoon; marked ``real_line`` it is no trial."""
    here = Office(sqlite_url, tmp_path, trial=request.node.get_closest_marker("real_line") is None)
    here.start()
    yield here
    here.stop()


@pytest.fixture
def edge(office: Office) -> Edge:
    """The edge of the telephone company that browsers on a real line register at."""
    return Edge(office.line)
