"""The bench finds the people it invented, and what it does to their names is what it says."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from callcenter.domain.names.nicknames import normalise
from callcenter.models.engines import connect
from tests.bench import crowd, misheard, nicknames
from tests.bench.made_up import people
from tests.bench.places import migrated


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('crowd')}/crowd.db"
    migrated(url)
    return url


def test_who_was_invented_is_found_by_what_was_heard(url: str) -> None:
    known = crowd.fill(url, 400, seed=1)
    engine = connect(url)
    met = nicknames.recall(engine, nicknames.calls(known, 60, seed=1))
    engine.dispose()
    assert met.asked == 60
    assert met.group[60] >= 58
    assert met.person_of_five >= 57
    assert met.part(9) <= met.part(20) <= met.part(60)


def test_a_few_names_are_common_and_many_are_rare() -> None:
    names = Counter(one.reading or one.text for one in people(5000, seed=1))
    assert names.most_common(1)[0][1] > 15
    assert sum(1 for times in names.values() if times == 1) > 1000
    assert list(people(50, seed=1)) == list(people(50, seed=1))


@pytest.mark.parametrize(
    "change, one_of",
    [
        (misheard.missing, {"なと", "みと", "みな"}),
        (misheard.exchanged, {"なみと", "みとな"}),
        (misheard.voicing, {"みなど"}),
        (misheard.length, {"みーなと", "みいなと", "みなーと", "みなあと", "みなとー", "みなとお"}),
        (misheard.courtesy, {"みなとさん", "みなとちゃん", "みなとくん", "みなと君", "みなと様"}),
        (misheard.repeated, {"みなと"}),
        (misheard.script, {"ミナト", "ﾐﾅﾄ", "minato", "MINATO", "Minato"}),
    ],
)
def test_each_change_of_a_name_is_a_single_one(change: misheard.Change, one_of: set[str]) -> None:
    assert {change("みなと", random.Random(seed)) for seed in range(60)} == one_of


@pytest.mark.parametrize(
    "change, name, one_of",
    [
        (misheard.repeated, "みすず", {"みすゞ"}),
        (misheard.repeated, "ここ", {"こゝ"}),
        (misheard.lone_mark, "がく", {"か゛く"}),
        (misheard.lone_mark, "ぱぴ", {"は゜ぴ", "ぱひ゜"}),
        (misheard.with_v, "びお", {"ヴィお", "ヸお"}),
        (misheard.with_v, "びょ", {"びょ"}),
    ],
)
def test_signs_change_only_where_there_is_something_to_write_otherwise(
    change: misheard.Change, name: str, one_of: set[str]
) -> None:
    assert {change(name, random.Random(seed)) for seed in range(20)} == one_of
    assert {normalise(heard) for heard in one_of} == {normalise(name)}
