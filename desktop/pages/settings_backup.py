"""备份 in 设置: back up now, where the second copy goes, look into every row, go back to a backup."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from db import attachment_check, backup
from db.attachment_check import Collected
from db.attachments import size_words
from db.verify import Report
from desktop.actions import backup as actions
from desktop.actions.preferences import save_backup_place
from desktop.context import AppContext
from desktop.pages.errors import words_of
from desktop.pages.files import ask_folder, ask_open
from desktop.pages.settings_parts import field, holder, line
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.labels import label

SHOWN = 8
COLUMNS = (
    Column("made", "时间", width=150, kind="strong", sort=False),
    Column("size", "大小", width=90, kind="figure", unit="MB", sort=False),
    Column("name", "文件", width=340, kind="muted", stretch=True, sort=False),
)


class BackupCard(Card):
    """`say(text, hint, state)` is the page's; everything that reads or writes runs aside."""

    def __init__(
        self, context: AppContext, say: Callable[[str, str, str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__("备份", "", parent)
        self.context = context
        self._say = say
        self._paths: dict[str, Path] = {}
        self.check = Button("校验台账", self.verify, self, role="small")
        self.recount = Button("重新计数", self.count_anew, self, role="small")
        self.recount.setToolTip("按逐条走访记录重算汇总数；记录不改动")
        self.recount.hide()
        self.now = Button("立即备份", self.back_up, self, role="small")
        self.head.addWidget(self.recount)
        self.head.addWidget(self.check)
        self.head.addWidget(self.now)
        self.place = line("备份位置", "第二块硬盘或 U 盘上的文件夹；空着只放在数据文件夹里")
        self.place.editingFinished.connect(self._place_left)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.place, 1)
        browse = Button("选择…", self._ask_place, self)
        browse.setAccessibleName("选择第二份备份的文件夹")
        row.addWidget(browse)
        self.add(
            field("第二份备份放在", holder(row), "每次备份都另存一份到这里；U 盘没插好时会提醒，不影响使用。")
        )
        self.place.setAccessibleName("第二份备份放在")
        head = QHBoxLayout()
        head.addWidget(label("可以恢复的备份", "label"), 1)
        self.other = Button("用别处的备份文件…", self._ask_file, self, role="link")
        self.restore = Button("恢复到选中的…", self._restore_chosen, self, role="small-danger")
        head.addWidget(self.other)
        head.addWidget(self.restore)
        self.add(holder(head))
        self.table = Table(ListSource(COLUMNS), fit=True, header=False)
        self.table.setAccessibleName("可以恢复的备份")
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.table.opened.connect(lambda _id: self._restore_chosen())
        self.add(self.table)
        self.none = label("还没有备份；按“立即备份”做第一份，关闭程序时也会自动备份。", "muted", wrap=True)
        self.add(self.none)
        files = QHBoxLayout()
        self.files = label("", "muted")
        files.addWidget(self.files, 1)
        self.clean = Button("清理无用附件", self.clean_up, self, role="small")
        self.clean.setToolTip("删去没有任何记录、草稿、收到的回报和备份用到的附件")
        files.addWidget(self.clean)
        self.add(holder(files))
        self.confirm = ConfirmStrip(self)
        self.add(self.confirm)

    def first_focus(self) -> QWidget:
        return self.now

    def refresh(self) -> None:
        """Read the place and the backups again."""
        self.set_title("备份", self.context.last_backup_text)
        if not self.place.isModified():
            self.place.setText(str(self.context.store.setting("backup_dir") or ""))
        found = backup.list_backups(self.context.store.folder)[:SHOWN]
        self._paths = {each.path.name: each.path for each in found}
        rows = [
            Row(
                each.path.name,
                {"made": each.made_at, "size": f"{each.size / 1024 / 1024:.1f}", "name": each.path.name},
            )
            for each in found
        ]
        self._count_files()
        self.table.set_source(ListSource(COLUMNS, rows))
        self.table.setVisible(bool(rows))
        self.none.setVisible(not rows)
        self.restore.setEnabled(bool(rows))

    def back_up(self) -> None:
        """立即备份."""
        store = self.context.store
        self._run("正在备份", lambda: actions.back_up(store, reason="手动"), self._backed_up)

    def _backed_up(self, made: actions.Made) -> None:
        hint = "".join(made.warnings)
        self._say(f"已备份为“{made.backup.path.name}”，并已核对。", hint, "watch" if hint else "ok")
        self.refresh()
        self.context.changed()

    def verify(self) -> None:
        """校验: every row against what was saved."""
        store = self.context.store

        def work(progress: Any, cancelled: Any) -> Report:
            return actions.verify_register(
                store, lambda done, total: progress(done, total, "正在逐条核对"), cancelled
            )

        def done(report: Report) -> None:
            self.recount.setVisible(report.wrong_totals > 0)
            if report.wrong_totals:
                self.recount.setFocus()
            total = sum(report.rows.values())
            lost = "、".join(dict.fromkeys(f"“{each.name}”{each.what}" for each in report.attachments[:3]))
            if report.attachments and not report.damaged:
                self._say(
                    f"{total:,} 条记录都完好；有 {len(report.attachments)} 个附件有问题：{lost}。",
                    "附件可从备份恢复；以前只记了文件名的，请打开那条记录重新添加。",
                    "watch",
                )
            elif report.only_totals:
                self._say(
                    f"{total:,} 条记录都完好；有 {report.wrong_totals} 个走访汇总数与记录不一致。",
                    "按“重新计数”，由逐条记录重算；记录不改动。"
                    + (
                        f"另有 {len(report.attachments)} 个附件有问题：{lost}。" if report.attachments else ""
                    ),
                    "watch",
                )
            elif report.ok:
                self._say(f"校验通过：{total:,} 条记录都与保存时一致。", "", "ok")
            else:
                self._say(
                    f"有 {len(report.damaged) - report.wrong_totals} 条记录与保存时不一致。",
                    "请恢复最近一次完好的备份，或逐条核对。",
                    "alarm",
                )

        self.context.jobs.run(
            "settings/verify", work, title="校验台账", on_done=done, on_failed=self._failed, owner=self
        )

    def count_anew(self) -> None:
        """重新计数: the totals of visits, from the rows."""
        store = self.context.store

        def done(_none: object) -> None:
            self.recount.hide()
            self.check.setFocus()
            self._say("走访汇总数已按逐条记录重新计数。", "可再按“校验台账”核对一遍。", "ok")
            self.context.changed()

        self._run("重新计数", lambda: actions.recount(store), done)

    def _count_files(self) -> None:
        folder = self.context.store.folder

        def done(found: tuple[int, int]) -> None:
            count, size = found
            self.files.setText(
                f"附件 {count:,} 个，{size_words(size)}；备份时一并保存。" if count else "还没有附件。"
            )
            self.clean.setVisible(count > 0)

        self.context.jobs.run(
            "settings/attachments", lambda _progress, _cancelled: attachment_check.total(folder), on_done=done,
            owner=self, quiet=True,
        )  # fmt: skip

    def clean_up(self) -> None:
        """清理: what nothing names any more is removed from the store."""
        store = self.context.store

        def done(found: Collected) -> None:
            if found.removed:
                self._say(f"清理了 {found.removed:,} 个文件，腾出 {size_words(found.freed)}。", "", "ok")
            else:
                self._say("没有可以清理的附件：每一个都有记录、草稿或备份用到。", "", "ok")
            self._count_files()

        self._run("清理无用附件", lambda: actions.clean_up_attachments(store), done)

    def _ask_place(self) -> None:
        found = ask_folder(self, self.context.memory, "第二份备份放在")
        if found is not None:
            self.place.setText(str(found))
            self._save_place()

    def _place_left(self) -> None:
        if self.place.isModified():
            self._save_place()

    def _save_place(self) -> None:
        self.place.setModified(False)
        text = self.place.text().strip()
        kept = str(self.context.store.setting("backup_dir") or "")
        if text == kept:
            return
        store, place = self.context.store, Path(text).expanduser() if text else None

        def done(_none: object) -> None:
            self._say("备份位置已保存。" if place else "不再另存第二份备份。", "", "ok")

        self._run("检查备份位置", lambda: save_backup_place(store, place), done)

    def _ask_file(self) -> None:
        found = ask_open(self, self.context.memory, "选择备份文件", "千企台账备份 (*.qqbak)")
        if found is not None:
            self._confirm_restore(found)

    def _restore_chosen(self) -> None:
        key = self.table.current_id() or next(iter(self._paths), "")
        if key in self._paths:
            self._confirm_restore(self._paths[key])

    def _confirm_restore(self, path: Path) -> None:
        self.confirm.ask(
            f"恢复到“{path.name}”？之后登记的内容会退回到那时；现在的台账会先另存一份。", "恢复",
            lambda: self.context.restore_asked.emit(path), danger=True,
        )  # fmt: skip

    def _run(self, title: str, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.context.jobs.run(
            "settings/backup", lambda _progress, _cancelled: work(), title=title, on_done=done,
            on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _failed(self, error: Exception) -> None:
        self._say(*words_of(error), "alarm")
