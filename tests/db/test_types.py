"""Keys: in the order in which they were made, never twice, and as RFC 9562 wants a UUIDv7."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import RFC_4122, UUID

import pytest

from db import types
from db.types import key_of, new_key


def test_keys_sort_as_they_were_made_and_tell_when() -> None:
    before = time.time_ns() // 1_000_000
    made = [new_key() for _ in range(2_000)]
    assert made == sorted(made) and len(set(made)) == len(made)
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}
    # Several of one millisecond run ahead of the clock by as many.
    assert before <= made[0].int >> 80 <= made[-1].int >> 80 <= time.time_ns() // 1_000_000 + len(made)
    assert all(UUID(str(each)) == each == key_of(each.bytes) for each in made[:50])


def test_chance_fills_all_that_is_free() -> None:
    seen = [new_key().int & ((1 << 80) - 1) for _ in range(2_000)]
    free = (1 << 80) - 1 & ~(0xF << 76) & ~(3 << 62)
    ones, zeros = 0, free
    for each in seen:
        ones, zeros = ones | each, zeros & each
    assert ones & free == free and zeros == 0


def test_threads_never_get_the_same_key() -> None:
    found: list[list[UUID]] = [[] for _ in range(4)]

    def make(into: list[UUID]) -> None:
        into.extend(new_key() for _ in range(3_000))

    threads = [threading.Thread(target=make, args=(each,)) for each in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [key for each in found for key in each]
    assert len(set(every)) == len(every) == 12_000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_copy_of_the_process_draws_anew() -> None:
    script = (
        "import os; from db import types; types.new_key(); assert types._chance\n"
        "if os.fork() == 0: print(len(types._chance), flush=True); os._exit(0)\n"
        "os.wait()"
    )
    # In a process of its own: to copy one that has threads is asking for trouble.
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(Path(types.__file__ or "").parents[1])},
    )  # fmt: skip
    assert found.stdout == "0\n"
