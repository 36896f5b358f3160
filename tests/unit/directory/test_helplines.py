from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from callcenter.domain.announcements import readings
from callcenter.domain.calendar.times import parse_moment
from callcenter.domain.directory.helplines import (
    Helpline,
    UnreadableHours,
    open_now,
    read_helplines,
    read_opens,
    shipped_helplines,
    tonight,
)


def helpline(id_: str) -> Helpline:
    return next(line for line in shipped_helplines() if line.id == id_)


def ids(moment: str, limit: int = 4) -> list[str]:
    return [line.id for line in tonight(shipped_helplines(), parse_moment(moment), limit)]


def test_every_line_of_the_table_is_read() -> None:
    assert len(shipped_helplines()) == 19
    assert len({line.id for line in shipped_helplines()}) == 19
    assert helpline("yorisoi").show_in == {"closed", "emergency"}


def test_numbers_stay_as_their_owners_print_them() -> None:
    assert helpline("childline").number == "0120-99-7777"
    assert helpline("tokyo_jisatsu").number == "0570-087478"


def test_the_number_dialled_is_the_number_shown() -> None:
    assert [line.id for line in shipped_helplines() if line.tel != line.number.replace("-", "")] == []


@pytest.mark.parametrize(
    "line, moment, is_open",
    [
        ("yorisoi", "2027-01-01T03:00", True),
        ("inochi_free", "2026-11-20T15:59", False),
        ("inochi_free", "2026-11-20T16:00", True),
        ("inochi_free", "2026-11-20T21:00", False),
        ("inochi_free", "2026-11-10T08:00", True),
        ("inochi_free", "2026-11-11T07:59", True),
        ("inochi_free", "2026-11-11T08:00", False),
        ("tokyo_jisatsu", "2026-11-20T05:29", True),
        ("tokyo_jisatsu", "2026-11-20T05:30", False),
        ("tokyo_jisatsu", "2026-11-20T12:00", True),
        ("tspc", "2026-11-23T21:00", False),
        ("tspc", "2026-11-23T22:30", True),
        ("tspc", "2026-11-24T02:29", True),
        ("tspc", "2026-11-24T17:00", True),
        ("tspc", "2026-11-25T19:59", False),
        ("childline", "2026-12-28T17:00", True),
        ("childline", "2026-12-29T17:00", False),
        ("childline", "2027-01-03T17:00", False),
        ("childline", "2027-01-04T17:00", True),
        ("inochisos", "2026-11-20T12:00", None),
        ("jinken", "2026-11-20T12:00", None),
    ],
)
def test_a_line_answers_in_its_own_hours(line: str, moment: str, is_open: bool | None) -> None:
    assert open_now(helpline(line), parse_moment(moment)) is is_open


def test_in_the_evening_the_lines_that_answer_stand_first() -> None:
    assert ids("2026-11-20T18:00") == ["yorisoi", "inochi_free", "inochi_navi", "tokyo_inochi"]


def test_deep_in_the_night_sleeping_lines_give_way() -> None:
    assert ids("2026-11-20T03:00") == ["yorisoi", "tokyo_inochi", "tokyo_jisatsu", "kodomo_sos"]


def test_a_line_whose_hours_nobody_has_checked_is_not_shown_at_the_foot() -> None:
    order = ids("2026-11-20T07:00", limit=20)
    assert "inochi_free" in order
    assert "inochisos" not in order
    assert "fire" not in order


def test_the_readings_in_the_table_agree_with_ours() -> None:
    table = (files("callcenter.data") / "helplines.csv").read_text("utf-8").splitlines()
    rows = [row for row in csv.DictReader(table) if row["tts_reading"] and row["id"] != "police"]
    given = {row["number"]: row["tts_reading"] for row in rows}
    assert given == {number: readings.digits(number) for number in given}


def test_every_line_can_be_said() -> None:
    assert all(readings.digits(line.number) for line in shipped_helplines())


@pytest.mark.parametrize(
    "text", ["24h", "16:00", "21:00-16:00", "someday 10:00-12:00", "10:00-49:00", ";", "16:60-17:00"]
)
def test_hours_in_another_form_are_refused(text: str) -> None:
    with pytest.raises(UnreadableHours):
        read_opens(text)


def test_a_table_without_a_column_is_refused() -> None:
    with pytest.raises(ValueError, match="'number'"):
        read_helplines("id,name\nx,y\n")


def test_a_line_without_certain_hours_has_none() -> None:
    uncertain: list[Helpline] = [line for line in shipped_helplines() if not line.opens]
    assert [line.id for line in uncertain] == ["inochisos", "kokoro", "jinken", "9110", "8103", "himawari"]


def test_every_municipality_of_tokyo_is_shipped_with_a_valid_code() -> None:
    text = files("callcenter").joinpath("data", "municipalities.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    kinds = [row["kind"] for row in rows]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"特別区": 23, "市": 26, "町": 5, "村": 8}
    for row in rows:
        total = sum(weight * int(digit) for weight, digit in zip((6, 5, 4, 3, 2), row["code"], strict=False))
        assert int(row["code"][5]) == (11 - total % 11) % 10, row["name"]
