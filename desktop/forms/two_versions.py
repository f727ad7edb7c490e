"""What a form does when another window saved the same record meanwhile. The panel that asks is in conflict.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject

from db.errors import StaleRecord
from desktop.actions import versions
from desktop.actions.records import FormState
from desktop.forms.conflict import ConflictPanel
from desktop.forms.frame import FormFrame


class TwoVersions(QObject):
    """Belongs to one form; `panel` is made when it is first needed."""

    def __init__(self, view: FormFrame) -> None:
        super().__init__(view)
        self.view = view
        self.panel: ConflictPanel | None = None
        self._state: FormState | None = None
        self._theirs: dict[str, Any] = {}

    def show(self, state: FormState, error: StaleRecord) -> None:
        """Both versions, side by side. What is typed stays a draft until a choice is stored."""
        view = self.view
        view.keep_draft()
        self._state, self._theirs = state, dict(error.theirs)
        if self._theirs.get("deleted_at") is not None:
            view.say(
                "这条记录刚被另一个窗口删除，填的内容已留作草稿。",
                "要保留它，请先在列表里撤销删除，再回来保存。",
                "alarm",
            )
            return
        if self.panel is None:
            self.panel = ConflictPanel(view)
            view.place(self.panel)
            self.panel.discarded.connect(lambda: view.form.focus(view.form.current))
            self.panel.decided.connect(self._decided)
        found = versions.differences(state, self._theirs, view.context.directory)
        self.panel.ask(found, error.message, "两边填的都还在：逐栏选用，没有选用的会记入修改记录。")

    def _decided(self, chosen: Mapping[str, str]) -> None:
        view = self.view
        assert self.panel is not None and self._state is not None
        found = versions.differences(self._state, self._theirs, view.context.directory)
        made = versions.merged(self._state, self._theirs, chosen)
        self.panel.close_up()
        here = view.form.current
        if view.save(made, versions.not_taken(found, chosen)):
            view.show_stored(here)
