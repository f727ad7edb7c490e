"""Attachments: stored once by content, never half, never too large; told when they vanish; backed up and brought back."""

from __future__ import annotations

import hashlib
import os
import shutil
import tracemalloc
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from db import attachment_check, attachments, backup, drafts, setup
from db.attachments import MB, Entry
from db.errors import MachineError, Refused
from db.store import Store, open_store
from desktop.actions import backup as actions
from tests.db.fixtures import OTHER_STREET, STREET, add, change, firm

RARE = "𠮷祥㛃公司😀 现场（1）.jpg"


def file(folder: Path, name: str = "现场.jpg", data: bytes = b"picture") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def put(store: Store, path: Path, **more: Any) -> Entry:
    added = attachments.add(store.folder, path, **more)
    assert added is not None
    return added.entry


def visit_with(store: Store, *entries: Entry, **more: Any) -> UUID:
    with store.write() as session:
        return add(
            session, "visit", enterprise_id=firm(session, code=None), attachments=list(entries), **more
        )


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


# ---------------------------------------------------------------- storing


def test_a_file_is_stored_under_its_hash(store: Store, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    data = os.urandom(3 * MB + 5)
    entry = put(store, file(tmp_path, RARE, data), progress=lambda *each: seen.append(each))
    digest = hashlib.sha256(data).hexdigest()
    assert entry == {"name": RARE, "sha256": digest, "size": len(data)}
    assert files(store.folder.attachments) == [store.folder.root / "attachments" / digest[:2] / digest]
    assert seen[-1] == (len(data), len(data), RARE) and len(seen) == 4
    assert attachments.is_there(store.folder, entry)


def test_the_same_content_is_stored_once_under_any_name(store: Store, tmp_path: Path) -> None:
    first = attachments.add(store.folder, file(tmp_path, "一.jpg"))
    second = attachments.add(store.folder, file(tmp_path, "二.jpg"))
    assert first is not None and second is not None
    assert (first.known, second.known) == (False, True)
    assert first.entry["sha256"] == second.entry["sha256"] and second.entry["name"] == "二.jpg"
    assert len(files(store.folder.attachments)) == 1


def test_a_damaged_content_is_mended_by_attaching_it_again(store: Store, tmp_path: Path) -> None:
    source = file(tmp_path)
    entry = put(store, source)
    place = attachments.path_of(store.folder, entry)
    assert place is not None
    place.write_bytes(b"PICTURE")
    assert attachment_check.verdict_of(place) == "内容已损坏"
    put(store, source)
    assert attachment_check.verdict_of(place) == ""


def test_500_mb_is_refused_at_once_and_in_words(store: Store, tmp_path: Path) -> None:
    video = tmp_path / "走访录像.mp4"
    with video.open("wb") as handle:
        handle.truncate(500 * MB)
    with pytest.raises(Refused) as refused:
        attachments.add(store.folder, video)
    assert refused.value.id == "attachment_too_large"
    assert refused.value.message == "“走访录像.mp4”有 500.0 MB，超过单个附件 50 MB 的上限，没有附上。"
    assert not files(store.folder.attachments)


@pytest.mark.slow
def test_with_a_higher_limit_500_mb_take_little_memory(store: Store, tmp_path: Path) -> None:
    video = tmp_path / "走访录像.mp4"
    with video.open("wb") as handle:
        handle.truncate(500 * MB)
    tracemalloc.start()
    entry = put(store, video, limit=600)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert entry["size"] == 500 * MB and peak < 8 * MB
    assert attachments.path_of(store.folder, entry).stat().st_size == 500 * MB  # type: ignore[union-attr]


def test_stopping_in_the_middle_leaves_nothing(store: Store, tmp_path: Path) -> None:
    source = file(tmp_path, data=os.urandom(5 * MB))
    asked = iter([False, False, True])
    assert attachments.add(store.folder, source, cancelled=lambda: next(asked)) is None
    assert not files(store.folder.attachments)


def test_what_is_no_file_is_said(store: Store, tmp_path: Path) -> None:
    for path, id in (
        (tmp_path, "attachment_not_a_file"),
        (file(tmp_path, "空.txt", b""), "attachment_empty"),
    ):
        with pytest.raises(Refused) as refused:
            attachments.add(store.folder, path)
        assert refused.value.id == id
    with pytest.raises(Refused):
        attachments.add(store.folder, tmp_path / "拔掉的U盘" / "x.jpg")


def test_a_pasted_picture_has_no_file(store: Store) -> None:
    added = attachments.add_bytes(store.folder, b"png", "截图.png")
    assert added.entry["size"] == 3 and attachments.is_there(store.folder, added.entry)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("现场\n照片.jpg", "现场 照片.jpg"),
        ("半个\udce5字.jpg", "半个?字.jpg"),
        ("长" * 300 + ".docx", "长" * 115 + ".docx"),
        ("  ", "附件"),
    ],
)
def test_names_are_kept_readable(raw: str, kept: str) -> None:
    assert attachments.name_of(raw) == kept


