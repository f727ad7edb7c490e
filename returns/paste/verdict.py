"""What became of each pasted row: whether it may be stored, and everything there is to say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from db.findings import Finding
from db.records import Values


class State(StrEnum):
    """Whether a row may be stored: as it is, with something to look at later, or not before it is mended."""

    GOOD = "可保存"
    REMARKS = "有提醒"
    BAD = "要改"
    BLANK = ""


@dataclass(slots=True)
class RowCheck:
    """What became of one row. `values` are typed, with the firm's key; `offers` texts that may be meant, by slot."""

    state: State
    findings: list[Finding] = field(default_factory=list)
    id: UUID | None = None
    values: Values = field(default_factory=dict)
    unread: tuple[str, ...] = ()  # slots whose text was not understood
    other: dict[str, str] = field(default_factory=dict)
    beside: Values = field(default_factory=dict)  # the problem of a visit, with its own `id`
    card: UUID | None = None  # the new card that is made for it, among `Checked.cards`
    offers: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """All rows in their order; `cards` are the firms to be put on new cards first."""

    rows: list[RowCheck] = field(default_factory=list)
    cards: dict[UUID, Values] = field(default_factory=dict)

    def count(self, *states: State) -> int:
        """How many rows are in one of these states."""
        return sum(row.state in states for row in self.rows)
