"""The editor of attachments by keys, by mouse, by dropping and pasting; what is too large, gone or a program is said."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from db import attachments
from db.attachments import MB
from db.registers import REGISTERS
from desktop.context import AppContext
from desktop.forms import attachment_rows
from desktop.forms.attachment_rows import AttachmentList
from desktop.forms.editor import Content
from desktop.forms.editors import make_editor
from desktop.forms.files_editor import FilesEditor
from desktop.widgets.button import Button
from tests.desktop.conftest import Hands

RARE = "𠮷祥㛃公司😀 现场（1）.jpg"
Put = tuple[FilesEditor, Hands]


@pytest.fixture
def put(context: AppContext, hands: Callable[[QWidget], Hands], qtbot: QtBot) -> Put:
    """The editor with the focus, and another field to go to."""
    home = QWidget()
    qtbot.addWidget(home)
    column = QVBoxLayout(home)
    editor = make_editor(REGISTERS["visit"].field("attachments"), context)
    assert isinstance(editor, FilesEditor)
    column.addWidget(editor)
    column.addWidget(QLineEdit())
    person = hands(home)
    editor.target.setFocus()
    return editor, person


def file(folder: Path, name: str = "现场.jpg", data: bytes = b"picture") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def names(editor: FilesEditor) -> list[str]:
    return [entry["name"] for entry in editor.content().value or []]


def test_files_are_chosen_by_key_and_copied_aside(put: Put, tmp_path: Path) -> None:
    editor, person = put
    photo = file(tmp_path, RARE)
    editor._ask = lambda _widget: [photo]
    heard: list[bool] = []
    editor.edited.connect(lambda: heard.append(True))
    person.press(Qt.Key.Key_Space)
    assert editor.note.text() == "正在复制…"
    person.settle()
    digest = hashlib.sha256(b"picture").hexdigest()
    assert editor.content().value == [{"name": RARE, "sha256": digest, "size": 7}]
    assert heard == [True] and editor.note.isHidden()
    assert "7 字节" in editor.rows[0].accessibleName()
    photo.unlink()
    assert attachments.is_there(editor.context.store.folder, editor.content().value[0]), "it is ours now"


def test_the_same_content_twice_is_attached_once_and_said(put: Put, tmp_path: Path) -> None:
    editor, person = put
    editor.take([file(tmp_path), file(tmp_path, "另一个名字.jpg")])
    person.settle()
    assert names(editor) == ["现场.jpg"] and "内容相同" in editor.note.text()
    editor.take([file(tmp_path, "第三个名字.jpg")])
    person.settle()
    assert names(editor) == ["现场.jpg"] and "内容相同" in editor.note.text()


def test_500_mb_is_refused_in_words_and_the_others_are_taken(put: Put, tmp_path: Path) -> None:
    editor, person = put
    video = tmp_path / "录像.mp4"
    with video.open("wb") as handle:
        handle.truncate(500 * MB)
    editor.take([video, file(tmp_path)])
    person.settle()
    assert names(editor) == ["现场.jpg"]
    assert "“录像.mp4”有 500.0 MB，超过单个附件 50 MB 的上限" in editor.note.text()


def test_the_office_may_set_another_limit(put: Put, tmp_path: Path) -> None:
    editor, person = put
    editor.context.store.set_setting("parameters", {"attachment_limit_mb": 1})
    editor.take([file(tmp_path, data=b"x" * (MB + 1))])
    person.settle()
    assert not names(editor) and "1 MB 的上限" in editor.note.text()


def test_keys_choose_remove_and_take_back(put: Put, tmp_path: Path) -> None:
    editor, person = put
    editor.take([file(tmp_path, f"{n}.jpg", f"{n}".encode()) for n in (1, 2, 3)])
    person.settle()
    person.press(Qt.Key.Key_Down)
    person.press(Qt.Key.Key_Down)
    assert [row.property("state") for row in editor.rows] == ["", "current", ""]
    person.press(Qt.Key.Key_Delete)
    assert names(editor) == ["1.jpg", "3.jpg"]
    person.press(Qt.Key.Key_Delete)
    assert names(editor) == ["1.jpg"]
    person.ctrl(Qt.Key.Key_Z)
    person.ctrl(Qt.Key.Key_Z)
    assert names(editor) == ["1.jpg", "2.jpg", "3.jpg"]
    person.enter()
    assert names(editor) == ["1.jpg", "2.jpg", "3.jpg"], "Enter goes on, it does not ask for files"


def test_removing_by_mouse_can_be_undone_by_mouse(put: Put, tmp_path: Path) -> None:
    editor, person = put
    editor.take([file(tmp_path)])
    person.settle()
    remove = next(each for each in editor.rows[0].findChildren(Button) if each.text() == "移除")
    QTest.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert editor.content().blank and editor.undo.isVisible()
    QTest.mouseClick(editor.undo, Qt.MouseButton.LeftButton)
    assert names(editor) == ["现场.jpg"]


def test_opening_shows_a_copy(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor, person = put
    shown: list[Path] = []
    monkeypatch.setattr(attachment_rows, "open_file", lambda path: not shown.append(path))
    editor.take([file(tmp_path, RARE)])
    person.settle()
    person.ctrl(Qt.Key.Key_O)
    person.settle()
    assert shown[0].name == RARE and shown[0].read_bytes() == b"picture"
    assert editor.context.store.folder.root not in shown[0].parents


def test_saving_writes_where_the_person_wants_it(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor, person = put
    asked: list[str] = []
    target = tmp_path / "取出.jpg"
    monkeypatch.setattr(
        attachment_rows,
        "ask_save",
        lambda _parent, _memory, _title, name, _kind: asked.append(name) or target,
    )
    editor.take([file(tmp_path, 'a"b.jpg')])
    person.settle()
    editor.save(0)
    person.settle()
    assert target.read_bytes() == b"picture" and asked == ["a_b.jpg"]


def test_a_vanished_file_is_marked_and_said(put: Put, tmp_path: Path) -> None:
    editor, person = put
    editor.take([file(tmp_path)])
    person.settle()
    entries = editor.content().value
    shutil.rmtree(editor.context.store.folder.attachments)
    editor.open(0)
    person.settle()
    assert "本机没有附件“现场.jpg”的内容" in editor.note.text()
    editor.load(Content(entries))
    assert editor.rows[0].size_words == "本机没有内容"
    assert [each.text() for each in editor.rows[0].findChildren(Button)] == ["移除"]
    assert editor.content().value == entries, "looking does not lose what was recorded"


def test_an_entry_that_came_by_name_only_is_shown(put: Put) -> None:
    editor, _ = put
    editor.load(Content([{"name": "签到表.pdf"}]))
    assert editor.rows[0].accessibleName() == "签到表.pdf，本机没有内容"


def drop(editor: FilesEditor, data: QMimeData) -> QDropEvent:
    action, buttons, keys = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(editor, QDragEnterEvent(QPoint(5, 5), action, data, buttons, keys))
    event = QDropEvent(QPointF(5, 5), action, data, buttons, keys)
    QApplication.sendEvent(editor, event)
    return event


def test_files_are_dropped(put: Put, tmp_path: Path) -> None:
    editor, person = put
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file(tmp_path, RARE)))])
    assert drop(editor, data).isAccepted()
    person.settle()
    assert names(editor) == [RARE]


def test_a_dropped_folder_is_said(put: Put, tmp_path: Path) -> None:
    editor, person = put
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    drop(editor, data)
    person.settle()
    assert not names(editor) and "不是文件" in editor.note.text()


def test_a_screenshot_is_pasted(put: Put) -> None:
    editor, person = put
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(picture)
    person.ctrl(Qt.Key.Key_V)
    person.settle()
    (entry,) = editor.content().value
    assert entry["name"].startswith("截图 ") and entry["name"].endswith(".png")
    stored = attachments.path_of(editor.context.store.folder, entry)
    assert QImage(str(stored)).size() == picture.size()


def test_pasting_text_is_no_attachment(put: Put) -> None:
    editor, person = put
    QGuiApplication.clipboard().setText("文字")
    person.ctrl(Qt.Key.Key_V)
    assert editor.note.text() == "剪贴板里没有文件或图片。" and not names(editor)


def test_a_large_photo_is_pasted_as_jpeg(put: Put) -> None:
    editor, person = put
    photo = QImage(2400, 1800, QImage.Format.Format_RGB32)
    photo.fill(Qt.GlobalColor.gray)
    editor.take_picture(photo)
    person.settle()
    assert names(editor)[0].endswith(".jpg")


def test_what_arrives_for_another_record_is_not_put_into_this_one(put: Put, tmp_path: Path) -> None:
    editor, person = put
    told: list[str] = []
    editor.context.jobs.failed.connect(lambda _title, error: told.append(str(error)))
    editor.take([file(tmp_path)])
    editor.load(Content(None))
    person.settle()
    assert editor.content().blank
    assert len(told) == 1 and "“现场.jpg”还没有复制完" in told[0]


def test_stopping_is_said_and_leaves_nothing(put: Put, tmp_path: Path) -> None:
    editor, person = put
    editor.take([file(tmp_path, data=b"x" * (20 * MB))])
    editor.context.jobs.cancel(f"attach/{id(editor)}")
    person.settle()
    assert not names(editor) and editor.note.text() == "已停止，没有附上。"
    assert not [path for path in editor.context.store.folder.attachments.rglob(".adding-*")]


def test_a_panel_shows_them_and_opens_a_copy(
    context: AppContext, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path] = []
    monkeypatch.setattr(attachment_rows, "open_file", lambda path: not shown.append(path))
    there = attachments.add_bytes(context.store.folder, b"picture", RARE).entry
    rows = AttachmentList([there, {"name": "别处的.pdf", "sha256": "b" * 64, "size": 3}], context)
    qtbot.addWidget(rows)
    assert [list(row.buttons) for row in rows.rows] == [["打开"], []]
    rows.rows[0].buttons["打开"].click()
    context.jobs.wait_idle()
    assert shown[0].name == RARE
    attachments.path_of(context.store.folder, there).unlink()  # type: ignore[union-attr]
    rows.rows[0].buttons["打开"].click()
    context.jobs.wait_idle()
    assert "本机没有附件" in rows.note.text() and len(shown) == 1