@pytest.mark.parametrize(
    ("raw", "kept"),
    [("a/b:c?.jpg", "a_b_c_.jpg"), ("con.txt", "_con.txt"), ("尾点. ", "尾点"), ("", "附件"), (RARE, RARE)],
)
def test_names_fit_every_system(raw: str, kept: str) -> None:
    assert attachments.file_name(raw) == kept


# ---------------------------------------------------------------- taking out


def test_a_copy_is_opened_never_the_store_itself(store: Store, tmp_path: Path) -> None:
    entry = put(store, file(tmp_path, RARE))
    opened = attachments.open_copy(store.folder, entry, tmp_path / "打开")
    assert opened is not None and opened.name == RARE and opened.read_bytes() == b"picture"
    opened.write_bytes(b"painted over")
    again = attachments.open_copy(store.folder, entry, tmp_path / "打开")
    assert again == opened and again.read_bytes() == b"picture"


def test_a_vanished_content_is_a_sentence(store: Store, tmp_path: Path) -> None:
    entry = put(store, file(tmp_path))
    shutil.rmtree(store.folder.attachments)
    assert not attachments.is_there(store.folder, entry)
    with pytest.raises(Refused) as refused:
        attachments.copy_out(store.folder, entry, tmp_path / "out.jpg")
    assert refused.value.id == "attachment_gone" and "现场.jpg" in refused.value.message
    assert not (tmp_path / "out.jpg").exists()


def test_a_damaged_content_is_not_handed_out(store: Store, tmp_path: Path) -> None:
    entry = put(store, file(tmp_path))
    attachments.path_of(store.folder, entry).write_bytes(b"PICTURE")  # type: ignore[union-attr]
    with pytest.raises(MachineError) as refused:
        attachments.copy_out(store.folder, entry, tmp_path / "out.jpg")
    assert refused.value.id == "attachment_damaged" and not (tmp_path / "out.jpg").exists()


@pytest.mark.parametrize("name", ["发票.exe", "照片.jpg.LNK", "a.ps1. "])
def test_a_program_is_not_opened(store: Store, tmp_path: Path, name: str) -> None:
    entry = {**put(store, file(tmp_path)), "name": name}
    with pytest.raises(Refused) as refused:
        attachments.open_copy(store.folder, entry, tmp_path / "打开")
    assert refused.value.id == "attachment_program"


@pytest.mark.parametrize("sha", [None, "", "../../qianqi.db", "A" * 64, 5])
def test_what_is_no_hash_never_becomes_a_path(store: Store, sha: object) -> None:
    entry = {"name": "x", "sha256": sha}
    assert attachments.path_of(store.folder, entry) is None and not attachments.is_there(store.folder, entry)


# ---------------------------------------------------------------- looking after them


def test_verifying_names_what_vanished_and_what_was_damaged(store: Store, tmp_path: Path) -> None:
    entries = [put(store, file(tmp_path, f"{n}.jpg", b"content" + bytes([n]))) for n in range(3)]
    key = visit_with(store, *entries)
    assert actions.verify_register(store).ok
    attachments.path_of(store.folder, entries[0]).unlink()  # type: ignore[union-attr]
    attachments.path_of(store.folder, entries[1]).write_bytes(b"x")  # type: ignore[union-attr]
    report = actions.verify_register(store)
    assert not report.ok and not report.damaged
    assert [(each.register, each.record_id, each.name, each.what) for each in report.attachments] == [
        ("visit", key.hex, "0.jpg", "找不到"),
        ("visit", key.hex, "1.jpg", "内容已损坏"),
    ]


def test_what_another_office_reported_may_be_without_its_content(store: Store) -> None:
    entry = {"name": "街道的照片.jpg", "sha256": "a" * 64, "size": 5}
    with store.write() as session:
        visit = add(session, "visit", enterprise_id=firm(session, code=None), attachments=[entry])
        session.connection().exec_driver_sql(
            "UPDATE visit SET unit_code = ? WHERE id = ?", (OTHER_STREET, visit.bytes)
        )
    assert actions.verify_register(store).attachments == ()


def test_a_clean_up_removes_only_what_nothing_names(store: Store, tmp_path: Path) -> None:
    names = ("记录", "草稿", "已删记录", "没人要", "刚加的")
    entries = {name: put(store, file(tmp_path, name, name.encode())) for name in names}
    visit_with(store, entries["记录"])
    deleted = visit_with(store, entries["已删记录"])
    with store.write() as session:
        session.connection().exec_driver_sql(
            "UPDATE visit SET deleted_at = '2024-05-01T00:00:00.000000Z' WHERE id = ?", (deleted.bytes,)
        )
    drafts.save(store, "visit:new", {"values": {"attachments": [entries["草稿"]]}})
    for name in names[:-1]:
        os.utime(attachments.path_of(store.folder, entries[name]), (1, 1))  # type: ignore[arg-type]
    done = actions.clean_up_attachments(store)
    assert (done.removed, done.freed, done.kept) == (1, len("没人要".encode()), 4)
    assert [name for name in names if not attachments.is_there(store.folder, entries[name])] == ["没人要"]
    assert attachment_check.total(store.folder)[0] == 4


