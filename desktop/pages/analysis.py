"""分析: the month as pictures, a tab for each matter; copied, printed, saved as a workbook; each mark leads to its rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from db.analysis import Rows
from db.periods import Period
from desktop.actions import analysis
from desktop.actions.analysis import Shown, read_tab, write_book
from desktop.context import AppContext
from desktop.page import SUPERVISOR, Page
from desktop.pages.analysis_parts import IndicatorSection, Section, TrendSection, sections
from desktop.pages.errors import words_of
from desktop.pages.file_banner import FileBanner
from desktop.pages.files import ask_save
from desktop.pages.sources import open_source
from desktop.places import place
from desktop.printing.pictures import landscape, picture_image, print_drawings
from desktop.widgets.drawing import Drawing, paper
from desktop.widgets.facts import TabStrip
from desktop.widgets.keys import on_keys
from desktop.widgets.stack import CurrentStack

_COPIED = 1000  # px of a copied picture before it is drawn twice as fine
_WORDS = dict(analysis.TABS)


class AnalysisPage(Page):
    """`open(tab="issues")` chooses a tab, `open(indicator=3)` an indicator."""

    key = "analysis"
    word = "分析"
    icon = "trend"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._made: dict[str, Section] = {}
        self._unread: set[str] = set()
        self._shown = str(context.memory.get("analysis/tab") or "")
        if self._shown not in _WORDS:
            self._shown = analysis.first_tab(context.store, self.unit)
        words = [(key, self._word_of(key)) for key, _ in analysis.TABS]
        self.tabs = TabStrip(words, self, large=True)
        self.tabs.setAccessibleName("分析的各个页签")
        self.tabs.select(self._shown)
        self.tabs.chosen.connect(self.show_tab)
        self.header.set_lead(self.tabs)
        self.header.add("复制为图片", self.copy_picture, "Ctrl+Shift+C", show_hint=False)
        self.header.add("打印", self.print_tab, "Ctrl+P", show_hint=False)
        self.header.add("存为工作簿", self.save_book, "Ctrl+S", show_hint=False)
        on_keys(self, "Ctrl+Tab", lambda: self._step(1), "下一个页签")
        on_keys(self, "Ctrl+Shift+Tab", lambda: self._step(-1), "上一个页签")
        self.message = FileBanner()
        self.body.addWidget(self.message)
        self.stack = CurrentStack(self)
        self.body.addWidget(self.stack, 1)
        self.section(self._shown)

    # Tabs.

    @property
    def unit(self) -> str | None:
        """Whose figures are shown: a supervisor sees everybody's."""
        return None if self.context.role == SUPERVISOR else self.context.unit_code

    def _word_of(self, tab: str) -> str:
        return "走访" if tab == analysis.UNITS and self.unit is not None else _WORDS[tab]

    @property
    def tab(self) -> str:
        """The key of the tab that is shown."""
        return self._shown

    @property
    def current(self) -> Section:
        return self.section(self._shown)

    def section(self, tab: str) -> Section:
        """The section of a tab, made when it is first asked for."""
        if tab not in self._made:
            made = sections()[tab](self.context)
            made.rows_asked.connect(self.open_rows)
            made.record_asked.connect(
                lambda register, key: self.goto_asked.emit(*place(register, record=key))
            )
            if isinstance(made, IndicatorSection):
                made.trends_asked.connect(self._read_trends)
            self._made[tab] = made
            self._unread.add(tab)
            self.stack.addWidget(made)
        return self._made[tab]

    def show_tab(self, tab: str) -> None:
        """Show a tab and read it where it is not read yet."""
        focus = self.window().focusWidget()
        kept = focus is not None and self.tabs.isAncestorOf(focus)
        inside = focus is not None and self.stack.isAncestorOf(focus)
        self._shown = tab
        self.context.memory.set("analysis/tab", tab)
        self.tabs.select(tab)
        self.stack.setCurrentWidget(self.section(tab))
        self.header.set_chips(self.current.chips())
        if tab in self._unread:
            self._read(tab)
        if kept:
            self.tabs.focus_current()
        elif inside and (target := self.first_focus()) is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _step(self, by: int) -> None:
        keys = list(_WORDS)
        self.show_tab(keys[(keys.index(self._shown) + by) % len(keys)])

    # Reading.

    def refresh(self) -> None:
        self._unread = set(self._made)
        self._read(self._shown)

    def _read(self, tab: str) -> None:
        store, period, unit = self.context.store, self.context.period, self.unit
        self._unread.discard(tab)
        self.context.jobs.run(
            "analysis/read", lambda _progress, _cancelled: read_tab(store, tab, period, unit), title="读取分析",
            on_done=self._show, on_failed=self._failed, on_dropped=lambda: self._unread.add(tab), owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, shown: Shown) -> None:
        if shown.period != self.context.period:
            return
        self.section(shown.tab).show_data(shown)
        if shown.tab == self._shown:
            self.header.set_chips(self.current.chips())

    def _read_trends(self) -> None:
        store, period, unit = self.context.store, self.context.period, self.unit
        section = self.section(analysis.INDICATORS)
        assert isinstance(section, IndicatorSection)
        self.context.jobs.run(
            "analysis/trends", lambda _progress, _cancelled: read_tab(store, analysis.TRENDS, period, unit),
            title="读取走势", on_done=lambda shown: section.show_trends(shown.data["trends"]), owner=section, quiet=True,
        )  # fmt: skip

    # To the rows.

    def open_rows(self, rows: Rows) -> None:
        """What lies behind a mark: a figure's source, or a list filtered as the mark counts."""
        if rows.register:
            self.goto_asked.emit(*place(rows.register, filters=dict(rows.filters), told=rows.told))
        elif rows.key:
            open_source(self, rows.period, rows.key)

    # Taking away.

    def copy_picture(self) -> None:
        """The picture with the keyboard (else the first) on the clipboard, twice as fine, with title and note."""
        card = self.current.current
        if card is None or card.picture.drawing is None:
            return
        drawing = card.picture.drawing
        width = max(float(_COPIED), drawing.least(paper()))
        self.context.jobs.run(
            "analysis/copy", lambda _progress, _cancelled: picture_image(drawing, width), title="复制为图片",
            on_done=lambda image: self._copied(image, drawing), on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip

    def _copied(self, image: QImage, drawing: Drawing) -> None:
        QGuiApplication.clipboard().setImage(image)
        self.message.tell(f"已复制“{drawing.about.title}”，可以直接粘贴到文档或聊天窗口。", state="ok")

    def drawings(self) -> list[Drawing]:
        """The pictures of the tab that is shown."""
        return [card.picture.drawing for card in self.current.cards if card.picture.drawing is not None]

    def print_tab(self) -> None:
        """Each picture of the tab on a page of A4 landscape, by the system's own printing dialog."""
        drawings = self.drawings()
        if not drawings:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(landscape())
        printer.setDocName(f"{self.word}_{self._word_of(self._shown)}")
        if QPrintDialog(printer, self).exec():
            self.print_on(printer)

    def print_on(self, printer: Any) -> None:
        """Send the pictures to a printer that was chosen."""
        drawings, foot = self.drawings(), self._foot()
        self.context.jobs.run(
            "analysis/print", lambda _progress, _cancelled: print_drawings(printer, drawings, foot), title="打印",
            on_done=lambda count: self.message.tell(f"已送出 {count} 页。", state="ok"), on_failed=self._failed, owner=self,
            supersede=False, cancellable=False,
        )  # fmt: skip

    def _foot(self) -> str:
        mark = "（练习数据）" if self.context.practice else ""
        return f"{self.context.unit_name}　{Period(self.context.period).display()}{mark}　打印于 {self.context.today()}"

    def save_book(self) -> None:
        """Every picture of all tabs as a workbook with native charts."""
        store, period, unit = self.context.store, self.context.period, self.unit
        name = f"{self.context.unit_name}_{period}_分析.xlsx"
        out = ask_save(self, self.context.memory, "存为工作簿", name)
        if out is None:
            return
        self.context.jobs.run(
            "analysis/book", lambda _progress, _cancelled: write_book(store, period, out, unit), title="存为工作簿",
            on_done=self._written, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _written(self, out: Path) -> None:
        self.message.tell(f"已存为“{out.name}”。", "图表随单元格变，可直接在其中改。", "ok", out)

    def _failed(self, error: Exception) -> None:
        self.message.tell(*words_of(error), "alarm")

    # What the window asks.

    @property
    def replaceable(self) -> bool:
        return True

    def first_focus(self) -> QWidget | None:
        return self.current.first_focus()

    def open(self, **args: Any) -> None:
        tab = args.get("tab")
        if tab in _WORDS:
            self.show_tab(str(tab))
        if args.get("indicator"):
            self.show_tab(self._shown if self._shown == analysis.TRENDS else analysis.INDICATORS)
            section = self.current
            if isinstance(section, IndicatorSection | TrendSection):
                section.choose(int(args["indicator"]))
