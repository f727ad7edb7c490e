"""季通报: choose a quarter, see it drafted, change sentences, export, publish. Drafting and writing are in the actions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from db.periods import Period, quarter_end
from db.quarter_months import parse_quarter
from db.quarter_sources import INDICATOR_KEY, PREFIX, source_of
from desktop.actions import bulletin as actions
from desktop.page import Page
from desktop.pages.bulletin_sheet import BulletinSheet
from desktop.pages.errors import words_of
from desktop.pages.file_banner import FileBanner
from desktop.pages.files import ask_save
from desktop.pages.sources import INDICATOR, leads_to, open_source
from desktop.printing.blocks import Document
from desktop.widgets.card import Card
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.keys import on_keys
from desktop.widgets.reason import ReasonLine
from returns.bulletin.edit import Edits
from returns.bulletin.model import Bulletin

WORD = "Word 文档 (*.docx)"
_PAUSE = 800  # ms after the last key before a change is kept


class QuarterPage(Page):
    """The quarter follows the month in the top bar until another one is chosen. Changes are kept as they are typed."""

    key = "quarterly"
    word = "季通报"
    icon = "document"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.desk: actions.Desk | None = None
        month = Period(context.period)
        self._followed = context.period
        self.quarter = quarter_end(month.year, month.quarter)
        self.before_button = self.header.add("‹ 上一季", lambda: self.step(-1), tip="上一季度（Ctrl+左）")
        self.after_button = self.header.add("下一季 ›", lambda: self.step(1), tip="下一季度（Ctrl+右）")
        self.before_button.setAccessibleName("上一季度")
        self.after_button.setAccessibleName("下一季度")
        self.publish_button = self.header.add(
            "公布…", self.ask_publish, tip="把这个季度的数编号存下来，以后只能重述"
        )
        self.preview_button = self.header.add(
            "预览…",
            self.ask_preview,
            "Ctrl+P",
            show_hint=False,
            tip="按公文版式一页一页看，可以打印、存为 PDF",
        )
        self.export_button = self.header.add(
            "导出 Word…", self.export, "Ctrl+Return", primary=True, show_hint=False
        )
        on_keys(self, "Alt+Left", lambda: self.step(-1), "上一季度")
        on_keys(self, "Alt+Right", lambda: self.step(1), "下一季度")
        for button, keys in ((self.before_button, "Alt+左"), (self.after_button, "Alt+右")):
            button.setToolTip(f"{button.accessibleName()}（{keys}）")
        self.message = FileBanner()
        self.body.addWidget(self.message)
        self.confirm = ConfirmStrip(self)
        self.body.addWidget(self.confirm)
        self.restating = Card()
        self.reason = ReasonLine("重述理由", "如“区商务局更正了网络零售额”", "公布新的一版", self._restate)
        self.restating.add(self.reason)
        self.restating.hide()
        self.body.addWidget(self.restating)
        self.sheet = BulletinSheet(self)
        self.sheet.edited.connect(self._edited)
        self.sheet.figure_asked.connect(self.open_figure)
        self.body.addWidget(self.sheet, 1)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self.keep)
        self._unkept: tuple[str, Edits] | None = None
        self._typed: dict[str, Edits] = {}

    # Which quarter.

    def step(self, by: int) -> None:
        """Another quarter; what was typed is kept first."""
        self.show_quarter(self.quarter.shift(3 * by))

    def show_quarter(self, end: Period) -> None:
        self.keep()
        self.quarter = end
        self.confirm.cancel()
        self.restating.hide()
        self.refresh()

    def refresh(self) -> None:
        if self.context.period != self._followed:
            self._followed = self.context.period
            month = Period(self._followed)
            self.quarter = quarter_end(month.year, month.quarter)
        self.keep()
        store, end = self.context.store, self.quarter
        self.context.jobs.run(
            "bulletin/read", lambda _progress, _cancelled: actions.read_desk(store, end), title="起草季通报",
            on_done=self._show, on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, desk: actions.Desk) -> None:
        if desk.quarter.end != self.quarter:
            return
        if desk.drafted.quarter in self._typed:
            # What was typed here is newer than what was read: keeping it may still be under way.
            desk = actions.again(desk, self._typed[desk.drafted.quarter])
        # A refresh must not disturb someone who is typing: only new sentences replace the sheet.
        same = self.desk is not None and self.desk.drafted == desk.drafted
        self.desk = desk
        if not same:
            waiting = self.focusWidget() in (None, self.export_button) and self.isVisible()
            self.sheet.show_desk(desk)
            target = self.sheet.first_focus()
            if waiting and target is not None:
                target.setFocus()
        self._chips()

    def _chips(self) -> None:
        desk = self.desk
        if desk is None:
            return
        q = desk.quarter
        chips: list[tuple[str, str | None]] = [(q.end.display_quarter(), "neutral")]
        if q.running:
            chips.append(("季度未结束", "watch"))
        elif q.missing:
            chips.append((f"还有 {q.missing} 份未报", "watch"))
        if desk.published:
            chips.append((f"已公布第 {desk.published[-1].version} 版", "ok"))
        wrong = self.sheet.warnings
        if wrong:
            chips.append((f"{wrong} 段与数不符", "watch"))
        self.header.set_chips(chips)

    # Changing.

    def _edited(self, edits: Edits) -> None:
        if self.desk is None:
            return
        self.desk = actions.again(self.desk, edits)
        self._typed[self.desk.drafted.quarter] = edits
        self._unkept = (self.desk.drafted.quarter, edits)
        self._pause.start()
        self._chips()

    def keep(self) -> None:
        """Write what was typed; called a moment after the last key and whenever the page is left."""
        self._pause.stop()
        if self._unkept is None:
            return
        key, edits = self._unkept
        self._unkept = None
        store = self.context.store
        self.context.jobs.run(
            "bulletin/keep", lambda _progress, _cancelled: actions.keep_edits(store, key, edits), title="保存通报草稿",
            on_failed=self._failed, owner=self, supersede=False, cancellable=False, quiet=True,
        )  # fmt: skip

    def _keep_first(self) -> Callable[[], None]:
        """Keeps what was typed, for work that reads it: jobs run side by side, so it must be done within the same one."""
        self._pause.stop()
        self._unkept = None
        key = self.desk.drafted.quarter if self.desk is not None else ""
        edits, store = self._typed.get(key), self.context.store
        return lambda: actions.keep_edits(store, key, edits) if edits is not None else None

    def leave(self) -> bool:
        self.keep()
        return True

    # Out.

    def export(self) -> None:
        """Ask where to, then write the document and the workbook of its sources."""
        if self.desk is None:
            return
        name = actions.default_name(self.desk.bulletin)
        out = ask_save(self, self.context.memory, "导出季通报", name, WORD)
        if out is not None:
            self.write(out if out.suffix.lower() == ".docx" else out.with_name(f"{out.name}.docx"))

    def write(self, out: Path) -> None:
        store, end, keep = self.context.store, self.quarter, self._keep_first()

        def work(progress: Any, _cancelled: Any) -> dict[str, Any]:
            keep()
            return actions.write_bulletin(store, end, out, progress=progress)

        self.context.jobs.run(
            "bulletin/write", work, title="导出季通报", on_done=lambda done: self._done(out, done),
            on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _done(self, out: Path, done: dict[str, Any]) -> None:
        lacking = done["fonts_replaced"]
        told = f"数据来源在旁边的“{Path(done['sources']).name}”。"
        if lacking:
            names = "、".join(f"{each['wanted']}（用{each['instead']}）" for each in lacking)
            told += (
                f"本机没有这些字体，显示时已替换：{names}；文件里仍是标准字体，在装有字体的电脑上打印即可。"
            )
        self._say(f"已导出“{out.name}”。", told, "ok", out)
        self.message.folder_button.setFocus()

    def ask_preview(self) -> None:
        """The pages as Word will set them, with what was typed just now."""
        if self.desk is None:
            return
        store, end = self.context.store, self.quarter
        edits = self._typed.get(self.desk.drafted.quarter)

        def work(progress: Any, _cancelled: Any) -> Any:
            # Here, on the worker's thread: printing is not needed to open the page.
            from desktop.printing import preview
            from desktop.printing.official import lay_out

            bulletin, blocks = actions.preview(store, end, edits, progress=progress)
            return preview, lay_out(blocks, about_paper(bulletin))

        def done(found: Any) -> None:
            show, pages = found
            if self.isVisible():
                show.show(self, self.context, pages)

        self.context.jobs.run(
            "bulletin/preview", work, title="排版预览", on_done=done, on_failed=self._failed, owner=self
        )

    def ask_publish(self) -> None:
        """Version 1 after a question; a later one needs its reason."""
        if self.desk is None:
            return
        if self.desk.published:
            self.restating.show()
            self.reason.start()
            return
        words = (
            f"公布{self.quarter.display_quarter()}的数？公布后编号保存，不能修改；以后有更正，作为重述公布。"
        )
        self.confirm.ask(words, "公布", self._publish)

    def _restate(self, reason: str) -> None:
        self.restating.hide()
        self._publish(reason)

    def _publish(self, reason: str = "") -> None:
        store, end, keep = self.context.store, self.quarter, self._keep_first()

        def work(_progress: Any, _cancelled: Any) -> Any:
            keep()
            return actions.publish_quarter(store, end, reason)

        def done(made: Any) -> None:
            self._say(f"{made.words}", "各版在“公布记录”里。", "ok")
            self.context.changed()
            self.refresh()

        self.context.jobs.run(
            "bulletin/publish", work, title="公布季通报", on_done=done, on_failed=self._failed, owner=self,
            supersede=False, cancellable=False,
        )  # fmt: skip

    # To the rows.

    def open_figure(self, key: str) -> None:
        """Show the rows behind a figure of the text."""
        period = str(self.quarter)
        indicators = str(self.desk.quarter.told) if self.desk is not None else period
        if not key.startswith(PREFIX):
            open_source(self, indicators if key.startswith(INDICATOR_KEY) else period, key)
            return
        store = self.context.store

        def work(_progress: Any, _cancelled: Any) -> Any:
            with store.read() as session:
                return source_of(session, period, key)

        def there(source: Any) -> None:
            if source.register == INDICATOR:
                self.goto_asked.emit("indicators", {"period": indicators})
                return
            to, args = leads_to(source, key)
            month = {"period": indicators} if key.startswith(f"{PREFIX}told.") else {}
            self.goto_asked.emit(to, {**args, **month})

        self.context.jobs.run("source", work, title="找到明细", on_done=there, owner=self, quiet=True)

    # Telling.

    def _say(self, text: str, hint: str = "", state: str = "info", path: Path | None = None) -> None:
        self.message.tell(text, hint, state, path)

    def _failed(self, error: Exception) -> None:
        self._say(*words_of(error), "alarm")

    # What the window asks.

    def open(self, **args: Any) -> None:
        """`quarter="2024Q2"` shows that one."""
        if args.get("quarter"):
            self.show_quarter(parse_quarter(str(args["quarter"])))

    def first_focus(self) -> QWidget | None:
        return self.sheet.first_focus() or self.export_button


def about_paper(bulletin: Bulletin) -> Document:
    """What a person should know of the pages before printing them."""
    notes = ["这里的页面供审阅；印发以导出的 Word 文件为准。"]
    instead: dict[str, list[str]] = {}
    for each in actions.lacking_fonts():
        instead.setdefault(each.shown, []).append(each.wanted)
    if instead:
        told = "，".join(f"{'、'.join(wanted)}用{shown}" for shown, wanted in instead.items())
        notes[0] += f"本机没有标准字体，替换显示：{told}；分页可能与正式打印略有不同。"
    name = actions.default_name(bulletin).removesuffix(".docx")
    return Document(bulletin.head.title, (), name=name, notes=notes)
