"""The cells of the paste grid and what was done to them: edits, pastes, rows and columns, undo and redo. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from returns.paste.columns import Block, Column
from returns.paste.verdict import Checked, RowCheck, State

Cell = tuple[int, int]
MOST_STEPS = 200


@dataclass(slots=True)
class Step:
    """One thing that can be undone: cells with their old and new text, rows that came or went, a column's field."""

    cells: dict[Cell, tuple[str, str]] = field(default_factory=dict)
    added: list[tuple[int, list[str]]] = field(default_factory=list)  # (place, row) in rising order
    removed: list[tuple[int, list[str]]] = field(default_factory=list)
    columns: tuple[list[Column], list[Column]] | None = None

    @property
    def empty(self) -> bool:
        return not (self.cells or self.added or self.removed or self.columns)


class Sheet:
    """Rows of texts under columns. `checks` are the verdicts of the rows, None where one has to be asked for anew.

    A row is never changed, another takes its place: work aside may hold on to the rows as they were.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self.checks: list[RowCheck | None] = [None] * len(block.rows)
        self.version = 0  # counts every change
        self._done: list[Step] = []
        self._undone: list[Step] = []

    # What is there.

    @property
    def rows(self) -> list[list[str]]:
        return self.block.rows

    @property
    def columns(self) -> list[Column]:
        return self.block.columns

    @property
    def width(self) -> int:
        return len(self.block.columns)

    @property
    def blank(self) -> bool:
        """Nothing is in it."""
        return not any(cell.strip() for row in self.rows for cell in row)

    def is_blank(self, row: int) -> bool:
        return not any(cell.strip() for cell in self.rows[row])

    def text(self, row: int, column: int) -> str:
        return self.rows[row][column]

    def column_of(self, slot: str) -> int | None:
        """Where a field's column stands."""
        return next((place for place, each in enumerate(self.columns) if each.slot == slot), None)

    def count(self, state: State) -> int:
        return sum(each is not None and each.state is state for each in self.checks)

    def unchecked(self) -> list[int]:
        """Rows whose verdict has to be asked for."""
        return [place for place, each in enumerate(self.checks) if each is None]

    def take(self, places: Sequence[int], checked: Checked) -> None:
        """The verdicts of these rows."""
        for place, found in zip(places, checked.rows, strict=True):
            self.checks[place] = found

    def next_bad(self, after: Cell) -> Cell | None:
        """The next cell with something to mend, going round at the end; a row's first cell where none is named."""
        found: list[Cell] = []
        for row, each in enumerate(self.checks):
            if each is None or each.state is not State.BAD:
                continue
            places = sorted(
                {place for one in each.findings if (place := self.column_of(one.field)) is not None and one.severity.value == "error"}
            )  # fmt: skip
            found += [(row, place) for place in places or [0]]
        return next((cell for cell in found if cell > after), found[0] if found else None)

    # What is done to it.

    def set_cells(self, texts: Mapping[Cell, str]) -> bool:
        """Put texts into cells; False where nothing changed."""
        changed = {
            cell: (self.rows[cell[0]][cell[1]], text)
            for cell, text in texts.items()
            if self.rows[cell[0]][cell[1]] != text
        }
        return self._do(Step(cells=changed))

    def paste(self, row: int, column: int, cells: Sequence[Sequence[str]]) -> int:
        """Lay cells over the grid from one cell on, making rows as needed; returns how many columns had no room."""
        missing = row + len(cells) - len(self.rows)
        fresh = [(len(self.rows) + n, [""] * self.width) for n in range(max(0, missing))]
        step = Step(added=fresh)
        for down, line in enumerate(cells):
            for across, text in enumerate(line[: self.width - column]):
                at = (row + down, column + across)
                old = self.rows[at[0]][at[1]] if at[0] < len(self.rows) else ""
                if old != text:
                    step.cells[at] = (old, text)
        self._do(step)
        return max((len(line) for line in cells), default=0) - (self.width - column)

    def append(self, block: Block) -> None:
        """Put another block's rows below, field under field; columns that are not there yet come with it."""
        columns = list(self.columns)
        places: list[int] = []
        for each in block.columns:
            at = next((n for n, own in enumerate(columns) if own.slot and own.slot == each.slot), None)
            if at is None:
                at = len(columns)
                columns.append(each)
            places.append(at)
        step = Step(columns=(list(self.columns), columns) if len(columns) > self.width else None)
        start = len(self.rows)
        while start and self.is_blank(start - 1):
            start -= 1
        step.removed = [(at, list(self.rows[at])) for at in range(start, len(self.rows))]
        for down, line in enumerate(block.rows):
            row = [""] * len(columns)
            for at, text in zip(places, line, strict=True):
                row[at] = text
            step.added.append((start + down, row))
        self._do(step)

    def add_rows(self, count: int = 1) -> None:
        """Blank rows at the end; they need no undoing."""
        self.rows.extend([""] * self.width for _ in range(count))
        self.checks.extend([RowCheck(State.BLANK)] * count)

    def remove_rows(self, places: Sequence[int]) -> bool:
        return self._do(Step(removed=[(place, list(self.rows[place])) for place in sorted(set(places))]))

    def drop_rows(self, places: Sequence[int]) -> list[tuple[int, list[str]]]:
        """Take rows out for good (they were saved): what was done before cannot be undone after it."""
        gone = [(place, self.rows[place]) for place in sorted(places)]
        for place, _ in reversed(gone):
            del self.rows[place], self.checks[place]
        self._done.clear()
        self._undone.clear()
        self.version += 1
        return gone

    def put_back(self, rows: Sequence[tuple[int, list[str]]]) -> None:
        """Rows that `drop_rows` took, where they were."""
        for place, row in rows:
            self.rows.insert(min(place, len(self.rows)), row)
            self.checks.insert(min(place, len(self.checks)), None)
        self._done.clear()
        self._undone.clear()
        self.version += 1

    def choose(self, column: int, slot: str) -> bool:
        """Say where a column goes; another one that went there goes nowhere."""
        fresh = [
            replace(each, slot=slot, sure=True) if place == column
            else replace(each, slot="") if slot and each.slot == slot else each
            for place, each in enumerate(self.columns)
        ]  # fmt: skip
        return self._do(Step(columns=(list(self.columns), fresh))) if fresh != self.columns else False

    def add_column(self, slot: str) -> int:
        """A blank column for a field; returns where it stands."""
        at = self.column_of(slot)
        if at is not None:
            return at
        self._do(Step(columns=(list(self.columns), [*self.columns, Column(slot)])))
        return self.width - 1

    # Undo and redo.

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def undo(self) -> Cell | None:
        """Take the last step back; the cell to look at, None where there was none."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        self._back(step)
        return self._place_of(step)

    def redo(self) -> Cell | None:
        """Do again what was undone last."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        self._forth(step)
        return self._place_of(step)

    def _do(self, step: Step) -> bool:
        if step.empty:
            return False
        self._forth(step)
        self._done.append(step)
        del self._done[:-MOST_STEPS]
        self._undone.clear()
        return True

    def _forth(self, step: Step) -> None:
        for place, _ in reversed(step.removed):
            del self.rows[place], self.checks[place]
        if step.columns is not None:
            self._lay(step.columns[1])
        for place, row in step.added:
            self.rows.insert(place, list(row))
            self.checks.insert(place, None)
        self._write({cell: new for cell, (_, new) in step.cells.items()})

    def _back(self, step: Step) -> None:
        self._write({cell: old for cell, (old, _) in step.cells.items()})
        for place, _ in reversed(step.added):
            del self.rows[place], self.checks[place]
        if step.columns is not None:
            self._lay(step.columns[0])
        for place, row in step.removed:
            self.rows.insert(place, list(row))
            self.checks.insert(place, None)

    def _write(self, texts: Mapping[Cell, str]) -> None:
        fresh: dict[int, list[str]] = {}
        for (row, column), text in texts.items():
            if row not in fresh:
                fresh[row] = list(self.rows[row])
            fresh[row][column] = text
        for row, line in fresh.items():
            self.rows[row] = line
            self.checks[row] = None
        self.version += 1

    def _lay(self, columns: list[Column]) -> None:
        """Other columns: rows grow or shrink at their right end, and every row is looked at anew."""
        more = [""] * (len(columns) - self.width)
        if len(columns) != self.width:
            self.block.rows = [row[: len(columns)] + more for row in self.rows]
        self.block.columns = list(columns)
        self.checks = [None] * len(self.rows)
        self.version += 1

    def _place_of(self, step: Step) -> Cell | None:
        inside = [cell for cell in step.cells if cell[0] < len(self.rows) and cell[1] < self.width]
        if inside:
            return min(inside)
        rows = [place for place, _ in (*step.added, *step.removed)]
        return (min(min(rows), max(0, len(self.rows) - 1)), 0) if rows and self.rows else (0, 0)
