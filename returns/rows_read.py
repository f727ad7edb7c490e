"""What reading a row gives. Reading is for read_intact.py and read_sheet.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from db.records import Values
from returns.edits import Edit


@dataclass(frozen=True, slots=True)
class Named:
    """A firm or another record as a row names it: by key, and by what people call it."""

    id: UUID | None = None
    name: str = ""
    code: str = ""

    def __bool__(self) -> bool:
        return bool(self.id or self.name or self.code)


@dataclass(slots=True)
class RowRead:
    """One row. `values` holds the fields that the sheet has; the firm it names is `firm`, other records are in `links` by field."""

    register: str
    sheet: str
    number: int
    values: Values
    unparsed: dict[str, str]
    not_applicable: list[str]
    record_id: UUID | None = None
    firm: Named = field(default_factory=Named)
    links: dict[str, Named] = field(default_factory=dict)
    edited: tuple[str, ...] = ()  # labels of the cells that were changed after the export
    intact: bool = False  # exactly as exported
    digest: str = ""
    edits: tuple[Edit, ...] = ()  # those cells with what can be told of them
    added: bool = False  # not one of the rows that were exported

    @property
    def has_identity(self) -> bool:
        """Whether a program wrote the row (it may have been edited since)."""
        return self.record_id is not None
