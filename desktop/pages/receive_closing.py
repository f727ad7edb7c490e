"""关账 on 收表: a strip that asks, and for a closed month says what was restated and opens it again with a reason."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from db.periods import Period
from desktop.actions.receiving import MonthState
from desktop.style.theme import set_property
from desktop.widgets.button import Button
from desktop.widgets.labels import label

_SHOWN = 3  # restatements; the summary workbook has them all


class ClosingStrip(QFrame):
    """Hidden until `toggle`. `close_asked`: 关账; `reopen_asked`: 重开, with the reason."""

    close_asked = Signal()
    reopen_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.setProperty("state", "watch")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.closed = False
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 7, 12, 7)
        column.setSpacing(6)
        self.text = label("", wrap=True)
        column.addWidget(self.text)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.reason = QLineEdit()
        self.reason.setMaxLength(200)
        self.reason.setPlaceholderText("重开的理由，会记在这个月的重述记录里")
        self.reason.setAccessibleName("重开的理由")
        self.reason.returnPressed.connect(self._go)
        self.reason.textEdited.connect(lambda _text: set_property(self.reason, "state", ""))
        self.cancel = Button("取消", self.put_away, self, role="small")
        self.go = Button("关账", self._go, self, role="small")
        row.addWidget(self.reason, 1)
        row.addStretch(0)
        row.addWidget(self.cancel)
        row.addWidget(self.go)
        column.addLayout(row)
        self.hide()

    def show_month(self, period: str, month: MonthState) -> None:
        """What the strip says of this month, whether it is shown or not."""
        self.closed = month.closing is not None
        name = Period(period).display()
        if month.closing is not None:
            lines = [f"{name}已关账（{month.closing.words}）。此后接收、撤销都须写明重述理由。"]
        else:
            lines = [f"关账后，{name}的汇总数就此记下；再来的更正只能写明理由作为重述接收。"]
        lines += [f"· {each.words}" for each in month.restatements[-_SHOWN:]]
        self.text.setText("\n".join(lines))
        self.reason.setVisible(self.closed)
        self.go.setText("重开" if self.closed else "关账")

    def toggle(self) -> None:
        if self.isVisible():
            self.put_away()
            return
        self.show()
        (self.reason if self.closed else self.cancel).setFocus(Qt.FocusReason.OtherFocusReason)

    def put_away(self) -> None:
        self.reason.clear()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        if not self.closed:
            self.close_asked.emit()
        elif text := self.reason.text().strip():
            self.reopen_asked.emit(text)
        else:
            set_property(self.reason, "state", "error")
            self.reason.setFocus()
            return
        self.put_away()
