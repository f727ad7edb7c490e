"""One thing to do, and the kinds there are. Finding out what is to be done is in the other to_do files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.periods import Period

# Kinds of tasks: what the window does with one.
VISITS, COMPLETE, ERRORS, EXPLAIN, INDICATORS, CORRECT, EARLIER, HAND_IN = (
    "visits", "complete", "errors", "explain", "indicators", "correct", "earlier", "hand_in",
)  # fmt: skip
# Kinds whose button opens the rows they count, or a new record.
ROWS, NEW, DUPLICATES = "rows", "new", "duplicates"
SIDE = "side"  # rows that an import could not store
SPECIAL, HANDDOWN = "special", "handdown"  # a table to fill in, a 下发 to be looked at


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what, why, how it stands, the word of its button, and where that button leads.

    `filters`: the rows of `register` that are meant, as a list filters them; for NEW what the record starts with.
    `name` tells tasks of one kind and register apart.
    """

    kind: str
    title: str
    detail: str
    chip: str
    state: str
    action: str
    register: str = ""
    period: str = ""
    count: int = 0
    enabled: bool = True
    done: bool = False
    name: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""  # what the filters mean, where the title does not say it

    @property
    def key(self) -> str:
        return ":".join((self.kind, self.register, self.period, *([self.name] if self.name else [])))


class ToDo:
    """What the first page says above its list, for an office and for the district."""

    __slots__ = ()
    period: Period
    tasks: tuple[Task, ...]

    @property
    def left(self) -> int:
        return sum(not task.done for task in self.tasks)

    @property
    def title(self) -> str:
        if self.left:
            return f"{self.period.month} 月还有 {self.left} 件事"
        return f"{self.period.month} 月的事都办完了"
