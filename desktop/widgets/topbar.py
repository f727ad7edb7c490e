"""The bar across the top: whose register, which month, search, last backup, who works here."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from desktop.jobs import Jobs
from desktop.style.icons import paint_icon
from desktop.style.paint import rounded
from desktop.style.theme import tokens
from desktop.widgets.labels import ElidedLabel, label
from desktop.widgets.month import MonthPicker
from desktop.widgets.search_box import SearchBox


class Brand(QWidget):
    """The mark of the program: a ledger with a tick, and its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens().metrics.px(46), 0, 0, 0)
        row.addWidget(label("千企台账", "brand"))
        row.addStretch(1)
        self.setFixedWidth(tokens().metrics.nav_width)

    def sizeHint(self) -> QSize:
        return QSize(tokens().metrics.nav_width, tokens().metrics.top_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens()
        painter = QPainter(self)
        side = look.metrics.px(22)
        box = QRectF(look.metrics.px(16), (self.height() - side) / 2, side, side)
        rounded(painter, box, 5, look.palette.action)
        paint_icon(painter, box.adjusted(3, 3, -3, -3), "bars", look.palette.on_action, 2.4)
        painter.end()


class TopBar(QFrame):
    """Parts are public (`month`, `search`); texts come by `set_texts`. Nothing here takes the first focus."""

    def __init__(
        self, parent: QWidget | None = None, period: str = "2024-01", jobs: Jobs | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "topbar")
        self.setFixedHeight(tokens().metrics.top_height)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 16, 0)
        row.setSpacing(16)
        self._narrow = False
        self.brand = Brand()
        row.addWidget(self.brand)
        self.unit_box = QFrame()
        self.unit_box.setProperty("role", "box")
        self.unit_box.setFixedHeight(tokens().metrics.px(32))
        inside = QHBoxLayout(self.unit_box)
        inside.setContentsMargins(10, 0, 10, 0)
        self.unit = ElidedLabel("", "strong")
        inside.addWidget(self.unit)
        row.addWidget(self.unit_box)
        self.month = MonthPicker(period)
        row.addWidget(self.month)
        self.search = SearchBox(self, jobs)
        self.search.setMinimumWidth(tokens().metrics.px(160))
        self.search.setMaximumWidth(tokens().metrics.px(382))
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(self.search, 1)
        row.addStretch(0)
        self.backup = ElidedLabel("", "muted")
        self.backup.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.backup)
        self.person = label("", "muted")
        row.addWidget(self.person)

    def set_texts(self, unit: str, backup: str, person: str) -> None:
        """Unit, last backup, person, as the context has them."""
        self.unit.setText(unit)
        self.unit_box.setVisible(bool(unit))  # before the first steps there is none
        self.unit.setAccessibleName(f"单位：{unit}")
        self.backup.setText(backup)
        self.person.setText(person)
        self.person.setAccessibleName(f"经办人：{person}")

    def set_narrow(self, narrow: bool) -> None:
        """As wide at the left as the navigation below."""
        self._narrow = narrow
        m = tokens().metrics
        self.brand.setFixedWidth(m.nav_narrow if narrow else m.nav_width)

    def restyle(self) -> None:
        """After another text size."""
        m = tokens().metrics
        self.setFixedHeight(m.top_height)
        self.set_narrow(self._narrow)
        self.unit_box.setFixedHeight(m.px(32))
        self.search.setMaximumWidth(m.px(382))
        self.month.updateGeometry()
