"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import hypothesis
import pytest

from tests.desk import Desk
from tests.line import A_WEDNESDAY_AFTERNOON

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


@pytest.fixture(scope="session")
def build_schema() -> Callable[[str], None]:
    """Fill an empty database the way an installation does: by its migrations."""
    from sqlalchemy.orm import Session

    from callcenter.adapters import schema
    from callcenter.domain.calendar.holidays_jp import shipped_holidays
    from callcenter.domain.directory.helplines import shipped_helplines
    from callcenter.models.base import connect
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
