"""The hours of today in one line on the console."""

from __future__ import annotations

from datetime import date, time

import pytest

from callcenter.domain.calendar.hours import Calendar, SpecialDay, SpecialKind, state_at
from callcenter.domain.calendar.times import parse_moment
from callcenter.ui.line_now import hours_line

WEDNESDAY = date(2026, 11, 25)
UNTIL_THREE = SpecialDay(SpecialKind.PARTIAL, close_at=time(15), reason="台風の影響")
FROM_NOON = SpecialDay(SpecialKind.PARTIAL, open_at=time(12), reason="停電")
EVENING = SpecialDay(SpecialKind.EXTRA_OPEN, time(18), time(20))
LONGER = SpecialDay(SpecialKind.EXTRA_OPEN, time(17), time(19))
SHUT = SpecialDay(SpecialKind.CLOSED, reason="設備の点検")


@pytest.mark.parametrize(
    "clock, special, words",
    [
        ("14:00", None, "受付は午後5時まで"),
        ("14:00", UNTIL_THREE, "今日の受付は午後3時まで(台風の影響)"),
        ("14:00", FROM_NOON, "受付は午後5時まで"),
        ("18:30", EVENING, "臨時の受付は午後8時まで"),
        ("14:00", LONGER, "今日の受付は午後7時まで"),
        ("09:00", None, "受付時間外です。次は今日(水)午前10時からです。"),
        ("15:30", UNTIL_THREE, "受付時間外です。次はあした(木)午前10時からです。"),
        ("14:00", SHUT, "受付時間外です。次はあした(木)午前10時からです。"),
    ],
)
def test_the_line_says_until_when_or_when_next(clock: str, special: SpecialDay | None, words: str) -> None:
    now = parse_moment(f"2026-11-25T{clock}")
    calendar = Calendar(special_days={} if special is None else {WEDNESDAY: special})
    assert hours_line(state_at(calendar, now), now).words == words


def test_a_day_that_ends_early_looks_different() -> None:
    now = parse_moment("2026-11-25T14:00")
    usual = hours_line(state_at(Calendar(), now), now)
    early = hours_line(state_at(Calendar(special_days={WEDNESDAY: UNTIL_THREE}), now), now)
    assert (usual.tone, usual.icon) != (early.tone, early.icon)


def test_who_still_waits_after_closing_is_told_of() -> None:
    now = parse_moment("2026-11-25T17:05")
    after = state_at(Calendar(), now)
    assert hours_line(after, now, waiting=True).words == "受付は終わりました。お待ちの方をおつなぎしています。"
