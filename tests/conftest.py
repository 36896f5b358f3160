"""What every test may ask for."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import hypothesis
import pytest
from sqlalchemy.orm import Session

from callcenter.services.staff import passwords
from callcenter.services.trail import audit
from tests.desk import CHEAP, Desk
from tests.line import A_WEDNESDAY_AFTERNOON
from tests.trail_words import check_entry

# How long an example takes says something about the machine, not about the rule.
hypothesis.settings.register_profile("untimed", deadline=None)
# Under ``make mutants`` the same examples come every time, and nobody looks for the simplest one.
hypothesis.settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=25,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
hypothesis.settings.load_profile("untimed")

pytest_plugins = ["tests.servers", "tests.browsers"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each worker begin with its part of the slow tests: a long one at the end would leave the others idle."""
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers == 1:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    quick = iter([item for item in items if not item.get_closest_marker("slow")])
    dealt, rest = list[pytest.Item](), len(items)
    for worker in range(workers):
        share = slow[worker::workers]
        turn = len(share) * worker // workers  # so that not every worker drives a browser at the same time
        size = rest // (workers - worker)  # as xdist divides the list
        dealt += [*share[turn:], *share[:turn], *islice(quick, max(0, size - len(share)))]
        rest -= size
    items[:] = dealt


def pytest_collection_finish() -> None:
    """Spare the collector the modules and the seven thousand tests, which stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords cheaply: an honest hash takes a quarter of a second of a processor, at every sign-in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", lambda: CHEAP)
        yield


@pytest.fixture(scope="session", autouse=True)
def every_entry_of_the_trail_has_words() -> Iterator[None]:
    """Put whatever the desk writes into the trail through the words of the auditor's page, in every test."""
    write = audit.record

    def checked(session: Session, **given: Any) -> None:
        if sys._getframe(1).f_globals["__name__"].startswith("callcenter."):  # a test may write what no page shows
            check_entry(given["action"], given["subject"].kind, given.get("facts") or {})
        write(session, **given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "record", checked)
        yield


@pytest.fixture(scope="session")
def build_schema() -> Callable[[str], None]:
    """Fill an empty database the way an installation does: by its migrations."""
    from sqlalchemy.orm import Session

    from callcenter.adapters import schema
    from callcenter.domain.calendar.holidays_jp import shipped_holidays
    from callcenter.domain.directory.helplines import shipped_helplines
    from callcenter.models.engines import connect
    from callcenter.services.calendar import opening_hours
    from callcenter.services.directory import institutions

    def build(url: str) -> None:
        engine = connect(url)
        schema.upgrade(engine)
        with Session(engine) as session, session.begin():
            opening_hours.store_shipped(session, shipped_holidays())
            institutions.store_shipped(session, shipped_helplines(), now=A_WEDNESDAY_AFTERNOON)
        engine.dispose()

    return build


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """The app on a fresh database with the line at its other end, on a Wednesday at 14:00."""
    desk = Desk(database_url)
    yield desk
    desk.close()
