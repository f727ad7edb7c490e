"""The panel beside a firm's card: register a change (更名, 迁址, 停业 …), or look at one and take it back."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db import values
from db.enterprise_events import AT_WORK, CLOSING, FINAL, KINDS, MOVED, RENAMED, REOPENED, Done, Event
from db.errors import KnownError
from db.fields import Field, Kind
from db.findings import Finding, Severity
from db.lineage import Merge
from db.registers import REGISTERS
from desktop.actions.enterprise_changes import change_enterprise
from desktop.context import AppContext
from desktop.forms.editor import Content
from desktop.forms.editors import make_editor
from desktop.forms.field_box import FieldBox
from desktop.forms.pick_editors import PickEditor
from desktop.forms.side import clear
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.labels import label
from desktop.widgets.side_panel import SidePanel

_FIRM = REGISTERS["enterprise"]
_FIELDS = (
    Field("变更类型", Kind.CHOICE, "按变更的事由选。", name="kind", required=True, choices=KINDS),
    Field("新的企业名称", Kind.TEXT, "与变更后的营业执照一致；原名称自动列入曾用名。", name="name", required=True, limit=100),
    Field("迁往街道", Kind.REF, "没有换街道的留空。", name="street_code", source="street"),
    Field("迁往园区（楼宇）", Kind.REF, "不在园区的留空。", name="park_code", source="park"),
    Field("新的注册地址", Kind.TEXT, "与变更后的营业执照一致。", name="reg_address", limit=200),
    Field("变更日期", Kind.DATE, "变更实际发生的日期。", name="on", required=True),
    Field("原因或依据", Kind.TEXT, "如“变更登记”“房租到期搬迁”“股东决定”。", name="reason", required=True, limit=200),
)  # fmt: skip
_ASKED = {RENAMED: ("name",), MOVED: ("street_code", "park_code", "reg_address")}
# Which field of the panel a refusal belongs to.
_PLACE_OF = {
    "name_missing": "name", "reason_missing": "reason", "date_in_future": "on", "date_too_early": "on",
    "already_closed": "kind", "nothing_changed": "kind",
}  # fmt: skip


def kinds_for(status: str | None) -> tuple[str, ...]:
    """The changes that make sense for a firm in this state."""
    now = status or AT_WORK
    if now in FINAL:
        return (RENAMED, *(kind for kind in FINAL if kind != now))
    closing = tuple(kind for kind in CLOSING if kind != now)
    return (RENAMED, MOVED, *closing, *(() if now == AT_WORK else (REOPENED,)))


class ChangePanel(SidePanel):
    """`changed(kind, Done)` once a change is stored; `undo_asked(what, id)` with “event” or “merge”."""

    changed = Signal(str, object)
    undo_asked = Signal(str, object)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent, 380)
        self.context = context
        self.firm: UUID | None = None
        self.boxes: dict[str, FieldBox] = {}
        self.note = label("", "muted", wrap=True)
        self.banner = Banner("", parent=self)
        self.banner.hide()
        self.facts = QWidget()
        self._facts = QVBoxLayout(self.facts)
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setSpacing(1)
        self.body.setSpacing(4)
        self.body.addWidget(self.note)
        self.body.addWidget(self.banner)
        self.body.addWidget(self.facts)
        self._boxes_made = False
        self.save = Button("登记变更", self.store, self, primary=True, hint="Ctrl S")
        self.save.set_shortcut("Ctrl+S", self)
        self.undo = Button("撤销这次变更", self._undo, self, role="danger")
        self.foot.addWidget(self.undo)
        self.foot.addStretch(1)
        self.foot.addWidget(self.save)
        self._shown: tuple[str, UUID] | None = None
        self._kinds: tuple[str, ...] = KINDS
        self._stretch = QWidget()
        self.body.addWidget(self._stretch, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._escape.setEnabled(False)  # the card has Esc for itself and closes the panel first

    # Registering a change.

    def begin(self, firm: dict[str, Any], kind: str = "") -> None:
        """Ask for a change of this firm."""
        self._make_boxes()
        self.firm = firm["id"]
        self._kinds = kinds_for(firm.get("status"))
        self._shown = None
        for name, box in self.boxes.items():
            box.set_findings([])
            box.editor.load(Content(self.context.today() if name == "on" else None))
            box.show()
        chosen = kind if kind in self._kinds else self._kinds[0]
        picker = self.boxes["kind"].editor
        assert isinstance(picker, PickEditor)
        picker.set_choices(self._kinds)
        self.boxes["kind"].editor.load(Content(chosen))
        self.note.setText(
            f"现名“{firm.get('name') or ''}”，状态{firm.get('status') or AT_WORK}。变更记在时间线上，可以撤销。"
        )
        self.note.show()
        self.banner.hide()
        self.facts.hide()
        self.save.show()
        self.undo.hide()
        self._ask()
        self.open_for(str(firm["id"]), "登记变更")
        first = self.boxes[_ASKED.get(chosen, ("on",))[0]] if kind else self.boxes["kind"]
        first.editor.target.setFocus(Qt.FocusReason.OtherFocusReason)

    def store(self) -> None:
        """Store the change, or say what is missing."""
        if self.firm is None or not self.save.isVisible():
            return
        for box in self.boxes.values():
            box.set_findings([])
        contents = {name: box.editor.content() for name, box in self.boxes.items()}
        kind, on = contents["kind"].value, contents["on"].value
        unread = next((name for name, content in contents.items() if content.unparsed), "")
        if unread:
            self._wrong(unread, contents[unread].reason or "没有看懂，请改正。")
            return
        if kind not in self._kinds:
            self._wrong("kind", "请选择变更类型。")
            return
        if not isinstance(on, date):
            self._wrong("on", "请填写变更日期。")
            return
        asked = {name: contents[name].value for name in _ASKED.get(kind, ())}
        reason = str(contents["reason"].value or "")
        context = self.context
        try:
            done = change_enterprise(context.store, self.firm, kind, on, reason, context.actor, **asked)
        except KnownError as error:
            place = _PLACE_OF.get(error.id, "")
            place = _ASKED[kind][0] if place == "kind" and kind in _ASKED else place
            if place:
                self._wrong(place, f"{error.message}{error.hint}")
            else:
                self._say(error)
            return
        self.close_panel()
        self.changed.emit(kind, done)

    def _wrong(self, name: str, words: str) -> None:
        finding = Finding("", Severity.ERROR, words, "enterprise", self.firm, name)
        self.boxes[name].set_findings([finding])
        self.boxes[name].editor.target.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_whole(self.boxes[name])

    def _say(self, error: KnownError) -> None:
        self.banner.say(error.message, error.hint, "alarm")
        self.banner.show()

    def _ask(self) -> None:
        kind = self.boxes["kind"].editor.content().value
        for name in ("name", *_ASKED[MOVED]):
            self.boxes[name].setVisible(name in _ASKED.get(kind, ()))

    def _make_boxes(self) -> None:
        if self._boxes_made:
            return
        self._boxes_made = True
        place = self.body.indexOf(self._stretch)
        for field in _FIELDS:
            box = FieldBox(field, make_editor(field, self.context))
            box.edited.connect(lambda name: self._ask() if name == "kind" else None)
            box.left.connect(lambda name: self._ask() if name == "kind" else None)
            box.advance.connect(self._advance)
            self.boxes[field.name] = box
            self.body.insertWidget(place, box)
            place += 1

    def _advance(self, name: str) -> None:
        names = [each for each, box in self.boxes.items() if not box.isHidden()]
        following = names[names.index(name) + 1 :] if name in names else []
        target = self.boxes[following[0]].editor.target if following else self.save
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self.show_whole(self.boxes[following[0]] if following else target)

    # Looking at one.

    def look(self, event: Event) -> None:
        """Show a change, with the button that takes it back."""
        fields = {field.name: field for field in _FIRM.fields}
        shown = [("日期", event.happened_on.isoformat()), ("原因或依据", event.reason)]
        for name, new in event.new.items():
            if name in ("status_on", "status_reason") or name not in fields:
                continue
            old = values.display(fields[name], event.old.get(name), self.context.directory) or "（空）"
            now = values.display(fields[name], new, self.context.directory) or "（空）"
            shown.append((fields[name].label, f"{old} → {now}"))
        shown.append(("登记", f"{event.by} {event.at.astimezone():%Y-%m-%d %H:%M}"))
        self._look("event", event.id, event.kind, shown, event.undone)

    def look_merge(self, merge: Merge) -> None:
        """Show a joining of two cards."""
        shown = [
            ("并入的档案", merge.gone_name),
            ("理由", merge.reason or "（未写）"),
            ("合并", f"{merge.by} {merge.at.astimezone():%Y-%m-%d %H:%M}"),
        ]
        self._look("merge", merge.id, "合并档案", shown, merge.undone)

    def _look(self, what: str, key: UUID, title: str, shown: list[tuple[str, str]], undone: bool) -> None:
        self._shown = (what, key)
        for box in self.boxes.values():
            box.hide()
        self.note.setText("这次变更已经撤销。" if undone else "")
        self.note.setVisible(undone)
        self.banner.hide()
        clear(self._facts)
        for name, text in shown:
            self._facts.addWidget(label(name, "fact"))
            said = label(text, wrap=True)
            said.setAccessibleName(f"{name}：{text}")
            self._facts.addWidget(said)
            self._facts.addSpacing(6)
        self.facts.show()
        self.save.hide()
        self.undo.setText("撤销合并" if what == "merge" else "撤销这次变更")
        self.undo.setVisible(not undone)
        self.open_for(key.hex, title, "已撤销" if undone else "", "neutral")
        if not undone:
            self.undo.setFocus(Qt.FocusReason.OtherFocusReason)

    def _undo(self) -> None:
        if self._shown is not None:
            self.undo_asked.emit(*self._shown)

    def refuse(self, error: KnownError) -> None:
        """Say why it could not be taken back."""
        self._say(error)


def told(kind: str, done: Done) -> tuple[str, str]:
    """What the card says after a change: the words, and what is still open for the firm."""
    if not done.pending:
        return f"已登记{kind}", ""
    listed = "；".join(each.words for each in done.pending[:3])
    more = f"等 {len(done.pending)} 项" if len(done.pending) > 3 else ""
    return f"已登记{kind}，这家企业还有 {len(done.pending)} 项没有了结", f"{listed}{more}。请逐项处理。"
