"""What must be known with an indicator's figure: its 口径, who stands behind it, what happened to it, what was published."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.figure_words import indicator_scope
from db.publishing import Moment
from db.rollup import IndicatorLine
from desktop.widgets.button import Button
from desktop.widgets.labels import hairline, label

UNPUBLISHED = "本月还没有公布过。"


class Told(QWidget):
    """Words beside the figure of one indicator. `rows_asked`: the records of the register that answers it."""

    rows_asked = Signal()

    def __init__(self, line: IndicatorLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.no = line.no
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label(f"口径：{indicator_scope(line)}。", wrap=True))
        covered = f"覆盖 {line.coverage} · " if line.coverage else ""
        column.addWidget(label(f"{covered}来源：{line.source}", "muted", wrap=True))
        if line.from_register:
            self.rows = Button("在列表中看全部明细", self.rows_asked.emit, self, role="link")
            self.rows.setAccessibleName(f"{line.name}，在列表中看全部明细")
            column.addWidget(self.rows, 0, Qt.AlignmentFlag.AlignLeft)
        for each in line.notes:
            column.addWidget(label(f"· {each}", wrap=True))
        if line.note:
            column.addWidget(label(f"计划说明：{line.note}", "muted", wrap=True))
        self._history = QVBoxLayout()
        self._history.setSpacing(4)
        column.addLayout(self._history)

    def show_moments(self, moments: Sequence[Moment], unit: str) -> None:
        """The figure in each publication of the month, what changed it and why, and what it is now."""
        self._history.addWidget(hairline())
        self._history.addWidget(label("公布与重述", "strong"))
        if not moments:
            self._history.addWidget(label(UNPUBLISHED, "muted"))
        for words in moment_words(moments, unit):
            self._history.addWidget(label(words, wrap=True))


def moment_words(moments: Sequence[Moment], unit: str) -> list[str]:
    """“2024-06-05 关账（第 3 号）：51.20 亿元”, “现在 52.00 亿元，与公布时不同”."""
    found = []
    for each in moments:
        value = f"{each.value} {unit}" if each.value is not None else "没有数"
        if each.now:
            changed = (
                f"，公布时为 {each.change.before or '—'}" if each.change is not None else "，与公布的相同"
            )
            found.append(f"现在：{value}{changed}。")
            continue
        day = f"{each.at.astimezone():%Y-%m-%d}"
        moved = (
            f"，由 {each.change.before or '—'} 改为 {each.change.after or '—'}"
            if each.change is not None
            else ""
        )
        why = f"，理由：{each.reason}" if each.reason else ""
        found.append(f"{day} {each.event}（第 {each.number} 号，{each.by}）：{value}{moved}{why}。")
    return found
