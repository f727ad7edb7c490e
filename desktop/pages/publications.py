"""公布记录: every publication with its differences and figures; restating, the notice, print, and feedback to the units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from db.periods import Period
from db.publishing import Published
from desktop.actions import publishing as actions
from desktop.actions.feedback import Written, write_feedback
from desktop.page import Page
from desktop.pages import publications_model as model
from desktop.pages.errors import words_of
from desktop.pages.file_banner import FileBanner
from desktop.pages.files import ask_folder
from desktop.pages.sources import open_source
from desktop.printing import ask
from desktop.style.theme import tokens
from desktop.tables.model import ListSource
from desktop.tables.table import Table
from desktop.widgets.banner import Banner
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.facts import TabStrip
from desktop.widgets.labels import label
from desktop.widgets.reason import ReasonLine
from desktop.widgets.stack import CurrentStack

_CHANGES, _FIGURES = "changes", "figures"


class PublicationsPage(Page):
    """The list above, the chosen publication below. Enter on a figure goes to its rows."""

    key = "publications"
    word = "公布记录"
    icon = "document"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.seen: actions.Overview | None = None
        self.chosen: Published | None = None
        self._wanted = ""
        self.feedback_button = self.header.add(
            "写出反馈…", self.ask_feedback, tip="给每个单位一份：所报的接收了哪些、改了哪些、为什么"
        )
        self.print_button = self.header.add("打印…", self.print, "Ctrl+P", show_hint=False)
        self.notice_button = self.header.add(
            "复制通知", self.copy_notice, "Ctrl+Shift+C", primary=True, show_hint=False,
            tip="公布通知或重述通知，可直接粘贴",
        )  # fmt: skip
        self._build()

    def _build(self) -> None:
        self.message = FileBanner()
        self.body.addWidget(self.message)
        self.moved = Banner()
        self.restate_button = self.moved.add("重述…", self.ask_reason)
        self.moved.hide()
        self.body.addWidget(self.moved)
        self.reason = ReasonLine(
            "重述的理由", "会随新的一版公布，如“补登记两件问题”", "公布新的一版", self.restate, self
        )
        self.reason.hide()
        self.body.addWidget(self.reason)
        above = Card(flush=True)
        self.list = Table(
            ListSource(model.LIST), memory=self.context.memory, name="publications", fold=True,
            empty=EmptyState(
                "还没有公布过", "在“收表”里关账一个月，它的全部数字就作为第 1 版公布，记在这里。", "去收表",
                lambda: self.goto_asked.emit("receive", {}),
            ),
        )  # fmt: skip
        self.list.setAccessibleName("公布记录")
        self.list.chosen.connect(self._choose)
        self.list.opened.connect(lambda _key: self._focus_shown())
        above.add(self.list, 1)
        self.body.addWidget(above, 4)
        self.card = Card("公布的数", flush=True)
        self.tabs = TabStrip([(_CHANGES, "差异"), (_FIGURES, "公布的数")])
        self.tabs.setAccessibleName("看差异还是公布的数")
        self.tabs.chosen.connect(self._show_part)
        self.search_line = QLineEdit()
        self.search_line.setPlaceholderText("找一个数，如“走访”")
        self.search_line.setAccessibleName("在公布的数里找")
        self.search_line.setFixedWidth(tokens().metrics.px(230))
        self.search_line.textChanged.connect(lambda _text: self._fill_figures())
        self.card.head.addWidget(self.search_line)
        self.card.head.addWidget(self.tabs)
        self.about = label("", "help", wrap=True)
        self.about.setContentsMargins(16, 0, 16, 6)
        self.card.add(self.about)
        self.stack = CurrentStack(self)
        self.changes = self._table(
            model.DIFFERENCES, "差异", "没有差异", "第 1 版之后的版本，在这里列出改了哪些数。"
        )
        self.figures = self._table(model.FIGURES, "公布的数", "没有这样的数", "换一个词再找。")
        self.stack.addWidget(self.changes)
        self.stack.addWidget(self.figures)
        self.card.add(self.stack, 1)
        self.body.addWidget(self.card, 5)
        self._arrange()

    def _table(self, columns: Any, name: str, empty: str, told: str) -> Table:
        made = Table(ListSource(columns), fold=True, empty=EmptyState(empty, told))
        made.setAccessibleName(name)
        made.setToolTip("按 Enter 看这个数的明细")
        made.opened.connect(self._to_rows)
        return made

    # Reading.

    def refresh(self) -> None:
        store, period = self.context.store, self.context.period
        self.context.jobs.run(
            "publications/read", lambda _progress, _cancelled: actions.overview(store, period), title="读取公布记录",
            on_done=self._show, on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, seen: actions.Overview) -> None:
        if seen.period != self.context.period:
            return
        self.seen = seen
        name = Period(seen.period).display()
        self.header.set_chips([(f"{name}{'已关账' if seen.closed else '未关账'}", "neutral")])
        count = len(actions.headline(seen.moved))
        if seen.moved:
            self.moved.say(f"{name}公布以后，有 {count} 个数变了，还没有重述。", self._few(seen), "watch")
        self.moved.setVisible(bool(seen.moved))
        if not seen.moved:
            self.reason.hide()
        self.list.set_source(ListSource(model.LIST, [model.list_row(each) for each in seen.publications]))
        if seen.publications and (self._wanted or not self.list.current_id()):
            self.list.choose(self._wanted or self._of_month(seen))
            self._wanted = ""
        elif not seen.publications:
            self.chosen = None
        self._arrange()

    def _few(self, seen: actions.Overview) -> str:
        return "；".join(each.words for each in actions.headline(seen.moved)[:3])

    def _of_month(self, seen: actions.Overview) -> str:
        """The newest of the month that is worked on, else the newest of all."""
        mine = [each for each in seen.publications if each.key == seen.period]
        return str((mine or seen.publications)[0].number)

    def _choose(self, key: str) -> None:
        if not key:
            self.chosen = None
            self._arrange()
            return
        store, number = self.context.store, int(key)
        self.context.jobs.run(
            "publications/one", lambda _progress, _cancelled: actions.publication(store, number), title="读取公布的数",
            on_done=self._show_one, on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip

    def _show_one(self, found: Published) -> None:
        if self.list.current_id() != str(found.number):
            return
        fresh = self.chosen is None or self.chosen.number != found.number
        self.chosen = found
        self.changes.set_source(
            ListSource(model.DIFFERENCES, [model.difference_row(each) for each in found.changes])
        )
        self._fill_figures()
        self.tabs.set_tabs(
            [(_CHANGES, f"差异 {len(found.changes)}"), (_FIGURES, f"公布的数 {len(found.content)}")]
        )
        if fresh:
            part = _CHANGES if found.version > 1 else _FIGURES
            self.tabs.select(part)
            self._show_part(part)
        self._arrange()

    def _fill_figures(self) -> None:
        if self.chosen is not None:
            rows = list(model.figure_rows(self.chosen, self.search_line.text().strip()))
            self.figures.set_source(ListSource(model.FIGURES, rows))
            if self.search_line.text().strip() and self.tabs.current != _FIGURES:
                self.tabs.select(_FIGURES)
                self._show_part(_FIGURES)

    def _show_part(self, part: str) -> None:
        self.stack.setCurrentWidget(self.figures if part == _FIGURES else self.changes)

    def _arrange(self) -> None:
        found = self.chosen
        for button in (self.print_button, self.notice_button):
            button.setEnabled(found is not None)
        self.card.setVisible(found is not None)
        if found is None:
            return
        self.card.set_title(f"{found.title}　第 {found.version} 版")
        self.notice_button.setText("复制重述通知" if found.version > 1 else "复制公布通知")
        why = f"{found.event}{found.who}，理由：{found.reason}。" if found.version > 1 else ""
        partial = "旧版程序公布，只有部分数。" if found.partial else ""
        self.about.setText(f"{why}{partial}按 Enter 看一个数的明细。")

    # Doing.

    def _to_rows(self, key: str) -> None:
        """From a figure to its rows: those there are now."""
        if self.chosen is not None and self.chosen.kind == "monthly" and key:
            open_source(self, self.chosen.key, key)

    def copy_notice(self) -> None:
        """重述通知 on the clipboard."""
        if self.chosen is not None:
            QGuiApplication.clipboard().setText(actions.notice(self.chosen, self.context.unit_name))
            self._say("通知已复制，可以直接粘贴到聊天窗口或文件里。", "", "ok")

    def print(self) -> None:
        """The chosen publication on paper."""
        if self.chosen is not None:
            store, number = self.context.store, self.chosen.number
            ask(self, self.context, lambda _progress, _cancelled: actions.publication_paper(store, number))

    def ask_reason(self) -> None:
        """Restating needs its reason first."""
        self.reason.show()
        self.reason.start()

    def restate(self, reason: str) -> None:
        """Publish the month's figures as they are now."""
        store, period = self.context.store, self.context.period

        def done(made: Published) -> None:
            self.reason.hide()
            self.reason.field.clear()
            self._wanted = str(made.number)
            self._say(
                f"已公布第 {made.number} 号：{made.title}第 {made.version} 版。",
                "可以复制重述通知发给各单位。",
                "ok",
            )
            self.context.changed()
            self.refresh()
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

        self.context.jobs.run(
            "publications/restate", lambda _progress, _cancelled: actions.restate(store, period, reason), title="重述",
            on_done=done, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def ask_feedback(self) -> None:
        """写出反馈: a folder, then one file for every unit."""
        folder = ask_folder(self, self.context.memory, "反馈放在哪个文件夹")
        if folder is not None:
            self.write_feedback(folder)

    def write_feedback(self, folder: Path) -> None:
        """The feedback of the month to all units."""
        store, period = self.context.store, self.context.period

        def done(made: Written) -> None:
            self._say(
                made.words,
                "发给各单位即可；只供阅读，不用报回。",
                "ok" if made.complete else "watch",
                made.folder,
            )

        self.context.jobs.run(
            "publications/feedback",
            lambda progress, cancelled: write_feedback(store, period, folder, progress=progress, cancelled=cancelled),
            title="写出反馈", on_done=done, on_failed=self._failed, owner=self, supersede=False,
        )  # fmt: skip

    # Telling.

    def _say(self, text: str, hint: str = "", state: str = "info", folder: Path | None = None) -> None:
        self.message.tell(text, hint, state, folder)

    def _failed(self, error: Exception) -> None:
        self._say(*words_of(error), "alarm")

    def _focus_shown(self) -> None:
        (self.figures if self.tabs.current == _FIGURES else self.changes).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    # What the window asks.

    def open(self, **args: Any) -> None:
        """`number=3` chooses a publication."""
        if args.get("number"):
            self._wanted = str(args["number"])
            self.refresh()

    def first_focus(self) -> QWidget | None:
        return self.list
