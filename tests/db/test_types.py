"""Keys: in the order in which they were made, never twice, and as RFC 9562 wants a UUIDv7."""

from __future__ import annotations

import threading
import time
from uuid import RFC_4122, UUID

from db.types import key_of, new_key


def test_keys_sort_as_they_were_made_and_tell_when() -> None:
    made = [new_key() for _ in range(2_000)]
    assert made == sorted(made) and len(set(made)) == len(made)
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}
    assert time.time_ns() // 1_000_000 - 60_000 < made[0].int >> 80, "born just now"
    assert all(UUID(str(each)) == each == key_of(each.bytes) for each in made[:50])


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
