"""下发 at the district: what to send and to whom, the 专项 with who has answered, and what was sent before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.periods import Period
from db.special.answers import Standing
from db.special.definition import CLOSED, DRAFT
from desktop.actions import handdown as actions
from desktop.actions import special
from desktop.page import Page
from desktop.pages.errors import words_of
from desktop.pages.file_banner import FileBanner
from desktop.pages.files import ask_folder, ask_save
from desktop.pages.settings_parts import field, line
from desktop.pages.special_compose import SpecialCompose
from desktop.pages.special_standing import SpecialStanding
from desktop.tables.cells import Mark
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import label
from returns.handdown.contract import CONTENTS, FIRMS, SPECIAL

_HELP = {
    "plan": "指标、目标、行动、截止日；各单位整份采用", "units": "机构表，含区里自己加的单位", "calendar": "放假和调休、报送日历、各单位的延期和免报",
    "firms": "名称、代码、街道、行业，不含电话和收入", "special": "右边还没结束的本月专项",
}  # fmt: skip
_TABLES = (
    Column("title", "专项", width=190, kind="strong", stretch=True, sort=False),
    Column("answered", "已报", width=80, align="right", sort=False),
    Column("state", "状态", width=110, kind="chip", sort=False),
    Column("due", "期限", width=110, sort=False),
    Column("period", "月份", width=112, sort=False),
)
_MADE = (
    Column("number", "编号", width=80, kind="strong", sort=False),
    Column("made", "日期", width=110, sort=False),
    Column("contents", "内容", width=260, stretch=True, sort=False),
    Column("whom", "接收单位", width=180, stretch=True, sort=False),
)
_STATES = {DRAFT: ("未下发", "neutral"), "open": ("填报中", "info"), CLOSED: ("已结束", "neutral")}


class HanddownPage(Page):
    """A card to send with, and beside it the tables; composing one and its answers take the page's place."""

    key = "handdown"
    word = "下发"
    icon = "upload"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.tables: list[Standing] = []
        self.header.add("新建专项…", self.new_table, "Ctrl+N", show_hint=False)
        self.send_button = self.header.add(
            "写出下发文件…", self.ask_send, "Ctrl+Return", primary=True, show_hint=False
        )
        self.message = FileBanner()
        self.body.addWidget(self.message)
        self.confirm = ConfirmStrip(self)
        self.body.addWidget(self.confirm)
        self.stack = QStackedWidget()
        self.body.addWidget(self.stack, 1)
        self.desk = self._desk()
        self.compose = SpecialCompose(context)
        self.compose.said.connect(self.say)
        self.compose.left.connect(self.show_desk)
        self.compose.kept.connect(lambda _key: self.show_desk())
        self.answers = SpecialStanding(context)
        self.answers.said.connect(self.say)
        self.answers.left.connect(self.show_desk)
        for each in (self.desk, self.compose, self.answers):
            self.stack.addWidget(each)

    def _desk(self) -> QWidget:
        made = QWidget()
        made.setProperty("role", "plain")
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._send_card(), 2)
        column = QVBoxLayout()
        column.setSpacing(16)
        column.addWidget(self._tables_card(), 3)
        column.addWidget(self._made_card(), 2)
        row.addLayout(column, 3)
        return made

    def _send_card(self) -> Card:
        card = Card("新的下发", "一个文件，各单位用“导入下发”读入")
        self.boxes: dict[str, QCheckBox] = {}
        for name, word in CONTENTS.items():
            box = QCheckBox(word)
            box.setChecked(name != FIRMS)
            box.setAccessibleDescription(_HELP[name])
            self.boxes[name] = box
            card.add(box)
            help = label(_HELP[name], "help", wrap=True)
            help.setContentsMargins(26, 0, 0, 4)
            card.add(help)
        self.by_street = QCheckBox("企业名录只给各街道自己的企业")
        self.whom = line("接收单位", "空着为全区；或写单位，用顿号隔开")
        card.add(field("接收单位", self.whom))
        self.each = QCheckBox("每个单位一份文件")
        card.add(self.each)
        card.add(self.by_street)
        self.note = line("要求", "如“请于 5 月 20 日前填报”")
        self.note.setMaxLength(300)
        card.add(field("要求", self.note))
        card.add_stretch()
        return card

    def _tables_card(self) -> Card:
        card = Card("专项", "一次性的表，随当月回报上报", flush=True)
        self.edit_button = Button("修改", self.edit_table, self, role="small")
        self.close_button = Button("结束", self.ask_close, self, role="small")
        self.look_button = Button("查看填报", self.look, self, role="small")
        for button in (self.edit_button, self.close_button, self.look_button):
            card.head.addWidget(button)
        self.table = Table(
            ListSource(_TABLES), fold=True,
            empty=EmptyState("还没有专项", "临时要各单位报一张表时，在这里定栏目，随下发发出去。", "新建专项…", self.new_table),
        )  # fmt: skip
        self.table.setAccessibleName("专项")
        self.table.chosen.connect(lambda _key: self._arrange())
        self.table.opened.connect(lambda _key: self.look())
        card.add(self.table, 1)
        return card

    def _made_card(self) -> Card:
        card = Card("已下发", "", flush=True)
        self.made = Table(
            ListSource(_MADE), fold=True, empty=EmptyState("还没有下发过", "写出的每一份都有编号，记在这里。")
        )
        self.made.setAccessibleName("已下发")
        card.add(self.made, 1)
        return card

    # Reading.

    def refresh(self) -> None:
        store = self.context.store

        def read(_progress: Any, _cancelled: Any) -> Any:
            return special.standings(store), actions.made(store)

        self.context.jobs.run(
            "handdown/read", read, title="读取下发", on_done=lambda found: self._show(*found), on_failed=self._failed,
            owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, tables: list[Standing], made: list[actions.Made]) -> None:
        self.tables = tables
        had = self.table.current_id()
        self.table.set_source(ListSource(_TABLES, [_table_row(each) for each in tables]))
        if tables and not had:
            self.table.choose(tables[0].definition.key)
        self.made.set_source(ListSource(_MADE, [_made_row(each) for each in made]))
        waiting = sum(each.state == "open" and each.answered < len(each.units) for each in tables)
        self.header.set_chips([(f"{waiting} 张专项还没报齐", "watch")] if waiting else [])
        open_ = any(each.state != CLOSED for each in tables)
        if open_ != self.boxes[SPECIAL].isEnabled():
            self.boxes[SPECIAL].setEnabled(open_)
            self.boxes[SPECIAL].setChecked(open_)
        self._arrange()

    def _chosen(self) -> Standing | None:
        key = self.table.current_id()
        return next((each for each in self.tables if each.definition.key == key), None)

    def _arrange(self) -> None:
        chosen = self._chosen()
        self.look_button.setEnabled(chosen is not None)
        self.edit_button.setEnabled(chosen is not None and chosen.state != CLOSED)
        self.close_button.setEnabled(chosen is not None and chosen.state != CLOSED)
        self.close_button.setText("删除" if chosen is not None and chosen.state == DRAFT else "结束")

    def show_desk(self) -> None:
        """Back to sending."""
        self.stack.setCurrentWidget(self.desk)
        self.refresh()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # 专项.

    def new_table(self) -> None:
        self.message.hide()
        self.compose.compose(None, self.context.period)
        self.stack.setCurrentWidget(self.compose)
        self.compose.title_edit.setFocus()

    def edit_table(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.message.hide()
            self.compose.compose(chosen.definition, chosen.definition.period)
            self.stack.setCurrentWidget(self.compose)
            self.compose.title_edit.setFocus()

    def look(self) -> None:
        """Who has answered the chosen table."""
        chosen = self._chosen()
        if chosen is not None:
            self.message.hide()
            self.answers.show_table(chosen.definition.key)
            self.stack.setCurrentWidget(self.answers)
            self.answers.table.setFocus()

    def ask_close(self) -> None:
        """结束 a table that was sent down, or throw a draft away."""
        chosen = self._chosen()
        if chosen is None:
            return
        key, title = chosen.definition.key, chosen.definition.title
        draft = chosen.state == DRAFT
        words = (
            f"删除专项“{title}”？它还没有下发。"
            if draft
            else f"结束专项“{title}”？填过的内容都保留；再下发一次，各单位就不再要填。"
        )

        def done() -> None:
            self._try(lambda: (special.drop if draft else special.close)(self.context.store, key))
            self.refresh()

        self.confirm.ask(words, "删除" if draft else "结束", done, danger=draft)

    # Sending.

    def ask_send(self) -> None:
        """写出下发文件: where to, then write."""
        if self.stack.currentWidget() is not self.desk:
            self.show_desk()
            return
        if self.each.isChecked():
            out = ask_folder(self, self.context.memory, "下发文件放在哪个文件夹")
        else:
            number = actions.next_number(self.context.store)
            out = ask_save(
                self, self.context.memory, "下发文件", f"下发_第{number}号_{self.context.period}.xlsx"
            )
        if out is not None:
            self.send(out)

    def send(self, out: Path) -> None:
        """Write what is ticked to a file, or one per unit into a folder."""
        contents = [name for name, box in self.boxes.items() if box.isChecked()]
        codes, unknown = self._units()
        if unknown:
            self.say(f"机构表中没有“{unknown}”。", "请写单位的名称或代码，用顿号隔开。", "alarm")
            return
        each = self.each.isChecked()
        if each and not codes:
            codes = [code for code, _name in actions.units(self.context.store)]
        store, period, note, by_street = (
            self.context.store, self.context.period, self.note.text().strip(), self.by_street.isChecked(),
        )  # fmt: skip

        def done(made: Any) -> None:
            names = f"“{made.files[0].name}”" + (f"等 {len(made.files)} 份" if len(made.files) > 1 else "")
            self.say(
                f"第 {made.number} 号下发已写出：{names}。",
                "把文件发给各单位，用“下发 → 导入下发”读入。",
                "ok",
                made.files[0],
            )
            self.context.changed()
            self.refresh()

        self.context.jobs.run(
            "handdown/send",
            lambda _progress, _cancelled: actions.issue(
                store, contents, out, units=codes, each=each, period=period, note=note, firms_by_street=by_street
            ),
            title="写出下发文件", on_done=done, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _units(self) -> tuple[list[str], str]:
        """The codes that were written, and the first word that is no unit."""
        codes: list[str] = []
        for word in self.whom.text().replace("，", "、").replace(",", "、").split("、"):
            if not word.strip():
                continue
            code = self.context.directory.find("unit", word.strip())
            if code is None:
                return [], word.strip()
            codes.append(str(code))
        return list(dict.fromkeys(codes)), ""

    # Telling.

    def say(self, text: str, hint: str = "", state: str = "info", path: Path | None = None) -> None:
        """A line above the page."""
        self.message.tell(text, hint, state, path)

    def _try(self, work: Any) -> None:
        try:
            work()
        except Exception as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        self.say(*words_of(error), "alarm")

    # What the window asks.

    def open(self, **args: Any) -> None:
        """`table`: the key of a 专项, to see who has answered it."""
        wanted = str(args.get("table") or "")
        if wanted:
            self.answers.show_table(wanted)
            self.stack.setCurrentWidget(self.answers)

    def first_focus(self) -> QWidget | None:
        if self.stack.currentWidget() is self.compose:
            return self.compose.first_focus()
        return self.table if self.tables else self.boxes["plan"]


def _table_row(each: Standing) -> Row:
    definition = each.definition
    word, state = _STATES[each.state]
    return Row(
        definition.key,
        {
            "title": definition.title, "period": Period(definition.period).display(),
            "due": definition.due_on.isoformat() if definition.due_on else "—",
            "answered": f"{each.answered}/{len(each.units)}" if each.state != DRAFT else "—", "state": Mark(word, state),
        },
    )  # fmt: skip


def _made_row(each: actions.Made) -> Row:
    return Row(
        str(each.number),
        {
            "number": f"第 {each.number} 号", "made": each.made_at.astimezone().strftime("%Y-%m-%d"),
            "contents": "、".join(CONTENTS.get(name, name) for name in each.contents), "whom": each.whom,
        },
    )  # fmt: skip
