"""Values a cell can hold besides words, figures and dates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A word and its state, drawn as a chip."""

    word: str
    state: str = "neutral"

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True)
class Bar:
    """A bar: `share` of its track (1.0 full; None: nothing reported), a tick, a state. `told` is its tooltip."""

    share: float | None
    tick: float | None = None
    state: str = ""
    told: str = ""

    def __str__(self) -> str:
        return self.told or ("" if self.share is None else f"{self.share:.1%}")


@dataclass(frozen=True)
class Change:
    """A value that is no longer in force (drawn struck through), "" where there was none."""

    old: str

    def __str__(self) -> str:
        return self.old or "—"
