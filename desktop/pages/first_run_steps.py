"""The three steps of the first start, each a form that holds its own answers. Making the register is not here."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStorageInfo, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from db.registers import REGISTERS
from desktop.actions import first_run as action
from desktop.style.theme import set_property
from desktop.widgets.button import Button
from desktop.widgets.labels import label

_SKIPPED_MOUNTS = ("/proc", "/sys", "/dev", "/run/user", "/boot", "/snap", "/tmp", "/etc")


class Step(QWidget):
    """`title` and `text` head the step; `problem()` is what still keeps it from being done, "" when nothing does."""

    title = ""
    text = ""
    changed = Signal()
    done = Signal()  # Enter in the last field

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)

    def problem(self) -> str:
        return ""

    def first(self) -> QWidget:
        raise NotImplementedError

    def field(self, words: str, widget: QWidget, help: str = "") -> None:
        """A labelled editor, with a line of help under it."""
        self.column.addWidget(label(words, "label"))
        self.column.addWidget(widget)
        widget.setAccessibleName(words)
        if help:
            self.column.addWidget(label(help, "help", wrap=True))


class PlaceStep(Step):
    """Where the data lies, and where copies of it go."""

    title = "数据放在哪里，备份放在哪里？"
    text = "数据放本机硬盘；备份最好放在第二块硬盘或 U 盘上，坏了一块还有另一块。"
    folder_asked = Signal(str)  # "root" or "backups"

    def __init__(self, root: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.root = QLineEdit(str(root))
        self.backups = QLineEdit()
        self.backups.setPlaceholderText("先不设，备份与数据放在一起")
        self.field("数据文件夹", self._with_button(self.root, "root"))
        self.root.setAccessibleName("数据文件夹")
        self.column.addSpacing(8)
        self.field("备份文件夹", self._with_button(self.backups, "backups"))
        self.backups.setAccessibleName("备份文件夹")
        self.disks = QHBoxLayout()
        self.column.addLayout(self.disks)
        self.note = label("", "help", wrap=True)
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self.root.returnPressed.connect(self.backups.setFocus)
        self.backups.returnPressed.connect(self.done)
        for edit in (self.root, self.backups):
            edit.textChanged.connect(self._look)
        self.offer_disks()
        self._look()

    def _with_button(self, edit: QLineEdit, which: str) -> QWidget:
        holder = QWidget()
        holder.setProperty("role", "plain")
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(edit, 1)
        button = Button("选择…", lambda: self.folder_asked.emit(which), self)
        button.setAccessibleName(f"选择{'数据' if which == 'root' else '备份'}文件夹")
        row.addWidget(button)
        holder.setFocusProxy(edit)
        return holder

    def offer_disks(self) -> None:
        """A button for each other disk or stick that is plugged in."""
        while (item := self.disks.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        places = other_disks(Path(self.root.text()))
        if places:
            self.disks.addWidget(label("可用的其他磁盘：", "muted"))
        for place in places[:4]:
            folder = place / "千企台账备份"
            self.disks.addWidget(
                Button(str(place), lambda f=folder: self.backups.setText(str(f)), self, role="small")
            )
        self.disks.addStretch(1)

    @property
    def root_path(self) -> Path:
        return Path(self.root.text().strip()).expanduser()

    @property
    def backup_path(self) -> Path | None:
        text = self.backups.text().strip()
        return Path(text).expanduser() if text else None

    def problem(self) -> str:
        if not self.root.text().strip():
            return "请写明数据文件夹。"
        if not self.root_path.is_absolute():
            return "数据文件夹请写完整路径。"
        if self.backup_path is not None and not self.backup_path.is_absolute():
            return "备份文件夹请写完整路径。"
        return ""

    def first(self) -> QWidget:
        return self.backups if self.root.text() else self.root

    def _look(self) -> None:
        backups = self.backup_path
        if backups is None:
            words, state = "没有设备份位置：硬盘坏了，备份也会一起丢失。以后可在“设置”中补设。", "watch"
        elif backups.is_absolute() and action.same_disk(backups, self.root_path):
            words, state = "备份与数据在同一块硬盘上，硬盘坏了会一起丢失；建议换一块。", "watch"
        else:
            words, state = "备份放在另一块硬盘上，很好。", "ok"
        self.note.setText(words)
        set_property(self.note, "state", state)
        self.changed.emit()


class StartStep(Step):
    """Empty, from a ledger, or practice."""

    title = "从哪里开始？"
    text = "以后都可以再导入，也随时可以另外试用练习数据，两者不会混在一起。"
    file_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.empty = self._choice("空白台账", "从登记第一次走访开始。")
        self.ledger = self._choice(
            "从现有台账导入", "读入 Excel 台账，按表头自动对应各列，缺的内容标为“待补全”。"
        )
        self.file_row = QWidget()
        self.file_row.setProperty("role", "plain")
        row = QHBoxLayout(self.file_row)
        row.setContentsMargins(26, 0, 0, 0)
        row.setSpacing(8)
        self.file = QLineEdit()
        self.file.setPlaceholderText("台账文件的路径")
        self.file.setAccessibleName("台账文件")
        self.register = QComboBox()
        self.register.setAccessibleName("登记簿")
        for key in ("visit", "enterprise", "issue", "cloud", "nurture"):
            self.register.addItem(REGISTERS[key].noun, key)
        row.addWidget(self.register)
        row.addWidget(self.file, 1)
        browse = Button("选择…", self.file_asked.emit, self)
        browse.setAccessibleName("选择台账文件")
        row.addWidget(browse)
        self.column.addWidget(self.file_row)
        self.practice = self._choice(
            "练习数据", "四百家虚构企业、十二个月的台账，处处标明“练习”，放在单独的文件夹里，可以放心试。"
        )
        self.column.addStretch(1)
        self.empty.setChecked(True)
        self._group.buttonToggled.connect(self._toggled)
        self.file.textChanged.connect(self.changed)
        self.file.returnPressed.connect(self.done)
        self._toggled()

    def _choice(self, words: str, told: str) -> QRadioButton:
        button = QRadioButton(words)
        button.setAccessibleDescription(told)
        self._group.addButton(button)
        self.column.addWidget(button)
        more = label(told, "muted", wrap=True)
        more.setContentsMargins(26, 0, 0, 6)
        self.column.addWidget(more)
        return button

    @property
    def start(self) -> str:
        if self.practice.isChecked():
            return action.PRACTICE
        return action.LEDGER if self.ledger.isChecked() else action.EMPTY

    @property
    def ledger_path(self) -> Path | None:
        text = self.file.text().strip().strip('"')
        return Path(text).expanduser() if text and self.ledger.isChecked() else None

    def problem(self) -> str:
        if self.ledger.isChecked():
            path = self.ledger_path
            if path is None:
                return "请选择台账文件。"
            if not path.is_file():
                return f"找不到文件“{path}”。"
        return ""

    def first(self) -> QWidget:
        if self.ledger.isChecked():
            return self.file
        return self.practice if self.practice.isChecked() else self.empty

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def _toggled(self) -> None:
        self.file_row.setVisible(self.ledger.isChecked())
        self.changed.emit()


def other_disks(root: Path) -> list[Path]:
    """Writable volumes that are not the one the data lies on."""
    own = QStorageInfo(str(root if root.exists() else root.anchor or "/")).device()
    found = []
    for volume in QStorageInfo.mountedVolumes():
        place = volume.rootPath()
        if not volume.isValid() or not volume.isReady() or volume.isReadOnly() or volume.device() == own:
            continue
        if place == "/" or place.startswith(_SKIPPED_MOUNTS) or volume.bytesTotal() < 64 * 1024 * 1024:
            continue
        found.append(Path(place))
    return found
