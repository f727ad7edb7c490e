"""How far a long piece of work is, and whether it is to stop: asked between the parts that it is done in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from db.errors import Refused

T = TypeVar("T")
Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]

CANCELLED = "cancelled"  # the id of the refusal by which work ends that nobody wants any more
_AT_ONCE = 500


class Pace:
    """Hands `progress(done, total, step)` on, and raises Refused (“cancelled”) once `cancelled` says so."""

    def __init__(self, progress: Progress | None = None, cancelled: Cancelled | None = None) -> None:
        self.progress, self.cancelled = progress, cancelled

    def tell(self, done: int, total: int, step: str) -> None:
        """So much of it is done; stops here where nobody wants the rest."""
        if self.progress is not None:
            self.progress(done, total, step)
        if self.cancelled is not None and self.cancelled():
            raise Refused("已取消，台账没有改动。", "", CANCELLED)

    def over(self, rows: Sequence[T], step: str) -> Iterator[T]:
        """These rows one by one, telling now and then how many went by."""
        for place, row in enumerate(rows):
            if place % _AT_ONCE == 0:
                self.tell(place, len(rows), step)
            yield row

    def within(self, words: str) -> Pace:
        """The same, with words before each step."""
        if self.progress is None:
            return self
        progress = self.progress
        return Pace(lambda done, total, step: progress(done, total, f"{words}：{step}"), self.cancelled)


UNHURRIED = Pace()  # nobody waits to hear of it
