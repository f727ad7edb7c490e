"""The next states of an issue or a candidate as buttons. Which moves there are is said in the workflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db import workflow
from desktop.actions.records import missing_fields, moved
from desktop.context import AppContext
from desktop.widgets.button import Button
from desktop.widgets.labels import label

_PER_LINE = 3


def move_buttons(
    register: str,
    record: Mapping[str, Any],
    context: AppContext,
    go: Callable[[UUID, dict[str, Any], str], object],
) -> QWidget | None:
    """A line of buttons; `go(record id, values of the move, field to begin with)`. None where nothing is next."""
    machine = workflow.MACHINES[register]
    now = str(record.get(machine.field) or machine.start)
    nexts = workflow.allowed(register, now, context.role)
    if not nexts:
        return None
    box = QWidget()
    box.setProperty("role", "plain")
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    column.addWidget(label("下一步", "fact"))
    row = QHBoxLayout()
    for place, state in enumerate(nexts):
        if place % _PER_LINE == 0:
            row = QHBoxLayout()
            row.setSpacing(8)
            column.addLayout(row)

        def move(state: str = state) -> None:
            values = moved(register, record, state, context.actor, context.today())
            missing = missing_fields(register, {**record, **values})
            go(record["id"], values, missing[0] if missing else machine.field)

        button = Button(state, move, box, role="small")
        button.setAccessibleName(f"改为{state}")
        row.addWidget(button)
    row.addStretch(1)
    return box
