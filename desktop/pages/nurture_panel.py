"""One candidate in the side panel: how far to the line, the year as bars, the next window, the papers to tick."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from db.progress import show_number
from desktop.actions.nurture import Candidate, forecast_words, headline, window_words
from desktop.style.theme import set_property, tokens
from desktop.widgets.bar_chart import BarChart
from desktop.widgets.button import Button
from desktop.widgets.labels import hairline, label


class CandidatePanel(QWidget):
    """`tick(name, there)` is called when a paper is ticked; the panel counts for itself what is still missing."""

    def __init__(
        self,
        found: Candidate,
        tick: Callable[[str, bool], object],
        set_windows: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._tick = tick
        self._boxes: dict[str, QCheckBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.head = label(headline(found), "heading", wrap=True)
        if found.outlook.reached:
            set_property(self.head, "state", "ok")
        column.addWidget(self.head)
        if found.outlook.threshold is not None:
            column.addWidget(self._chart(found))
            column.addWidget(label(forecast_words(found.outlook), "muted", wrap=True))
        end = found.record.get("valid_to")
        if found.route is None and end is not None:
            given = found.record.get("certified_on")
            column.addWidget(label(f"{f'{given} 认定，' if given else ''}有效期至 {end}。", wrap=True))
        words = window_words(found)
        if words:
            column.addWidget(label("申报方式与窗口", "fact"))
            for text in words:
                line = label(text, "muted" if text.startswith("示例") else "", wrap=True)
                column.addWidget(line)
            if found.example:
                button = Button("设置本区窗口", set_windows, self, role="link")
                column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        if found.papers:
            column.addLayout(self._papers(found))
        column.addWidget(hairline())

    def _chart(self, found: Candidate) -> QWidget:
        view = found.outlook
        chart = BarChart("本年累计营业收入")
        chart.setMinimumHeight(tokens().metrics.px(170))
        values = [
            known if known is not None else expected
            for known, expected in zip(view.known, view.expected, strict=True)
        ]
        last = max((n for n, known in enumerate(view.known) if known is not None), default=-1)

        def write(value: Decimal | float | int) -> str:
            return f"{value:,.2f} 万元"

        assert view.threshold is not None
        chart.set(
            [f"{n} 月" for n in range(1, 13)], values,
            limit=(view.threshold, f"升规线 {show_number(view.threshold, 0)} 万元"), expected_from=last + 1, write=write,
        )  # fmt: skip
        return chart

    def _papers(self, found: Candidate) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        head = QHBoxLayout()
        head.addWidget(label("申报材料", "fact"))
        head.addStretch(1)
        self.count = label("", "fact")
        head.addWidget(self.count)
        column.addLayout(head)
        for name, there in found.papers:
            box = QCheckBox(name)
            box.setChecked(there)
            box.setAccessibleName(f"申报材料：{name}")
            box.setToolTip(name)
            box.toggled.connect(lambda on, name=name: self._ticked(name, on))
            self._boxes[name] = box
            column.addWidget(box)
        self._count()
        return column

    def _ticked(self, name: str, on: bool) -> None:
        self._count()
        self._tick(name, on)

    def _count(self) -> None:
        lacking = sum(not box.isChecked() for box in self._boxes.values())
        self.count.setText(f"还缺 {lacking} 项" if lacking else f"{len(self._boxes)} 项已齐")
        set_property(self.count, "state", "watch" if lacking else "ok")
