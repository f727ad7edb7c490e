"""打印预览: the pages of a paper inside the window, with 打印… and 存为 PDF…; Esc goes back to where one was.

Pages get here by `desktop.printing.ask`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from db.attachments import file_name
from desktop.context import AppContext
from desktop.pages.errors import words_of
from desktop.pages.files import ask_save, open_file
from desktop.printing.draw import Paper, page_layout, print_pages, write_pdf
from desktop.printing.pages_view import PagesView
from desktop.style.theme import tokens
from desktop.widgets.banner import Banner
from desktop.widgets.header import PageHeader

PDF = "PDF 文件 (*.pdf)"


def show(widget: QWidget, context: AppContext, pages: Paper) -> PrintPreview:
    """Show laid-out pages over the page of `widget`."""
    window = widget.window()
    preview = PrintPreview(context, pages)
    stack = getattr(window, "stack", None)
    if isinstance(stack, QStackedWidget):
        preview.enter(stack)
    else:  # no main window around (a form by itself)
        preview.setWindowFlag(Qt.WindowType.Window)
        preview.resize(1000, 720)
        preview.show()
        preview.view.setFocus(Qt.FocusReason.OtherFocusReason)
    return preview


class PrintPreview(QWidget):
    """Pages, zoom, and what to do with them."""

    def __init__(self, context: AppContext, pages: Paper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.pages = context, pages
        self._stack: QStackedWidget | None = None
        self._behind: QWidget | None = None
        self._focus: QWidget | None = None
        self._written: Path | None = None
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        margin = tokens().metrics.page_margin
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, 20, margin, 20)
        column.setSpacing(12)
        self.header = PageHeader(pages.document.title, self)
        self.header.add("返回", self.back, "Esc", role="link", show_hint=False)
        self.smaller = self.header.add("缩小", lambda: self.view.step(-1), "Ctrl+-", show_hint=False)
        self.fit = self.header.add("适合宽度", self._fit, "Ctrl+0", show_hint=False)
        self.larger = self.header.add("放大", lambda: self.view.step(1), "Ctrl+=", show_hint=False)
        self.pdf = self.header.add("存为 PDF…", self.save, "Ctrl+S")
        self.printing = self.header.add("打印…", self.print, "Ctrl+P", primary=True)
        column.addWidget(self.header)
        self.banner = Banner("", parent=self)
        self._open = self.banner.add("打开", self._show_written)
        self._open.hide()
        self.banner.hide()
        column.addWidget(self.banner)
        self.view = PagesView(context.jobs, self)
        self.view.moved.connect(lambda _page: self._where())
        column.addWidget(self.view, 1)
        for note in pages.document.notes:
            self._say(note, "", "watch")
        self.view.set_pages(pages)
        self.view.set_zoom(int(context.memory.get("print/zoom", 0) or 0))
        self._where()

    # Coming and going.

    def enter(self, stack: QStackedWidget) -> None:
        """Take the place of the page that is shown."""
        self._stack, self._behind = stack, stack.currentWidget()
        self._focus = stack.window().focusWidget()
        if isinstance(self._behind, PrintPreview):  # asked again over another preview
            earlier = self._behind
            self._behind, self._focus = earlier._behind, earlier._focus
            earlier._drop()
        stack.addWidget(self)
        stack.setCurrentWidget(self)
        stack.currentChanged.connect(self._left)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def back(self) -> None:
        """Back to the page and the field one came from."""
        if self._stack is None:
            self.close()
            return
        behind, focus = self._behind, self._focus
        if behind is not None and shiboken6.isValid(behind):
            self._stack.setCurrentWidget(behind)  # and `_left` does the rest
            if focus is not None and shiboken6.isValid(focus) and focus.isVisible():
                focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def _left(self, _place: int) -> None:
        """Another page is shown, by Esc or by the navigation: this one is of no more use."""
        if self._stack is not None and self._stack.currentWidget() is not self:
            self._drop()

    def _drop(self) -> None:
        self.context.memory.set("print/zoom", self.view.zoom)
        if self._stack is not None:
            self._stack.currentChanged.disconnect(self._left)
            self._stack.removeWidget(self)
            self._stack = None
        self.hide()
        self.deleteLater()

    # Doing.

    def save(self) -> None:
        """存为 PDF…"""
        name = f"{file_name(self.pages.document.name or self.pages.document.title)}.pdf"
        out = ask_save(self, self.context.memory, "存为 PDF", name, PDF)
        if out is not None:
            self.save_to(out if out.suffix.lower() == ".pdf" else out.with_name(f"{out.name}.pdf"))

    def save_to(self, out: Path) -> None:
        """Write the PDF aside and say what became of it."""
        pages = self.pages

        def done(path: Path | None) -> None:
            if path is not None:
                self._written = path
                self._say(f"已存为“{path.name}”，共 {pages.count} 页。", "", "ok", path)

        self._run("存为 PDF", lambda progress, cancelled: write_pdf(pages, out, progress, cancelled), done)

    def print(self) -> None:
        """打印…: the system's own dialog, then the pages go to the printer aside."""
        printer = ask_printer(self, self.pages)
        if isinstance(printer, str):
            self._say("没有找到打印机。", printer, "watch")
        elif printer is not None:
            pages = self.pages
            self._run(
                "打印", lambda progress, cancelled: print_pages(pages, printer, progress, cancelled),
                lambda count: self._say(f"已送出 {count} 页。" if count else "已停止打印。", "", "ok"),
            )  # fmt: skip

    def _run(self, title: str, work: Callable[[Any, Any], Any], done: Callable[[Any], None]) -> None:
        self.context.jobs.run(
            "print/write", work, title=title, on_done=done, owner=self, supersede=False,
            on_failed=lambda error: self._say(*words_of(error), "alarm"),
            on_dropped=lambda: self._say("已停止，没有写出文件。", "", "neutral"),
        )  # fmt: skip

    # Saying.

    def _say(self, text: str, hint: str, state: str, path: Path | None = None) -> None:
        self.banner.say(text, hint, state)
        self._open.setVisible(path is not None)
        self.banner.show()

    def _show_written(self) -> None:
        if self._written is not None and not open_file(self._written):
            self._say(f"已存在“{self._written}”。", "没有能打开 PDF 的程序，可拷到别的电脑上看。", "watch")

    def _fit(self) -> None:
        self.view.set_zoom(0)
        self._where()

    def _where(self) -> None:
        count = self.pages.count
        self.header.set_chip(
            f"第 {self.view.page + 1} 页 共 {count} 页" if count > 1 else "共 1 页", "neutral"
        )


def ask_printer(parent: QWidget, pages: Paper) -> Any:
    """A QPrinter as the person chose it, None where they thought better of it; a hint in words where there is none."""
    # Here: the module pulls in the printing system, which few people need when the program starts.
    from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter, QPrinterInfo

    if not QPrinterInfo.availablePrinterNames():
        return "请先在系统里装好打印机；或按“存为 PDF…”，拿到能打印的电脑上打印。"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageLayout(page_layout(pages))
    printer.setDocName(pages.document.name or pages.document.title)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle("打印")
    dialog.setMinMax(1, pages.count)
    dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintPageRange, pages.count > 1)
    return printer if dialog.exec() == QPrintDialog.DialogCode.Accepted else None
