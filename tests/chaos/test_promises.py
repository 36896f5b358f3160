"""A promise that is broken is found: each of them is broken here on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, update

from callcenter.domain.duty.presence import Work
from callcenter.models.calls.calls import Call, CallEvent, Presence
from callcenter.models.records import Consultation
from tests.chaos.machine import stage
from tests.chaos.mortal import Killed, Mortal
from tests.chaos.promises import ALONE, UNANSWERED, WORDLESS, Broken, Promises
from tests.chaos.stage import Stage


@pytest.fixture
def played() -> Iterator[tuple[Stage, Promises]]:
    """A stage on which a caller and a counsellor have just begun to talk, and its promises."""
    here = stage()
    here.begin()
    one = here.crew[0]
    here.comes(one)
    here.line.dial()
    here.line.advance(5)
    one.takes_the_call()
    here.line.advance(3)
    promises = Promises(here)
    promises.check()
    yield here, promises
    here.end()


def test_a_caller_who_was_answered_and_has_no_row_is_found(played: tuple[Stage, Promises]) -> None:
    here, promises = played
    here.line.dial()
    with here.work() as session:
        newest = max(call.id for call in session.query(Call))
        session.execute(delete(CallEvent).where(CallEvent.call_id == newest))
        session.execute(delete(Call).where(Call.id == newest))
    with pytest.raises(Broken, match="has no row"):
        promises.check()


def test_a_claimed_call_without_a_record_is_found(played: tuple[Stage, Promises]) -> None:
    here, promises = played
    with here.work() as session:
        session.execute(update(Consultation).values(call_id=None))
    with pytest.raises(Broken, match="nobody finds a record"):
        promises.check()


def test_a_counsellor_who_is_bound_to_nobody_is_found(played: tuple[Stage, Promises]) -> None:
    here, promises = played
    with here.work() as session:
        session.execute(update(Presence).where(Presence.work == Work.ON_CALL).values(work=Work.AVAILABLE))
    with pytest.raises(Broken, match="are bound to"):
        promises.check()


def test_a_caller_left_alone_is_found_once_it_has_lasted_too_long(played: tuple[Stage, Promises]) -> None:
    here, promises = played
    here.working = False
    here.crew[0].handset.hangs_up()
    promises.check()
    here.line.advance(ALONE - 5)
    promises.check()
    here.line.advance(10)
    with pytest.raises(Broken, match="alone"):
        promises.check()


def test_a_caller_who_waits_beside_somebody_free_is_found(played: tuple[Stage, Promises]) -> None:
    here, promises = played
    here.working = False
    here.comes(here.crew[1])
    here.line.dial()
    promises.check()
    here.line.advance(UNANSWERED + 1)
    with pytest.raises(Broken, match="who is free, since"):
        promises.check()


def test_a_caller_who_hears_no_words_any_more_is_found(played: tuple[Stage, Promises]) -> None:
    here, promises = played
    here.working = False
    caller = here.line.dial()
    here.line.advance(20)
    assert caller.leg.side is not None
    caller.leg.side.stop()
    promises.calm_from = None
    here.line.advance(WORDLESS - 30)
    promises.check()
    here.line.advance(60)
    with pytest.raises(Broken, match="has heard no word"):
        promises.check()


def test_what_is_still_open_in_the_evening_is_told(played: tuple[Stage, Promises]) -> None:
    _, promises = played
    assert any("is still in-progress" in text for text in promises.open_in_the_evening())


def test_a_mortal_dies_at_the_step_it_was_told_and_only_once() -> None:
    mortal = Mortal()
    mortal.dies_after(1)
    mortal.step()
    with pytest.raises(Killed):
        mortal.step()
    mortal.step()
    assert mortal.deaths == 1
