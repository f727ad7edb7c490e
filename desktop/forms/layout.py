"""Where the fields of a form stand: sections, two columns, wide ones across. Which are shown is asked, not decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from db.fields import Field, Kind
from desktop.forms.field_box import FieldBox
from desktop.style.theme import tokens
from desktop.widgets.labels import label

_TWO_COLUMNS = 470  # pixels under which fields stand below each other


@dataclass(frozen=True)
class Section:
    """A heading and its fields, in the order of declaration."""

    title: str
    fields: tuple[Field, ...]


def sections(fields: Sequence[Field]) -> list[Section]:
    """Fields by the heading that the first of each group declares."""
    found: list[tuple[str, list[Field]]] = []
    for field in fields:
        if field.group or not found:
            found.append((field.group, []))
        found[-1][1].append(field)
    return [Section(title, tuple(members)) for title, members in found]


def is_wide(field: Field) -> bool:
    """Whether a field takes the whole width: where it says so, and where many chips need the room."""
    many = field.kind is Kind.CHOICES and (len(field.choices) > 5 or bool(field.source))
    return field.wide or many or field.kind is Kind.CHECKLIST


class FormGrid(QWidget):
    """Places boxes; `arrange(shown)` again when other fields are to be seen."""

    def __init__(
        self,
        fields: Sequence[Field],
        boxes: dict[str, FieldBox],
        parent: QWidget | None = None,
        *,
        headed: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "scroll")
        self._sections = sections(fields) if headed else [Section("", tuple(fields))]
        self._boxes = boxes
        self._headings = {
            each.title: label(each.title, "heading", self) for each in self._sections if each.title
        }
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(20, 14, 20, 14)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._places: dict[str, tuple[int, int, int]] = {}
        self._narrow = False  # room for one column only
        self._shown: Callable[[Field], bool] | None = None
        for box in boxes.values():
            box.setParent(self)
            box.hide()

    def arrange(self, shown: Callable[[Field], bool]) -> None:
        """Put the fields that `shown` answers for in their places and hide the others."""
        self._shown = shown
        places: dict[str, tuple[int, int, int]] = {}
        row, column = 0, 0
        for place, section in enumerate(self._sections):
            members = [field for field in section.fields if field.name in self._boxes and shown(field)]
            heading = self._headings.get(section.title)
            # The first section needs no heading: the page's title stands above it.
            headed = heading is not None and bool(members) and place > 0
            if heading is not None:
                heading.setVisible(headed)
            if not members:
                continue
            if column:
                row, column = row + 1, 0
            if heading is not None and headed:
                self._grid.setRowMinimumHeight(row, tokens().metrics.px(30))
                self._grid.addWidget(heading, row, 0, 1, 2)
                row += 1
            for field in members:
                wide = self._narrow or is_wide(field)
                if wide and column:
                    row, column = row + 1, 0
                places[field.name] = (row, column, 2 if wide else 1)
                row, column = (row, 1) if not wide and not column else (row + 1, 0)
        if places != self._places:
            for name, box in self._boxes.items():
                if self._places.get(name) != places.get(name):
                    self._grid.removeWidget(box)
                    if name in places:
                        row_, column_, span = places[name]
                        self._grid.addWidget(box, row_, column_, 1, span, Qt.AlignmentFlag.AlignTop)
                box.setVisible(name in places)
            for spare in range(self._grid.rowCount()):
                self._grid.setRowStretch(spare, 0)
            self._grid.setRowStretch(row + 2, 1)
            self._places = places

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # A scroll bar that comes and goes must not turn the columns back and forth.
        least = tokens().metrics.px(_TWO_COLUMNS)
        narrow = self.width() < (least + 40 if self._narrow else least)
        if narrow != self._narrow:
            self._narrow = narrow
            if self._shown is not None:
                self.arrange(self._shown)

    def order(self) -> list[str]:
        """Names of the shown fields in reading order."""
        return sorted(self._places, key=lambda name: self._places[name][:2])
