"""上报 with its attachments: offered with count and size, packed only where ticked, taken in by the district's page."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from db import attachments, records
from db.registers import REGISTERS
from db.store import Actor, Store
from desktop.actions import returns
from desktop.pages.dispatch import DispatchPage
from desktop.pages.receive import ReceivePage
from desktop.pages.settings_backup import BackupCard
from returns import packs
from tests.desktop.pages.conftest import COVER, PERIOD, Sitting


def _ready(store: Store) -> None:
    """The month as it may be handed in, with a photo at one of its visits."""
    table = records.table_of(REGISTERS["visit"])
    given = {"firm_attendees": "王磊 总经理", "operation_trend": "平稳", "digital_stage": "部分环节"}
    entry = attachments.add_bytes(store.folder, b"photo", "现场.jpg").entry
    with store.write() as session:
        rows = (
            session.execute(table.select().where(table.c.unit_code == store.actor.unit_code)).mappings().all()
        )
        for row in rows:
            missing = {name: value for name, value in given.items() if row[name] is None}
            if row["visit_date"] and f"{row['visit_date']:%Y-%m}" == PERIOD and entry:
                missing["attachments"], entry = [entry], {}
            if missing and (row["incomplete"] or "attachments" in missing):
                records.save(
                    session, REGISTERS["visit"], missing, Actor(row["unit_code"], "张敏"), id=row["id"]
                )
    for each in returns.check(store, PERIOD).open:
        returns.explain(store, PERIOD, each, "已电话核对，两次走访情况确实一致")


def _submit(at: Sitting, out: Path, *, packed: bool) -> DispatchPage:
    assert at.main.goto("dispatch")
    at.settle()
    page = at.main.page
    assert isinstance(page, DispatchPage)
    page.show_step("submit")
    at.settle()
    for name, value in COVER.items():
        page.submit.boxes[name].editor.load(type(page.submit.boxes[name].editor.content())(value))
    assert (
        page.submit.pack.text() == "把 1 个附件（5 字节）打包，放在回报旁边一起交"
        and page.submit.pack.isVisible()
    )
    assert not page.submit.pack.isChecked(), "nobody sends photos without wanting to"
    page.submit.out.setText(str(out))
    if packed:
        page.submit.pack.setFocus()
        at.press(Qt.Key.Key_Space)
    page.hand_in()
    at.settle()
    return page


def test_a_ticked_box_packs_and_the_district_gets_the_files(
    street: Store, district: Store, sit: Callable[[Store], Sitting], tmp_path: Path
) -> None:
    _ready(street)
    out = tmp_path / "回报.xlsx"
    page = _submit(sit(street), out, packed=True)
    assert packs.beside(out).exists()
    assert "1 个附件（5 字节）已打包为“回报_附件.zip”" in page.message.hint.text()
    at = sit(district)
    at.main.goto("receive")
    at.settle()
    desk = at.main.page
    assert isinstance(desk, ReceivePage)
    desk.stage([out])
    at.settle()
    assert "收下 1 个附件" in desk.message.hint.text()
    assert [path.read_bytes() for _, path in attachments.stored(district.folder.attachments)] == [b"photo"]
    desk.stage([packs.beside(out)])
    at.settle()
    assert desk.message.text.text() == "读了附件包。" and "1 个以前已有" in desk.message.hint.text()
    assert not desk.rejected


def test_an_empty_box_packs_nothing(street: Store, sit: Callable[[Store], Sitting], tmp_path: Path) -> None:
    _ready(street)
    out = tmp_path / "回报.xlsx"
    _submit(sit(street), out, packed=False)
    assert out.exists() and not packs.beside(out).exists()


def test_settings_tell_how_many_there_are_and_clean_up(
    street: Store, sit: Callable[[Store], Sitting]
) -> None:
    at = sit(street)
    card = BackupCard(at.context, said := Said())
    card.refresh()
    at.settle()
    assert card.files.text() == "还没有附件。" and card.clean.isHidden()
    used = attachments.add_bytes(street.folder, b"photo", "现场.jpg").entry
    attachments.add_bytes(street.folder, b"nobody's", "没人要.jpg")
    with street.write() as session:
        records.save(session, REGISTERS["visit"], {"attachments": [used]}, street.actor)
    for _, path in attachments.stored(street.folder.attachments):
        os.utime(path, (1, 1))
    card.refresh()
    at.settle()
    assert card.files.text() == "附件 2 个，13 字节；备份时一并保存。"
    card.clean.click()
    at.settle()
    assert said.last == "清理了 1 个文件，腾出 8 字节。" and card.files.text().startswith("附件 1 个")
    next(path for _, path in attachments.stored(street.folder.attachments)).unlink()
    card.verify()
    at.settle()
    assert "有 1 个附件有问题：“现场.jpg”找不到。" in said.last


class Said:
    """What a card told its page last."""

    last = ""

    def __call__(self, text: str, hint: str, state: str) -> None:
        self.last = text