# ---------------------------------------------------------------- backups


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A closed register with a visit and its photo, backed up beside the folder and inside it."""
    store = setup.initialise(tmp_path / "台账", STREET)
    visit_with(store, put(store, file(tmp_path, RARE)))
    actions.back_up(store, tmp_path / "U盘" / "五月.qqbak")
    actions.back_up(store)
    store.close()
    return tmp_path / "台账"


def photo(root: Path) -> Path:
    return (
        root
        / "attachments"
        / hashlib.sha256(b"picture").hexdigest()[:2]
        / hashlib.sha256(b"picture").hexdigest()
    )


def test_a_backup_takes_the_attachments_along_and_brings_them_to_another_computer(
    root: Path, tmp_path: Path
) -> None:
    done = actions.restore(tmp_path / "新电脑", tmp_path / "U盘" / "五月.qqbak")
    assert done.attachments_missing == 0
    assert photo(tmp_path / "新电脑").read_bytes() == b"picture"


def test_own_backups_hold_them_without_taking_the_room_twice(root: Path) -> None:
    kept = files(root / "备份" / attachments.COMPANION)
    assert len(kept) == 1 and kept[0].samefile(photo(root))


def test_a_damaged_or_vanished_content_is_brought_back_by_restoring(root: Path) -> None:
    newest = next((root / "备份").glob("*.qqbak"))
    photo(root).unlink()
    actions.restore(root, newest)
    assert photo(root).read_bytes() == b"picture"
    photo(root).unlink()
    photo(root).write_bytes(b"PICTURE")
    actions.restore(root, newest)
    assert photo(root).read_bytes() == b"picture"


def test_what_was_mended_is_mended_in_the_next_backup(root: Path, tmp_path: Path) -> None:
    store = open_store(root)
    photo(root).write_bytes(b"PICTURE")  # the link among the backups is the same file
    put(store, file(tmp_path, RARE))
    actions.back_up(store)
    store.close()
    assert files(root / "备份" / attachments.COMPANION)[0].read_bytes() == b"picture"


def test_a_backup_without_its_folder_is_restored_and_says_what_is_missing(root: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "U盘" / attachments.COMPANION)
    done = actions.restore(tmp_path / "新电脑", tmp_path / "U盘" / "五月.qqbak")
    assert done.rows["visit"] == 1 and done.attachments_missing == 1


def test_a_damaged_copy_is_not_brought_back(root: Path, tmp_path: Path) -> None:
    files(tmp_path / "U盘" / attachments.COMPANION)[0].write_bytes(b"PICTURE")
    done = actions.restore(tmp_path / "新电脑", tmp_path / "U盘" / "五月.qqbak")
    assert done.attachments_missing == 1 and not photo(tmp_path / "新电脑").exists()
    report = actions.verify_backup(tmp_path / "U盘" / "五月.qqbak")
    assert not report.ok and [each.what for each in report.attachments] == ["内容已损坏"]


def test_the_second_place_gets_them_once(store: Store, tmp_path: Path) -> None:
    visit_with(store, put(store, file(tmp_path)))
    stick = tmp_path / "U盘"
    stick.mkdir()
    store.set_setting("backup_dir", str(stick))
    assert actions.back_up(store).warnings == ()
    copied = files(stick / attachments.COMPANION)
    assert [path.read_bytes() for path in copied] == [b"picture"]
    before = copied[0].stat().st_mtime_ns
    actions.back_up(store)
    assert copied[0].stat().st_mtime_ns == before, "what is there is not written again"


def test_a_damaged_attachment_is_told_when_backing_up(store: Store, tmp_path: Path) -> None:
    entry = put(store, file(tmp_path))
    visit_with(store, entry)
    attachments.path_of(store.folder, entry).write_bytes(b"PICTURE")  # type: ignore[union-attr]
    assert "1 个附件的内容已损坏" in actions.back_up(store).warnings[0]


def test_an_attachment_of_an_older_backup_outlives_the_clean_up(root: Path) -> None:
    store = open_store(root)
    with store.write() as session:
        key = UUID(bytes=session.connection().exec_driver_sql("SELECT id FROM visit").scalar_one())
        change(session, "visit", key, attachments=None)
    os.utime(photo(root), (1, 1))
    assert actions.clean_up_attachments(store).removed == 1
    store.close()
    assert not photo(root).exists()
    actions.restore(root, sorted((root / "备份").glob("*.qqbak"))[0])
    assert photo(root).read_bytes() == b"picture"


def test_an_older_register_has_no_attachments_and_is_restored(tmp_path: Path) -> None:
    store = setup.initialise(tmp_path / "台账", STREET)
    made = backup.make(store.engine, store.folder, out=tmp_path / "旧.qqbak")
    store.close()
    assert not (tmp_path / attachments.COMPANION).exists() and made.warnings == ()
    assert actions.restore(tmp_path / "新", made.path).attachments_missing == 0
