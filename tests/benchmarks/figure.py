"""One measured figure beside its floor and its promise, and the clock. What is measured is in the other files."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """Milliseconds (medians), or `unit`. The promise is a ratio, or a difference where `apart` is set.

    Without a promise (None) the figure is only reported.
    """

    what: str
    measured: float
    floor_name: str
    floor: float
    promise: float | None
    apart: bool = False
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        return self.measured - self.floor if self.apart else self.measured / self.floor

    @property
    def kept(self) -> bool:
        return self.promise is None or self.ratio <= self.promise

    def row(self) -> tuple[str, ...]:
        ratio = f"+{self.ratio:.2f} {self.unit}" if self.apart else f"{self.ratio:.2f}×"
        promise = (
            ""
            if self.promise is None
            else f"≤ +{self.promise:g} {self.unit}"
            if self.apart
            else f"≤ {self.promise:g}×"
        )
        return (
            self.what, f"{self.measured:.2f} {self.unit}", self.floor_name, f"{self.floor:.2f} {self.unit}", ratio, promise,
            "" if self.promise is None else "ok" if self.kept else "NOT",
        )  # fmt: skip


def milliseconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    work()
    return (clock() - start) * 1000


def alternating(
    one: Callable[[], object],
    other: Callable[[], object],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Medians of two works done in turn, so that a busy disk or processor falls on both.

    With `clock=time.process_time` what others do on the machine falls out altogether; so does waiting for the disk.
    """
    first: list[float] = []
    second: list[float] = []
    for _ in range(rounds):
        first.append(milliseconds(one, clock))
        second.append(milliseconds(other, clock))
    return statistics.median(first), statistics.median(second)
