"""The files beside the return itself: 草稿, an empty 模板, another copy of what was handed in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from db.store import Store
from desktop.actions import returns as actions
from desktop.context import AppContext
from desktop.pages import dispatch_model as model
from desktop.pages.dispatch_model import Sent, Standing
from desktop.pages.files import ask_save, show_in_folder


class ReturnFiles(QObject):
    """Asks where to, writes aside, and says what became of it: `said(text, hint, state, path)`, `failed(error)`."""

    said = Signal(str, str, str, object)
    failed = Signal(object)

    def __init__(self, context: AppContext, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._page = context, page

    def draft(self, standing: Standing | None) -> None:
        """The month as it stands, marked 草稿; nothing is locked."""
        self._export(standing, "草稿", "导出草稿", actions.export_draft)

    def template(self, standing: Standing | None) -> None:
        """The same workbook, empty, for an office without the program."""
        unit = self._context.unit_code

        def write(store: Store, period: str, out: Path) -> object:
            return actions.make_template(store, unit, period, out)

        self._export(standing, "模板", "导出空白模板", write)

    def copy(self, standing: Standing | None) -> None:
        """Another copy of the newest return."""
        sent = _newest(standing)
        if sent is None or sent.copy is None:
            return
        source = sent.copy
        out = self._ask("再存一份回报", sent.file_name or source.name)
        if out is not None:
            self._write(out, "复制文件", lambda: shutil.copyfile(source, out))

    def browse(self, standing: Standing | None) -> Path | None:
        """Where the return shall go."""
        if standing is None:
            return None
        return self._ask("回报文件", model.file_name(self._context.unit_name, standing))

    def show_copy(self, standing: Standing | None) -> None:
        """Open the folder with the copies of what was handed in."""
        sent = _newest(standing)
        if sent is not None and sent.copy is not None:
            show_in_folder(sent.copy)

    def _export(
        self, standing: Standing | None, word: str, title: str, write: Callable[[Store, str, Path], object]
    ) -> None:
        if standing is None:
            return
        out = self._ask(title, model.file_name(self._context.unit_name, standing, word))
        if out is not None:
            store, period = self._context.store, self._context.period
            self._write(out, title, lambda: write(store, period, out))

    def _ask(self, title: str, name: str) -> Path | None:
        return ask_save(self._page, self._context.memory, title, name)

    def _write(self, out: Path, title: str, work: Callable[[], Any]) -> None:
        self._context.jobs.run(
            "dispatch/write", lambda _progress, _cancelled: work(), title=title,
            on_done=lambda _done: self.said.emit(f"已写到“{out.name}”。", "", "ok", out),
            on_failed=self.failed.emit, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip


def _newest(standing: Standing | None) -> Sent | None:
    return standing.history[0] if standing is not None and standing.history else None
