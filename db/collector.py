"""Python's garbage collector, kept from walking through everything again and again while a large batch is worked on.

A walk through a million live objects takes a third of a second, and every thread waits for it: the window, too.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_held = 0
_was_on = False


@contextmanager
def uncollected() -> Iterator[None]:
    """Nothing is collected while it lasts (what nobody names any more goes at once, as always). May be nested."""
    global _held, _was_on
    with _lock:
        if _held == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _held += 1
    try:
        yield
    finally:
        with _lock:
            _held -= 1
            if _held == 0 and _was_on:
                gc.enable()
