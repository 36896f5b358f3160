"""What the processes load before they are needed: nothing that a later request alone has use for."""

from __future__ import annotations

import subprocess

from tests.bench import startup
from tests.bench.__main__ import ROOT
from tests.bench.places import environment, python

COLLECTOR = f"{startup.WEB}; import gc; print(gc.isenabled(), gc.get_freeze_count() > 100_000)"


def test_no_heavy_library_is_loaded_before_the_first_request(sqlite_url: str) -> None:
    assert startup.imported((*startup.HEAVY, "flask"), startup.WEB, sqlite_url, ROOT) == ["flask"]


def test_the_worker_loads_no_page_and_no_library_of_pages(sqlite_url: str) -> None:
    assert startup.imported((*startup.PAGES, "flask"), startup.WORKER, sqlite_url, ROOT) == ["flask"]


def test_what_is_loaded_before_the_fork_is_left_alone_and_the_rest_is_collected(sqlite_url: str) -> None:
    said = subprocess.run(
        python("-c", COLLECTOR), env=environment(sqlite_url), cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert said.split() == ["True", "True"]
