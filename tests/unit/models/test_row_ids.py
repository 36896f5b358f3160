"""The ids of rows: UUIDs of version 7, in the order in which a process made them."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from callcenter.models.base import new_id

IN_TWO_PROCESSES = """
import os
from callcenter.models.base import new_id
new_id()
child = os.fork()
os.write(1, "".join(new_id() + "\\n" for _ in range(200)).encode())
if child:
    os.waitpid(child, 0)
"""


def test_an_id_is_a_version_7_uuid_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = UUID(hex=new_id())
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_ids_of_one_millisecond_sort_as_they_were_made() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_threads_never_get_the_same_id() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = [one for some in threads.map(lambda _: [new_id() for _ in range(2000)], range(8)) for one in some]
    assert len(set(made)) == len(made)


def test_a_forked_process_makes_ids_of_its_own() -> None:
    run = subprocess.run([sys.executable, "-c", IN_TWO_PROCESSES], check=True, capture_output=True, text=True)
    made = run.stdout.split()
    assert len(made) == 400
    assert len({one[-8:] for one in made}) == 400  # not even the random part is shared
