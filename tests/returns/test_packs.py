"""附件包: what the month's rows name travels beside the return, is believed by its hash only, and kept only where named."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db import attachments
from db.attachments import MB
from db.errors import MachineError, Refused
from db.folder import DataFolder
from db.store import Store
from desktop.actions import attachments as actions
from desktop.actions import backup as backups
from desktop.actions import returns as windows
from returns import packs
from tests.returns.offices import COVER, DISTRICT, MAY, STREET, TODAY, change, open_office, small_month

RARE = "𠮷祥㛃公司😀.jpg"


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Store]:
    """A street with a visit and a problem that have files; one file is with both."""
    store = open_office(tmp_path / "街道", STREET)
    month = small_month(store)
    change(
        store,
        "visit",
        month.visit,
        attachments=[put(store, "签到.pdf", b"sheet"), put(store, RARE, b"photo")],
    )
    change(
        store,
        "issue",
        month.issue,
        attachments=[put(store, "照片.jpg", b"photo"), put(store, "签到.pdf", b"other")],
    )
    yield store
    store.close()


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Store]:
    store = open_office(tmp_path / "区里", DISTRICT, "supervisor", "刘科长")
    yield store
    store.close()


def put(store: Store, name: str, data: bytes) -> dict[str, Any]:
    return attachments.add_bytes(store.folder, data, name).entry


def stored(store: Store) -> set[bytes]:
    return {path.read_bytes() for _, path in attachments.stored(store.folder.attachments)}


def hand_in(store: Store, folder: Path) -> Path:
    out = folder / "五月.xlsx"
    folder.mkdir(exist_ok=True)
    done = windows.submit_return(store, MAY, out, cover=COVER, sign_later=True, today=TODAY)
    told = actions.with_attachments(store, MAY, done)
    assert any("3 个附件" in each for each in told.warnings)
    return out


def test_a_pack_holds_each_content_once_under_names_people_understand(street: Store, tmp_path: Path) -> None:
    assert actions.month_attachments(street, MAY) == (3, len(b"sheet" + b"photo" + b"other"))
    packed = actions.pack_attachments(street, MAY, tmp_path / "五月.xlsx")
    assert (
        packed is not None and packed.out.name == "五月_附件.zip" and packed.files == 3 and not packed.missing
    )
    with zipfile.ZipFile(packed.out) as book:
        names = set(book.namelist())
        assert book.testzip() is None
    assert names == {
        "走访/江西云栈网络科技有限公司_2024-05-08/签到.pdf", f"走访/江西云栈网络科技有限公司_2024-05-08/{RARE}",
        "问题/江西云栈网络科技有限公司_2024-05-09/签到.pdf", packs.LIST,
    }  # fmt: skip


def test_a_pack_beside_the_return_is_taken_along(street: Store, district: Store, tmp_path: Path) -> None:
    out = hand_in(street, tmp_path / "U盘")
    (report,) = windows.receive_files(district, [out])
    assert "附件包“五月_附件.zip”：收下 3 个附件。" in report.warnings
    assert stored(district) == {b"sheet", b"photo", b"other"}
    assert backups.verify_register(district).ok
    (again,) = windows.receive_files(district, [out])
    assert any("3 个以前已有" in each for each in again.warnings)


def test_a_pack_is_taken_when_staging_and_survives_the_clean_up_until_decided(
    street: Store, district: Store, tmp_path: Path
) -> None:
    out = hand_in(street, tmp_path / "U盘")
    (staged,) = windows.stage_returns(district, [out])
    assert any("收下 3 个" in each for each in staged.report.warnings) and len(stored(district)) == 3
    for _, path in attachments.stored(district.folder.attachments):
        os.utime(path, (1, 1))
    assert backups.clean_up_attachments(district).removed == 0


def test_a_pack_that_comes_later_by_itself_finds_its_records(
    street: Store, district: Store, tmp_path: Path
) -> None:
    out = hand_in(street, tmp_path / "U盘")
    pack = packs.beside(out)
    moved = tmp_path / "后来的.zip"
    shutil.move(pack, moved)
    (report,) = windows.receive_files(district, [out])
    assert not any("附件包" in each for each in report.warnings) and not stored(district)
    (only,) = windows.receive_files(district, [moved])
    assert only.file == "后来的.zip" and only.outcome == "accepted" and "收下 3 个附件" in only.warnings[0]
    assert len(stored(district)) == 3


def test_nothing_is_kept_that_no_row_names(street: Store, district: Store, tmp_path: Path) -> None:
    hand_in(street, tmp_path / "U盘")
    (report,) = windows.stage_returns(district, [tmp_path / "U盘" / "五月_附件.zip"])
    assert "3 个没有记录用到，没有收" in report.report.warnings[0] and not stored(district)
    assert report.report.outcome == "accepted" and report.batch is None


def test_a_pack_zipped_again_by_hand_is_understood(street: Store, district: Store, tmp_path: Path) -> None:
    out = hand_in(street, tmp_path / "U盘")
    again = tmp_path / "重新压缩.zip"
    with zipfile.ZipFile(packs.beside(out)) as book, zipfile.ZipFile(again, "w") as copy:
        for name in book.namelist():
            if name != packs.LIST:
                copy.writestr(f"文件夹/{name}", book.read(name))
    packs.beside(out).unlink()
    reports = windows.receive_files(district, [out, again])
    assert "收下 3 个附件" in reports[1].warnings[0] and len(stored(district)) == 3


def spoil(pack: Path, change_: Any) -> None:
    """Write a pack anew with other contents or another list."""
    with zipfile.ZipFile(pack) as book:
        files = {name: book.read(name) for name in book.namelist()}
    change_(files)
    with zipfile.ZipFile(pack, "w") as book:
        for name, data in files.items():
            book.writestr(name, data)


def test_content_that_is_not_what_the_list_says_is_not_kept(
    street: Store, district: Store, tmp_path: Path
) -> None:
    out = hand_in(street, tmp_path / "U盘")

    def swap(files: dict[str, bytes]) -> None:
        name = next(each for each in files if each.endswith(RARE))
        files[name] = b"another picture"

    spoil(packs.beside(out), swap)
    (report,) = windows.receive_files(district, [out])
    assert any("1 个损坏或超过大小上限" in each for each in report.warnings)
    assert stored(district) == {b"sheet", b"other"}


def test_names_in_a_pack_never_leave_the_store(street: Store, district: Store, tmp_path: Path) -> None:
    out = hand_in(street, tmp_path / "U盘")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}

    def climb(files: dict[str, bytes]) -> None:
        listed = json.loads(files[packs.LIST])
        for each in listed["files"]:
            files["../../" + each["path"]] = files.pop(each["path"])
            each["path"] = "../../" + each["path"]
        listed["files"].append({"path": 5, "sha256": "../../evil"})
        files[packs.LIST] = json.dumps(listed).encode()

    spoil(packs.beside(out), climb)
    windows.receive_files(district, [out])
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert all(path.is_relative_to(district.folder.root) for path in new)
    assert stored(district) == {b"sheet", b"photo", b"other"}


def test_a_file_over_the_limit_stops_being_read(street: Store, district: Store, tmp_path: Path) -> None:
    out = hand_in(street, tmp_path / "U盘")
    big = b"\0" * (2 * MB)
    entry = {"name": "大.bin", "sha256": __import__("hashlib").sha256(big).hexdigest(), "size": len(big)}

    def bomb(files: dict[str, bytes]) -> None:
        listed = json.loads(files[packs.LIST])
        listed["files"].append({"path": "大.bin", "sha256": entry["sha256"], "size": 3})
        files["大.bin"] = big
        files[packs.LIST] = json.dumps(listed).encode()

    spoil(packs.beside(out), bomb)
    folder = DataFolder(tmp_path / "小")
    taken = packs.take(folder, packs.beside(out), {entry["sha256"]}, limit=1)
    assert (taken.stored, len(taken.bad)) == (0, 1) and not list(attachments.stored(folder.attachments))
    assert packs.take(folder, packs.beside(out), {entry["sha256"]}, limit=3).stored == 1


@pytest.mark.parametrize("data", [b"", b"no zip at all", b"PK\x03\x04" + b"x" * 200])
def test_what_is_no_pack_is_said_and_the_return_is_read_all_the_same(
    street: Store, district: Store, tmp_path: Path, data: bytes
) -> None:
    out = hand_in(street, tmp_path / "U盘")
    packs.beside(out).write_bytes(data)
    (report,) = windows.receive_files(district, [out])
    assert report.outcome == "accepted" and any("不是完好的附件包" in each for each in report.warnings)
    with pytest.raises(Refused):
        packs.take(district.folder, packs.beside(out), set())


def test_what_vanished_is_named_and_the_rest_is_packed(street: Store, tmp_path: Path) -> None:
    gone = next(
        path for _, path in attachments.stored(street.folder.attachments) if path.read_bytes() == b"photo"
    )
    gone.unlink()
    packed = actions.pack_attachments(street, MAY, tmp_path / "五月.xlsx")
    assert packed is not None and packed.files == 2
    assert packed.words() == (f"有 1 个附件本机没有内容，没有打包：{RARE}。",)


def test_a_pack_that_cannot_be_written_does_not_undo_the_return(street: Store, tmp_path: Path) -> None:
    out = tmp_path / "五月.xlsx"
    done = windows.submit_return(street, MAY, out, cover=COVER, sign_later=True, today=TODAY)
    (tmp_path / "五月_附件.zip").mkdir()
    told = actions.with_attachments(street, MAY, done)
    assert out.exists() and any("没有写成" in each for each in told.warnings)
    with pytest.raises(MachineError):
        actions.pack_attachments(street, MAY, out)
    assert not list(tmp_path.glob(".*tmp"))


def test_packing_can_be_stopped(street: Store, tmp_path: Path) -> None:
    assert actions.pack_attachments(street, MAY, tmp_path / "五月.xlsx", cancelled=lambda: True) is None
    assert not list(tmp_path.glob("*.zip")) and not list(tmp_path.glob(".*"))


def test_a_month_without_attachments_makes_no_pack(tmp_path: Path) -> None:
    store = open_office(tmp_path / "街道", STREET)
    small_month(store)
    assert actions.month_attachments(store, MAY) == (0, 0)
    assert actions.pack_attachments(store, MAY, tmp_path / "五月.xlsx") is None
    store.close()
